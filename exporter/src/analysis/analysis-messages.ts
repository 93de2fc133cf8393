import type { TaskName } from './tasks/index.js';

/** What the worker is started with. */
export interface AnalysisStart {
  /** One byte: 1 asks the worker to give up what it does. */
  readonly cancel: SharedArrayBuffer;
  /** Milliseconds that a task may take. */
  readonly timeout: number;
}

/** To the worker, one at a time. */
export interface AnalysisRequest {
  readonly id: number;
  readonly task: TaskName;
  readonly input: object;
}

/** From the worker. */
export type AnalysisReply =
  | {
      readonly id: number;
      readonly ok: true;
      /** UTF-8. */
      readonly body: Uint8Array;
      readonly warnings: readonly string[];
      readonly infos: readonly string[];
    }
  | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string };
