import type { Playback } from '../../shared/playback.js';
import type { LiveView } from './live-query.js';

/** The one {@link Playback} of a datasource. */
export class LivePlayback implements Playback {
  #at: number | undefined;
  #pausedAt: number | undefined;
  readonly #listeners = new Set<() => void>();

  get at(): number | undefined {
    return this.#at;
  }

  get pausedAt(): number | undefined {
    return this.#pausedAt;
  }

  pause(now: number): void {
    if (this.#pausedAt !== undefined) return;
    this.#pausedAt = now;
    this.#show(now);
  }

  seek(time: number): void {
    if (this.#pausedAt !== undefined) this.#show(Math.min(time, this.#pausedAt));
  }

  resume(): void {
    this.#pausedAt = undefined;
    this.#show(undefined);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #show(at: number | undefined): void {
    this.#at = at;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What was to be drawn at a time in the past. */
export function viewAt(view: LiveView, at: number): LiveView {
  const { times, columns } = view.table;
  const later = times.findIndex((time) => time > at);
  const count = later < 0 ? times.length : later;
  const table = {
    times: times.slice(0, count),
    columns: columns.map((column) => ({ ...column, values: column.values.slice(0, count) })),
    last: times[count - 1],
    rewrites: view.table.rewrites,
  };
  // While nothing has come, or the query failed, that is what has to be said.
  const { state } = view.trust;
  if (!view.ready || view.error !== undefined) return view;
  const trust = { ...view.trust, last: table.last ?? null, connection: state };
  return { ...view, table, trust: { ...trust, state: 'paused' } };
}
