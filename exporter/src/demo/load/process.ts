import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { systemClock, type Clock } from '../../lib/clock.js';
import type { LoadCommand, LoadCounts, LoadOptions, LoadReport } from './messages.js';

export interface LoadProcessOptions {
  readonly clock?: Clock;
  /** The compiled load-child.js; by default the one beside this file. */
  readonly program?: URL;
  /** Told when the process ended although nobody asked it to; another is started. */
  readonly onCrash?: (how: string) => void;
}

const STOP_DEADLINE = 2000;
const RESTART_DELAY = 2000;

/** The load generator in a process of its own, so that its work delays no tick. */
export class LoadProcess {
  readonly #clock: Clock;
  readonly #program: URL;
  readonly #onCrash: (how: string) => void;
  #child: ChildProcess | undefined;
  #counts: LoadCounts | undefined;
  #scale = 1;
  #stopping = false;

  constructor({
    clock = systemClock,
    program = new URL('./load-child.js', import.meta.url),
    onCrash = () => {},
  }: LoadProcessOptions = {}) {
    this.#clock = clock;
    this.#program = program;
    this.#onCrash = onCrash;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Exchanges since the process was started, at most half a second old. */
  get counts(): LoadCounts | undefined {
    return this.#counts;
  }

  /** Starts the process; resolves once it sends. Rejects when it cannot be started. */
  async start(options: LoadOptions): Promise<void> {
    // Flags of this process, for example of a test runner or debugger, are not meant for that one.
    const child = fork(this.#program, [], { execArgv: [] });
    this.#child = child;
    const ready = new Promise<void>((resolve, reject) => {
      child.on('message', (report: LoadReport) => {
        if (report.type === 'ready') resolve();
        else this.#counts = report.counts;
      });
      child.on('error', reject);
      child.once('exit', (code, signal) => {
        reject(new Error(`the load process ended with ${signal ?? `code ${code}`} while starting`));
      });
    });
    this.#tell({ type: 'start', options });
    await ready;
    this.#tell({ type: 'scale', factor: this.#scale });
    child.once('exit', (code, signal) => {
      if (this.#stopping) return;
      this.#onCrash(signal ?? `code ${code}`);
      this.#clock.schedule(() => this.#restart(options), RESTART_DELAY);
    });
  }

  /** Multiplies the load. */
  scale(factor: number): void {
    this.#scale = factor;
    this.#tell({ type: 'scale', factor });
  }

  /** Resolves once the process is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    const kill = this.#clock.schedule(() => child.kill('SIGKILL'), STOP_DEADLINE);
    this.#tell({ type: 'stop' });
    await gone;
    this.#clock.cancel(kill);
  }

  #restart(options: LoadOptions): void {
    if (this.#stopping) return;
    this.start(options).catch((thrown: unknown) => {
      this.#onCrash(String(thrown));
      this.#clock.schedule(() => this.#restart(options), RESTART_DELAY);
    });
  }

  #tell(command: LoadCommand): void {
    // A process that ends at this moment gets nothing more; its exit is seen elsewhere.
    if (this.#child?.connected === true) this.#child.send(command, () => {});
  }
}
