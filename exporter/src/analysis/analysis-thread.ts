import { Worker } from 'node:worker_threads';
import { KymoError, messageOf } from '../lib/errors.js';
import { workerFile } from '../lib/worker-file.js';
import type { AnalysisReply, AnalysisRequest, AnalysisStart } from './analysis-messages.js';
import type { TaskInput, TaskName } from './tasks/index.js';

export interface AnalysisThreadOptions {
  /** Told when the thread ended although nobody asked it to; another is started. */
  readonly onCrash: (thrown: unknown) => void;
  /** Milliseconds that one analysis may take; 20,000 by default. */
  readonly timeout?: number;
  /** Analyses that may wait at a time; 32 by default. */
  readonly maxWaiting?: number;
}

/** What an analysis came to. */
export interface Analysed {
  /** UTF-8: JSON, or whatever an export was asked for. */
  readonly body: Uint8Array;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

const MAX_WAITING = 32;
const TIMEOUT = 20_000;

interface Waiting {
  readonly request: AnalysisRequest;
  readonly resolve: (answer: Analysed) => void;
  readonly reject: (error: KymoError) => void;
  readonly release: () => void;
}

/**
 * Runs analyses in a thread of their own, one after another, so that none holds up a tick or a query.
 * The thread is started with the first of them.
 */
export class AnalysisThread {
  readonly #options: AnalysisThreadOptions;
  readonly #cancel = new Uint8Array(new SharedArrayBuffer(1));
  #queue: Waiting[] = [];
  #running: Waiting | undefined;
  #worker: Worker | undefined;
  #nextId = 0;
  #stopped = false;
  readonly #outcomes = new Map<string, number>();

  constructor(options: AnalysisThreadOptions) {
    this.#options = options;
  }

  /** Analyses that may wait at a time. */
  get maxWaiting(): number {
    return this.#options.maxWaiting ?? MAX_WAITING;
  }

  /** Analyses since the start by what became of them: `ok`, or the code of the error. */
  get outcomes(): ReadonlyMap<string, number> {
    return this.#outcomes;
  }

  /** An error of one that has no room. It is counted. */
  refuse(): KymoError {
    this.#count('refused');
    return unavailable(
      `${this.maxWaiting} analyses are waiting (\`analysis.max_waiting\`); try again later`,
    );
  }

  /**
   * Runs a task on answers of the query thread. Their memory may be handed over: it must not be used
   * afterwards.
   * @throws KymoError as the task does; `canceled` where the signal aborts, `timeout`, `unavailable`
   */
  run<Name extends TaskName>(
    task: Name,
    input: TaskInput<Name>,
    signal: AbortSignal,
  ): Promise<Analysed> {
    if (this.#stopped) return Promise.reject(unavailable('it is shutting down'));
    if (signal.aborted) return Promise.reject(canceled());
    if (this.#queue.length >= this.maxWaiting) return Promise.reject(this.refuse());
    return new Promise((resolve, reject) => {
      const request = { id: this.#nextId++, task, input };
      const cancel = (): void => this.#abort(waiting);
      signal.addEventListener('abort', cancel, { once: true });
      const release = (): void => signal.removeEventListener('abort', cancel);
      const waiting: Waiting = { request, resolve, reject, release };
      this.#queue.push(waiting);
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    Atomics.store(this.#cancel, 0, 1);
    const worker = this.#worker;
    this.#worker = undefined;
    const waiting = this.#running === undefined ? this.#queue : [this.#running, ...this.#queue];
    this.#queue = [];
    this.#running = undefined;
    for (const one of waiting) fail(one, unavailable('it is shutting down'));
    await worker?.terminate();
  }

  #abort(waiting: Waiting): void {
    if (this.#running === waiting) {
      Atomics.store(this.#cancel, 0, 1);
      return;
    }
    this.#queue = this.#queue.filter((one) => one !== waiting);
    fail(waiting, canceled());
  }

  #next(): void {
    if (this.#running !== undefined) return;
    this.#running = this.#queue.shift();
    if (this.#running === undefined) return;
    Atomics.store(this.#cancel, 0, 0);
    const { request } = this.#running;
    this.#worker ??= this.#start();
    this.#worker.postMessage(request, ownMemoryOf(request.input));
  }

  #start(): Worker {
    const start: AnalysisStart = {
      cancel: this.#cancel.buffer,
      timeout: this.#options.timeout ?? TIMEOUT,
    };
    const worker = new Worker(workerFile('./analysis-worker', import.meta.url), {
      name: 'kymo-analysis',
      workerData: start,
    });
    worker.unref();
    let failure: unknown = new Error('it ended');
    worker.on('message', (reply: AnalysisReply) => this.#receive(reply));
    worker.on('error', (thrown: unknown) => (failure = thrown));
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#options.onCrash(failure);
      const running = this.#running;
      this.#running = undefined;
      if (running !== undefined) {
        this.#count('failed');
        fail(running, unavailable(`the analysis thread failed: ${messageOf(failure)}`));
      }
      this.#next();
    });
    return worker;
  }

  #count(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  #receive(reply: AnalysisReply): void {
    const running = this.#running;
    if (running?.request.id !== reply.id) return;
    this.#running = undefined;
    this.#count(reply.ok ? 'ok' : reply.code);
    if (reply.ok) {
      running.release();
      running.resolve(reply);
    } else {
      fail(running, new KymoError(reply.code, reply.message));
    }
    this.#next();
  }
}

function fail({ release, reject }: Waiting, error: KymoError): void {
  release();
  reject(error);
}

const canceled = (): KymoError => new KymoError('canceled', 'nobody waits for it any more');

const unavailable = (reason: string): KymoError =>
  new KymoError('unavailable', `nothing can be analysed now: ${reason}`);

/** Memory that is of no one else, so that it need not be copied. */
function ownMemoryOf(input: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (value instanceof Uint8Array) {
      const { buffer, byteLength } = value;
      // Small buffers of Node share a pool.
      if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) found.add(buffer);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(input);
  return [...found];
}
