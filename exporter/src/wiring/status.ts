import type { Health, Stats } from '@kymo/contract';
import type { HttpServer } from '../http/server.js';
import type { Ticker } from '../lib/ticker.js';
import { version } from '../lib/version.js';
import type { Head } from '../series/head.js';
import type { HistoryStats } from '../series/history/history.js';
import type { SourceState } from '../sources/runner.js';

export type Phase = 'starting' | 'running' | 'draining';

export interface HealthReadings {
  readonly phase: Phase;
  readonly sources: readonly SourceState[];
  /** `undefined` where none is kept. */
  readonly history: HistoryStats | undefined;
  /** What is wrong with them; `undefined` where nothing is. */
  readonly rules: string | undefined;
}

/** The answer of `/api/health`. */
export function healthOf({ phase, sources, history, rules }: HealthReadings): Health {
  const problem = history?.problem;
  const failed =
    problem !== undefined ||
    rules !== undefined ||
    sources.some(({ status }) => status === 'failed');
  const running = failed ? 'degraded' : 'ok';
  return {
    status: phase === 'running' ? running : phase,
    version,
    sources: sources.map((state) => ({
      name: state.name,
      status: state.status,
      duration: state.duration,
      failures: state.failures,
      error: state.lastError,
      errorTime: state.lastErrorTime,
    })),
    ...(problem === undefined ? {} : { history: { error: problem } }),
    ...(rules === undefined ? {} : { rules: { error: rules } }),
  };
}

export interface StatsReadings {
  /** Seconds. */
  readonly uptime: number;
  readonly head: Head;
  readonly ticker: Ticker;
  readonly server: HttpServer;
  readonly history: HistoryStats | undefined;
}

/** The answer of `/api/stats`. */
export function statsOf({ uptime, head, ticker, server, history }: StatsReadings): Stats {
  const { series, limit, memory, samples, dropped } = head.stats();
  const { ticks, late, clockSetBack } = ticker.stats;
  return {
    uptime,
    tick: {
      interval: ticker.interval,
      number: ticker.last?.number ?? 0,
      count: ticks,
      late,
      clockSetBack,
    },
    series: { count: series, limit },
    memory,
    samples: Object.fromEntries(samples),
    dropped: Object.fromEntries(dropped),
    refused: Object.fromEntries(server.refused),
    ...(history === undefined
      ? {}
      : {
          history: {
            bytes: history.bytes,
            pendingBytes: history.pendingBytes,
            dropped: history.dropped,
          },
        }),
  };
}

/** What has failed, in a line; empty where nothing has. */
export function failuresOf(sources: readonly SourceState[]): string {
  return sources
    .filter(({ status }) => status === 'failed')
    .map(({ name, lastError }) => `${name}: ${lastError}`)
    .join('; ');
}
