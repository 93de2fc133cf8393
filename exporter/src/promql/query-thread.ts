import { Worker } from 'node:worker_threads';
import type { Clock } from '../lib/clock.js';
import { KymoError, messageOf } from '../lib/errors.js';
import { workerFile } from '../lib/worker-file.js';
import type { Head, HeadChange } from '../series/head.js';
import { errorAnswer } from './api/answer.js';
import type { OperationName, QueryLimits } from './api/operations.js';
import {
  MAX_REQUESTS,
  type FromWorker,
  type ToWorker,
  type WorkerStart,
} from './query-messages.js';

export interface QueryThreadOptions {
  readonly head: Head;
  readonly limits: QueryLimits;
  readonly clock: Clock;
  /** Told when the thread ended although nobody asked it to; another is started. */
  readonly onCrash: (thrown: unknown) => void;
}

export interface QueryAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface QueryRequest {
  readonly operation: OperationName;
  readonly parameters: URLSearchParams;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly resolve: (answer: QueryAnswer) => void;
  readonly release: () => void;
}

/** Runs queries in a thread of their own, and keeps that thread's index up to date. */
export class QueryThread {
  readonly #options: QueryThreadOptions;
  readonly #cancel = new Uint8Array(new SharedArrayBuffer(MAX_REQUESTS));
  readonly #waiting = new Map<number, Waiting>();
  #changes: HeadChange[] = [];
  #worker: Worker | undefined;
  #nextId = 0;
  #stopped = false;
  /** Answers given since the start. */
  answered = 0;

  constructor(options: QueryThreadOptions) {
    this.#options = options;
    this.#start();
  }

  /** Requests that wait or run. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Tells the thread what has changed in the index; called at the end of each tick. */
  flush(): void {
    if (this.#changes.length === 0 || this.#worker === undefined) return;
    this.#post({ kind: 'changes', changes: this.#changes });
    this.#changes = [];
  }

  /** Never rejects: whatever goes wrong is an answer too. */
  ask({ operation, parameters, signal }: QueryRequest): Promise<QueryAnswer> {
    if (this.#worker === undefined) return Promise.resolve(refused('it is shutting down'));
    const id = this.#freeId();
    if (id === undefined) {
      return Promise.resolve(refused(`${MAX_REQUESTS} queries are waiting; try again later`));
    }
    const slot = id % MAX_REQUESTS;
    Atomics.store(this.#cancel, slot, 0);
    this.flush();
    return new Promise((resolve) => {
      const cancel = (): void => {
        Atomics.store(this.#cancel, slot, 1);
      };
      signal.addEventListener('abort', cancel, { once: true });
      const release = (): void => signal.removeEventListener('abort', cancel);
      this.#waiting.set(id, { resolve, release });
      this.#post({
        kind: 'request',
        id,
        operation,
        parameters: parameters.toString(),
        now: this.#options.clock.now(),
      });
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.head.unfollow();
    const worker = this.#worker;
    this.#worker = undefined;
    this.#cancel.fill(1);
    await worker?.terminate();
    this.#giveUp('it is shutting down');
  }

  #start(): void {
    const { head, limits } = this.#options;
    this.#changes = [];
    const tables = head.follow((change) => this.#changes.push(change));
    const start: WorkerStart = { tables, limits, cancel: this.#cancel.buffer };
    const worker = new Worker(workerFile('./query-worker', import.meta.url), {
      name: 'kymo-query',
      workerData: start,
      // Room for what one query makes, so that little of it is copied before it is garbage.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    this.#worker = worker;
    worker.unref();
    let failure: unknown = new Error('it ended');
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (thrown: unknown) => (failure = thrown));
    worker.on('exit', () => {
      if (this.#stopped || this.#worker !== worker) return;
      this.#options.onCrash(failure);
      this.#giveUp(`the query thread failed: ${messageOf(failure)}`);
      this.#start();
    });
    this.flush();
  }

  #receive(message: FromWorker): void {
    if (message.kind !== 'answer') return;
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    this.answered++;
    waiting.release();
    waiting.resolve(message);
  }

  #giveUp(reason: string): void {
    for (const { resolve, release } of this.#waiting.values()) {
      release();
      resolve(refused(reason));
    }
    this.#waiting.clear();
  }

  #freeId(): number | undefined {
    if (this.#waiting.size >= MAX_REQUESTS) return undefined;
    // A slot whose request still runs must not be taken.
    while (this.#slotIsTaken(this.#nextId % MAX_REQUESTS)) this.#nextId++;
    return this.#nextId++;
  }

  #slotIsTaken(slot: number): boolean {
    for (const id of this.#waiting.keys()) if (id % MAX_REQUESTS === slot) return true;
    return false;
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }
}

function refused(reason: string): QueryAnswer {
  const { status, contentType, body } = errorAnswer(
    new KymoError('unavailable', `no query can be answered now: ${reason}`),
  );
  return { status, contentType, body: Buffer.from(body) };
}
