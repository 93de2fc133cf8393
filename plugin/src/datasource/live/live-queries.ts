import { Observable } from 'rxjs';
import type { LiveConnection } from './connection.js';
import { LiveQuery, type LiveView } from './live-query.js';
import type { Past } from './past.js';
import { LivePlayback, viewAt } from './playback.js';
import { Repaint } from './repaint.js';

export interface LiveQueriesOptions {
  readonly connection: Pick<LiveConnection, 'subscribe'>;
  readonly past: Past;
  readonly now: () => number;
  readonly nextFrame: (callback: () => void) => void;
}

export interface Wanted {
  readonly expr: string;
  /** Milliseconds. */
  readonly interval: number;
  /** Milliseconds. */
  readonly window: number;
}

interface Shared {
  readonly key: string;
  readonly query: LiveQuery;
  readonly watchers: Set<() => void>;
  ending: ReturnType<typeof setTimeout> | undefined;
}

/** Milliseconds that a query outlives its last panel: a refresh asks for the same again at once. */
const LINGER = 3000;

/** Milliseconds of a pause after which what was seen before it is let go. */
const LONGEST_PAUSE = 3_600_000;

/** The live queries of one datasource: panels that ask for the same share one. */
export class LiveQueries {
  readonly #options: LiveQueriesOptions;
  readonly #shared = new Map<string, Shared>();
  readonly #repaint: Repaint;
  /** Of all panels of the datasource. */
  readonly playback = new LivePlayback();

  constructor(options: LiveQueriesOptions) {
    this.#options = options;
    this.#repaint = new Repaint(options.nextFrame);
  }

  /** What is to be drawn of each, together, at most once an animation frame. */
  watch(wanted: readonly Wanted[]): Observable<LiveView[]> {
    return new Observable((observer) => {
      const shared = wanted.map((one) => this.#get(one));
      let shown: string | undefined;
      const emit = (): void => {
        const views = shared.map(({ query }) => query.view);
        const { at } = this.playback;
        if (at === undefined) {
          shown = undefined;
          observer.next(views);
          return;
        }
        // An answer moves the time axis of a panel: none where it would show the same.
        const next = JSON.stringify([at, ...views.map(contentOf)]);
        if (next === shown) return;
        shown = next;
        observer.next(views.map((view) => viewAt(view, at)));
      };
      const watcher = (): void => this.#repaint.request(emit);
      const unsubscribe = this.playback.subscribe(watcher);
      for (const { watchers } of shared) watchers.add(watcher);
      watcher();
      return () => {
        unsubscribe();
        this.#repaint.forget(emit);
        for (const one of shared) {
          one.watchers.delete(watcher);
          if (one.watchers.size === 0) this.#endSoon(one);
        }
      };
    });
  }

  #endSoon(shared: Shared): void {
    clearTimeout(shared.ending);
    shared.ending = setTimeout(() => {
      shared.query.stop();
      if (this.#shared.get(shared.key) === shared) this.#shared.delete(shared.key);
      // Who comes back another time wants to see how it is then.
      if (this.#shared.size === 0) this.playback.resume();
    }, LINGER);
  }

  #get(wanted: Wanted): Shared {
    const key = JSON.stringify([wanted.expr, wanted.interval, wanted.window]);
    const known = this.#shared.get(key);
    // One that has failed is over; who asks again may get another answer.
    if (known === undefined || known.query.view.error !== undefined)
      return this.#start(key, wanted);
    clearTimeout(known.ending);
    return known;
  }

  #start(key: string, wanted: Wanted): Shared {
    const { connection, past, now } = this.#options;
    const watchers = new Set<() => void>();
    const onChange = (): void => watchers.forEach((watcher) => watcher());
    const keptFrom = (): number => {
      const { pausedAt } = this.playback;
      if (pausedAt === undefined) return Infinity;
      return Math.max(pausedAt, now() - LONGEST_PAUSE) - wanted.window;
    };
    const query = new LiveQuery({ ...wanted, connection, past, now, onChange, keptFrom });
    const shared: Shared = { key, query, watchers, ending: undefined };
    this.#shared.set(key, shared);
    query.start();
    return shared;
  }
}

/** All of a paused view that can change but for the moment it shows. */
const contentOf = ({ ready, error, trust, table }: LiveView): unknown[] => [
  ready,
  error,
  trust.state,
  table.rewrites,
];
