import { fork, type ChildProcess } from 'node:child_process';
import { statfs } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clock, Timer } from '../../lib/clock.js';
import { workerFile } from '../../lib/worker-file.js';

/** How full a file system is. */
export interface Capacity {
  /** Bytes. */
  readonly size: number;
  readonly free: number;
  /** Free bytes that others than root may use. */
  readonly available: number;
  /** Inodes. */
  readonly files: number;
  readonly filesFree: number;
}

/** Asks where a hang is not to be feared, or where it can be ended. */
export interface StatfsReader {
  /**
   * @throws StuckMount where there is no answer in time, {@link StatfsInterrupted} where the question
   *   has to be asked again, and whatever error the file system answers with.
   */
  read(path: string): Promise<Capacity>;
  /** Ends what is under way. */
  close(): void;
}

/** A mount has not answered by the deadline. */
export class StuckMount extends Error {
  constructor(path: string) {
    super(`${path} does not answer`);
    this.name = 'StuckMount';
  }
}

/** The process that was asked is gone, because of another mount or by itself. */
export class StatfsInterrupted extends Error {
  constructor() {
    super('the process that was to ask is gone');
    this.name = 'StatfsInterrupted';
  }
}

/** What the child is sent, and what it answers. */
export interface StatfsRequest {
  readonly id: number;
  readonly path: string;
}
export type StatfsResponse =
  | { readonly id: number; readonly capacity: Capacity }
  | { readonly id: number; readonly error: string };

/** Asks in this process, off its main thread. A hang would cost one of the few threads there are. */
export const directStatfs: StatfsReader = {
  read: (path) =>
    new Promise((resolve, reject) => {
      statfs(path, (error, { bsize, blocks, bfree, bavail, files, ffree } = EMPTY) => {
        if (error !== null) return reject(error);
        resolve({
          size: blocks * bsize,
          free: bfree * bsize,
          available: bavail * bsize,
          files,
          filesFree: ffree,
        });
      });
    }),
  close: () => undefined,
};
const EMPTY = { type: 0, bsize: 0, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0 };

export interface StatfsDeadline {
  readonly clock: Clock;
  /** Milliseconds until a mount that does not answer is stuck. */
  readonly deadline: number;
}

/** Asks another reader, and gives up waiting at the deadline. */
export function withDeadline(
  reader: StatfsReader,
  { clock, deadline }: StatfsDeadline,
): StatfsReader {
  return {
    read: (path) =>
      new Promise((resolve, reject) => {
        const timer = clock.schedule(() => reject(new StuckMount(path)), deadline);
        const settled = (): void => clock.cancel(timer);
        reader.read(path).then(resolve, reject).finally(settled);
      }),
    close: () => reader.close(),
  };
}

interface Pending {
  readonly path: string;
  readonly asked: number;
  readonly resolve: (capacity: Capacity) => void;
  readonly reject: (reason: Error) => void;
}

export interface ChildStatfsOptions extends StatfsDeadline {
  /** The program that the child runs. */
  readonly entry?: URL;
}

/** Share of the deadline after which a mount counts as stuck when another one's is over. */
const SAME_DEADLINE = 0.9;
/** Milliseconds before a child is started anew that ended by itself. */
const RESTART_PAUSE = 10_000;
/** Each mount that hangs occupies a thread of the child until the deadline. */
const CHILD_THREADS = 32;

/**
 * Asks in a child process, which is started when it is needed and killed when a mount does not answer.
 * A process that hangs in the kernel may outlive its killing: while it does, that mount counts as
 * stuck without being asked, so that such processes do not pile up.
 */
export class ChildStatfs implements StatfsReader {
  readonly #options: ChildStatfsOptions;
  readonly #pending = new Map<number, Pending>();
  /** Paths that hold a killed process back. */
  readonly #held = new Map<string, ChildProcess>();
  #child: ChildProcess | undefined;
  #timer: Timer | undefined;
  #nextId = 1;
  /** Time (monotonic, ms) before which no child is started. */
  #notBefore = -Infinity;

