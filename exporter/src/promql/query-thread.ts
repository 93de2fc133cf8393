import { Worker } from 'node:worker_threads';
import type { Clock } from '../lib/clock.js';
import { KymoError, messageOf } from '../lib/errors.js';
import { workerFile } from '../lib/worker-file.js';
import type { Head, HeadChange } from '../series/head.js';
import type { HistoryDoor, HistoryExcerpt, HistoryRequest } from '../series/history/door.js';
import { errorAnswer } from './api/answer.js';
import type { OperationName, QueryLimits } from './api/operations.js';
import { QueryCanceledError, QueryTimeoutError } from './errors.js';
import {
  MAX_REQUESTS,
  type FromWorker,
  type HistoryAnswer,
  type ToWorker,
  type WorkerStart,
} from './query-messages.js';

export interface QueryThreadOptions {
  readonly head: Head;
  readonly limits: QueryLimits;
  readonly clock: Clock;
  /** What is older than the head; without it the head is all there is. */
  readonly history?: HistoryDoor;
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
  readonly signal: AbortSignal;
}

/** Encoded bytes of history that one query may read. */
const MAX_HISTORY_BYTES = 64 * 2 ** 20;
/** Codes of errors that are told as they are. */
const TELLABLE: ReadonlySet<string> = new Set(['execution', 'timeout', 'canceled', 'bad_regex']);

/** Runs queries in a thread of their own, and keeps that thread's index up to date. */
export class QueryThread {
  readonly #options: QueryThreadOptions;
  readonly #cancel = new Uint8Array(new SharedArrayBuffer(MAX_REQUESTS));
  readonly #waiting = new Map<number, Waiting>();
  #changes: HeadChange[] = [];
  #worker: Worker | undefined;
  #nextId = 0;
  #stopped = false;
  #history: HistoryDoor | undefined;
  /** Answers given since the start. */
  answered = 0;

  constructor(options: QueryThreadOptions) {
    this.#options = options;
    this.#history = options.history;
    this.#start();
  }

  /** Lets queries reach beyond the head from now on: for a history that is opened later. */
  useHistory(history: HistoryDoor): void {
    this.#history = history;
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
      this.#waiting.set(id, { resolve, release, signal });
      this.#post({
        kind: 'request',
        id,
        operation,
        parameters: parameters.toString(),
        now: this.#options.clock.now(),
        headFrom: this.#headFrom(),
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

  /** From when on the head has everything; −Infinity where there is nothing but the head. */
  #headFrom(): number {
    const { head } = this.#options;
    if (this.#history === undefined) return -Infinity;
    return Math.max(this.#history.headSince, head.maxTime - head.limits.retention);
  }

  async #readHistory(id: number, requests: readonly HistoryRequest[]): Promise<void> {
    const worker = this.#worker;
    const answer = await this.#historyAnswer(id, requests);
    if (answer === undefined || this.#worker !== worker) return;
    const excerpts = 'excerpts' in answer ? answer.excerpts : [];
    const transfer = excerpts.flatMap(({ buffers }) => buffers.map(({ buffer }) => buffer));
    this.#post({ kind: 'history', id, answer }, transfer);
  }

  async #historyAnswer(
    id: number,
    requests: readonly HistoryRequest[],
  ): Promise<HistoryAnswer | undefined> {
    const { clock, limits } = this.#options;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || this.#history === undefined) return undefined;
    const deadline = clock.monotonic() + limits.timeout;
    const check = (): void => {
      if (waiting.signal.aborted) throw new QueryCanceledError();
      if (clock.monotonic() > deadline) throw new QueryTimeoutError();
    };
    try {
      const excerpts: HistoryExcerpt[] = [];
      let maxBytes = MAX_HISTORY_BYTES;
      for (const request of requests) {
        const excerpt = await this.#history.excerpt(request, { maxBytes, check });
        for (const { length } of excerpt.buffers) maxBytes -= length;
        excerpts.push(excerpt);
      }
      return { excerpts };
    } catch (thrown) {
      const code = thrown instanceof KymoError ? thrown.code : '';
      if (TELLABLE.has(code)) return { code, message: messageOf(thrown) };
      return { code: 'execution', message: `history cannot be read: ${messageOf(thrown)}` };
    }
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'history') void this.#readHistory(message.id, message.requests);
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

  #post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }
}

function refused(reason: string): QueryAnswer {
  const { status, contentType, body } = errorAnswer(
    new KymoError('unavailable', `no query can be answered now: ${reason}`),
  );
  return { status, contentType, body: Buffer.from(body) };
}
