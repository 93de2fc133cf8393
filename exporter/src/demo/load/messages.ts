import type { Protocol } from '../servers/server.js';

export interface LoadOptions {
  /** Where each protocol of the service is reached. */
  readonly targets: Readonly<Record<Protocol, string>>;
  /** The same seed makes the same requests at the same times. */
  readonly seed: number;
  /** Milliseconds that a day of the wave takes. */
  readonly day: number;
}

/** Exchanges since the start, as the client saw them. */
export type LoadCounts = Record<Protocol, { ok: number; failed: number }>;

/** What the parent tells the load process. */
export type LoadCommand =
  | { readonly type: 'start'; readonly options: LoadOptions }
  | { readonly type: 'scale'; readonly factor: number }
  | { readonly type: 'stop' };

/** What the load process tells its parent. */
export type LoadReport =
  { readonly type: 'ready' } | { readonly type: 'counts'; readonly counts: LoadCounts };
