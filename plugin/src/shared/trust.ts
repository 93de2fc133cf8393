import type { DataFrame } from '@grafana/data';

/** How much what is seen can be trusted to be now. */
export type TrustState = 'connecting' | 'live' | 'polling' | 'stale' | 'disconnected' | 'paused';

/** What our datasource says of a frame in `meta.custom.kymo`. */
export interface Trust {
  readonly state: TrustState;
  /** While paused, how it stands with what comes meanwhile. */
  readonly connection?: TrustState;
  /** How values come at the moment. */
  readonly transport: 'websocket' | 'live' | 'polling' | 'none';
  /** Milliseconds from the time of the newest value until it was here; `null` before the first. */
  readonly lag: number | null;
  /** Unix milliseconds of the newest value. */
  readonly last: number | null;
  /** Milliseconds between values. */
  readonly interval: number;
  /** Values left out by the server, or that it never had. */
  readonly dropped: number;
  /** Why it is not live, in words for a person. */
  readonly reason?: string;
  /** Uid of the datasource, where its panels can be paused. */
  readonly datasource?: string;
  /** Milliseconds that a paused panel goes back over. */
  readonly window?: number;
}

const fromBest: readonly TrustState[] = [
  'live',
  'polling',
  'paused',
  'connecting',
  'stale',
  'disconnected',
];

/** The least trusted of some frames; `undefined` where none comes from our datasource. */
export function trustOf(frames: readonly DataFrame[]): Trust | undefined {
  let worst: Trust | undefined;
  for (const { meta } of frames) {
    const trust = (meta?.custom as { kymo?: Trust } | undefined)?.kymo;
    if (trust === undefined) continue;
    if (worst === undefined || rank(trust) > rank(worst)) worst = trust;
  }
  return worst;
}

const rank = ({ state }: Trust): number => fromBest.indexOf(state);