  constructor(options: ChildStatfsOptions) {
    this.#options = options;
  }

  /** Process id of the child, undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  read(path: string): Promise<Capacity> {
    if (this.#held.has(path)) return Promise.reject(new StuckMount(path));
    return new Promise((resolve, reject) => {
      const child = this.#running();
      const id = this.#nextId++;
      const asked = this.#options.clock.monotonic();
      this.#pending.set(id, { path, asked, resolve, reject });
      const request: StatfsRequest = { id, path };
      child.send(request, (error) => {
        if (error !== null) this.#reject(id, new StatfsInterrupted());
      });
      this.#watch();
    });
  }

  close(): void {
    this.#end(() => new StatfsInterrupted());
  }

  #running(): ChildProcess {
    if (this.#child !== undefined) return this.#child;
    const { clock, entry = workerFile('./statfs-child', import.meta.url) } = this.#options;
    if (clock.monotonic() < this.#notBefore) {
      throw new Error('the process that asks file systems has ended, and is started again soon');
    }
    const child = fork(fileURLToPath(entry), {
      // Not those of this process, which may hold an inspector's port or a loader.
      execArgv: ['--max-old-space-size=32'],
      env: { UV_THREADPOOL_SIZE: String(CHILD_THREADS) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.unref();
    child.channel?.unref();
    child.on('message', (message) => {
      if (child === this.#child && isResponse(message)) this.#answer(message);
    });
    const gone = (): void => {
      for (const [path, held] of this.#held) if (held === child) this.#held.delete(path);
      if (child !== this.#child) return;
      this.#notBefore = clock.monotonic() + RESTART_PAUSE;
      this.#end(() => new StatfsInterrupted());
    };
    child.on('exit', gone);
    child.on('error', gone);
    this.#child = child;
    return child;
  }

  #answer(response: StatfsResponse): void {
    const pending = this.#pending.get(response.id);
    this.#pending.delete(response.id);
    if (pending === undefined) return;
    if ('capacity' in response) pending.resolve(response.capacity);
    else pending.reject(new Error(response.error));
    this.#watch();
  }

  #reject(id: number, reason: Error): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.reject(reason);
  }

  /** Sets the timer for the oldest question that is open. */
  #watch(): void {
    const { clock, deadline } = this.#options;
    const [oldest] = this.#pending.values();
    if (this.#timer !== undefined) {
      if (oldest !== undefined) return;
      clock.cancel(this.#timer);
      this.#timer = undefined;
      return;
    }
    if (oldest === undefined) return;
    const left = oldest.asked + deadline - clock.monotonic();
    this.#timer = clock.schedule(
      () => {
        this.#timer = undefined;
        const [first] = this.#pending.values();
        if (first === undefined) return;
        const overdue = clock.monotonic() - first.asked >= deadline;
        if (overdue) this.#giveUp();
        else this.#watch();
      },
      Math.max(0, left),
    );
  }

  #giveUp(): void {
    const { clock, deadline } = this.#options;
    const child = this.#child;
    const now = clock.monotonic();
    this.#end(({ path, asked }) => {
      if (now - asked < deadline * SAME_DEADLINE) return new StatfsInterrupted();
      if (child !== undefined && child.exitCode === null && child.signalCode === null) {
        this.#held.set(path, child);
      }
      return new StuckMount(path);
    });
  }

  /** Kills the child; every open question is answered with the reason for it. */
  #end(reason: (pending: Pending) => Error): void {
    const child = this.#child;
    this.#child = undefined;
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
    this.#timer = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) one.reject(reason(one));
    child?.kill('SIGKILL');
  }
}

function isResponse(message: unknown): message is StatfsResponse {
  return typeof message === 'object' && message !== null && 'id' in message;
}
