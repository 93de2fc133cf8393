import {
  LoadingState,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
} from '@grafana/data';
import { NEVER, of, type Observable } from 'rxjs';
import type { CallerAnswer } from '@kymo/contract';
import { frameOfTrust } from '../../src/datasource/frames.js';
import { LivePlayback } from '../../src/datasource/live/playback.js';
import type { KymoQuery } from '../../src/datasource/query.js';
import type { Trust, TrustState } from '../../src/shared/trust.js';
import type { PageDataSource } from '../page.js';
import type { AlertRow } from '../../src/shared/alert-frames.js';
import { curveAround, framesOf } from './sample-frames.js';

export const PAGE_STATES = [
  'connecting',
  'loading',
  'streaming',
  'stale',
  'polling',
  'empty',
  'error',
] as const;
export type PageState = (typeof PAGE_STATES)[number];

/** Answers every query in one state, and no other ever. */
export class StateDataSource implements PageDataSource {
  readonly playback = new LivePlayback();
  readonly alerts = {
    caller: (): Promise<CallerAnswer> =>
      Promise.resolve({
        name: null,
        role: null,
        mayWrite: true,
        refusal: null,
        reason: null,
        remedy: null,
      }),
    pastOf: () => Promise.resolve([]),
    curveOf: ({ since }: AlertRow) => Promise.resolve(curveAround(since ?? 0)),
  };
  readonly #state: PageState;

  constructor(state: PageState) {
    this.#state = state;
  }

  query({ targets, range }: DataQueryRequest<KymoQuery>): Observable<DataQueryResponse> {
    const state = this.#state;
    const end = Math.floor(range.to.valueOf() / 1000) * 1000;
    const frames = (trust: Trust, filled: boolean): DataFrame[] =>
      targets.flatMap((target) =>
        framesOf(target, { trust, filled, end, start: range.from.valueOf() }),
      );
    switch (state) {
      case 'loading':
        return NEVER;
      case 'connecting':
        return of({
          data: targets.map(({ refId }) => frameOfTrust(refId, trustIn('connecting', end))),
          state: LoadingState.Loading,
        });
      case 'error':
        return of({
          data: [],
          state: LoadingState.Error,
          errors: targets.map(({ refId }) => ({ refId, message: 'The exporter answered 503.' })),
        });
      case 'empty':
        return of({ data: frames(trustIn('live', end), false), state: LoadingState.Streaming });
      case 'streaming':
        return of({ data: frames(trustIn('live', end), true), state: LoadingState.Streaming });
      case 'stale':
      case 'polling':
        return of({ data: frames(trustIn(state, end), true), state: LoadingState.Streaming });
    }
  }
}

function trustIn(state: TrustState, end: number): Trust {
  return {
    state,
    transport: state === 'polling' ? 'polling' : state === 'connecting' ? 'none' : 'websocket',
    lag: state === 'connecting' ? null : 40,
    last: state === 'connecting' ? null : end,
    interval: state === 'polling' ? 5000 : 1000,
    dropped: 0,
  };
}
