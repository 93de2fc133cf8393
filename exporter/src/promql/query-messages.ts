import type { TableMemory } from '../series/columns.js';
import type { HeadChange } from '../series/head.js';
import type { HistoryExcerpt, HistoryRequest } from '../series/history/door.js';
import type { OperationName, QueryLimits } from './api/operations.js';

/** What the worker is started with. */
export interface WorkerStart {
  readonly tables: TableMemory;
  readonly limits: QueryLimits;
  /** One byte for each request that may run at a time; 1 asks the worker to give it up. */
  readonly cancel: SharedArrayBuffer;
}

/** To the worker. Messages arrive in the order they were sent. */
export type ToWorker =
  | { readonly kind: 'changes'; readonly changes: readonly HeadChange[] }
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly operation: OperationName;
      /** As a query string. */
      readonly parameters: string;
      /** Unix milliseconds. */
      readonly now: number;
      /** From when on the head has everything, Unix ms; −Infinity where there is no history. */
      readonly headFrom: number;
    }
  /** What the request asked of history, or why that cannot be had. */
  | { readonly kind: 'history'; readonly id: number; readonly answer: HistoryAnswer };

export type HistoryAnswer =
  | { readonly excerpts: readonly HistoryExcerpt[] }
  | { readonly code: string; readonly message: string };

/** From the worker. */
export type FromWorker =
  | { readonly kind: 'ready' }
  /** Asks for what a request needs of history. */
  | {
      readonly kind: 'history';
      readonly id: number;
      readonly requests: readonly HistoryRequest[];
    }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly status: number;
      readonly contentType: string;
      readonly body: Uint8Array;
    };

/** Requests that may wait or run at a time. */
export const MAX_REQUESTS = 256;
