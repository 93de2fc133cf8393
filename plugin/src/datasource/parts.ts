import {
  LoadingState,
  type DataFrame,
  type DataQueryError,
  type DataQueryResponse,
} from '@grafana/data';
import { frameOfTrust, toFrames } from './frames.js';
import type { LiveView } from './live/live-query.js';
import type { KymoQuery } from './query.js';

/** What one query adds to an answer. */
export interface Part {
  readonly state: LoadingState;
  readonly frames: readonly DataFrame[];
  readonly error?: DataQueryError;
}

export const done = (frames: readonly DataFrame[]): Part => ({ state: LoadingState.Done, frames });

export const failed = (refId: string, message: string): Part => ({
  state: LoadingState.Error,
  frames: [],
  error: { refId, message },
});

/** @param unit where the stream says none */
export function partOfView(
  { error, ready, table, trust }: LiveView,
  query: KymoQuery,
  unit: string | undefined,
): Part {
  if (error !== undefined) return failed(query.refId, error);
  // Nothing but the newest value is there before the past has come.
  if (!ready) return { state: LoadingState.Loading, frames: [frameOfTrust(query.refId, trust)] };
  return { state: LoadingState.Streaming, frames: toFrames(table, { ...query, unit }, trust) };
}

/** One answer to all queries, in their order: colours and cards go by it. */
export function responseOf(parts: readonly Part[]): DataQueryResponse {
  const errors = parts.flatMap(({ error }) => error ?? []);
  const isOneOf = (state: LoadingState): boolean => parts.some((part) => part.state === state);
  const state = [LoadingState.Error, LoadingState.Streaming, LoadingState.Loading].find(isOneOf);
  return {
    key: 'kymo',
    data: parts.flatMap(({ frames }) => frames),
    state: state ?? LoadingState.Done,
    ...(errors.length > 0 && { errors }),
  };
}
