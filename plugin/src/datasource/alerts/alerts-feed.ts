import { Observable } from 'rxjs';
import type { AlertRow } from '../../shared/alert-frames.js';
import type { Trust } from '../../shared/trust.js';
import { fieldsOf } from '../../shared/json.js';
import type { LiveConnection, LiveFrame } from '../live/connection.js';
import { messageOf } from '../live/past.js';
import { Repaint } from '../live/repaint.js';

export interface AlertsFeedOptions {
  readonly connection: Pick<LiveConnection, 'subscribe'>;
  readonly client: {
    list(): Promise<AlertRow[]>;
    rowOf(json: unknown): AlertRow;
  };
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly nextFrame: (callback: () => void) => void;
}

/** All alerts as they are known. */
export interface AlertsView {
  readonly rows: readonly AlertRow[];
  readonly trust: Trust;
  /** They have been there at least once. */
  readonly ready: boolean;
}

/** Milliseconds between two lists: with the stream, which tells what happens in between, and without. */
const WITH_STREAM = 5000;
const WITHOUT = 2000;
/** For as many as these, the stream has to do for longer. */
const MANY = 1000;
const WITH_STREAM_MANY = 15_000;
const AGAIN_SOON = 300;
/** Milliseconds that it goes on after the last panel: a refresh asks for the same again at once. */
const LINGER = 3000;

type Timer = ReturnType<typeof setTimeout>;

/**
 * The alerts of one exporter as they are now. The list is asked for again and again, for the values; what
 * the live stream tells is put into it at once.
 */
export class AlertsFeed {
  readonly #options: AlertsFeedOptions;
  readonly #repaint: Repaint;
  readonly #watchers = new Set<() => void>();
  #alerts = new Map<string, AlertRow>();
  #unsubscribe: (() => void) | undefined;
  #timer: Timer | undefined;
  #ending: Timer | undefined;
  /** Of the present start; an answer to an earlier one is of no interest. */
  #run = 0;
  #up = false;
  #loading = false;
  #loadedAt: number | undefined;
  /** Something happened while the list was on its way, which may or may not be in it. */
  #changed = false;
  #reason: string | undefined;

  constructor(options: AlertsFeedOptions) {
    this.#options = options;
    this.#repaint = new Repaint(options.nextFrame);
  }

  /** What is known, again whenever it changes, at most once an animation frame. */
  watch(): Observable<AlertsView> {
    return new Observable((observer) => {
      const emit = (): void => observer.next(this.#view);
      const watcher = (): void => this.#repaint.request(emit);
      this.#watchers.add(watcher);
      clearTimeout(this.#ending);
      if (this.#unsubscribe === undefined) this.#start();
      watcher();
      return () => {
        this.#repaint.forget(emit);
        this.#watchers.delete(watcher);
        if (this.#watchers.size === 0) this.#ending = setTimeout(() => this.#stop(), LINGER);
      };
    });
  }

  /** Asks for the list now, as after something was done. */
  refresh(): void {
    if (this.#unsubscribe !== undefined) this.#loadIn(0);
  }

  #start(): void {
    this.#unsubscribe = this.#options.connection.subscribe({
      expr: '',
      stream: 'alerts',
      interval: (tick) => tick,
      position: () => undefined,
      onUp: () => {
        this.#up = true;
        // What happened while there was no connection has been missed.
        this.#loadIn(0);
      },
      onDown: () => {
        this.#up = false;
        this.#loadIn(0);
      },
      onFrame: (frame) => this.#onFrame(frame),
      onGap: () => this.#loadIn(0),
      onError: () => (this.#up = false),
    });
    this.#loadIn(0);
  }

  #stop(): void {
    this.#run += 1;
    clearTimeout(this.#timer);
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#up = false;
    this.#loading = false;
  }

  #onFrame({ values }: LiveFrame): void {
    for (const event of values) {
      const { alert } = fieldsOf(event);
      if (alert === undefined) continue;
      const row = this.#options.client.rowOf(alert);
      this.#alerts.set(row.fingerprint, row);
    }
    if (this.#loading) this.#changed = true;
    this.#tell();
  }

  #loadIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    const run = this.#run;
    this.#timer = setTimeout(() => void this.#load(run), milliseconds);
  }

  async #load(run: number): Promise<void> {
    if (this.#loading) {
      this.#changed = true;
      return;
    }
    this.#loading = true;
    this.#changed = false;
    try {
      const rows = await this.#options.client.list();
      if (run !== this.#run) return;
      this.#alerts = new Map(rows.map((row) => [row.fingerprint, row]));
      this.#loadedAt = this.#options.now();
      this.#reason = this.#up ? undefined : 'The live stream of alerts is not there.';
    } catch (thrown) {
      if (run !== this.#run) return;
      this.#reason = messageOf(thrown);
    }
    this.#loading = false;
    this.#loadIn(this.#changed ? AGAIN_SOON : this.#period);
    this.#tell();
  }

  get #period(): number {
    if (!this.#up) return WITHOUT;
    return this.#alerts.size > MANY ? WITH_STREAM_MANY : WITH_STREAM;
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }

  get #view(): AlertsView {
    return {
      rows: [...this.#alerts.values()],
      ready: this.#loadedAt !== undefined,
      trust: {
        state: this.#state,
        transport: this.#up ? 'websocket' : 'polling',
        lag: null,
        last: this.#loadedAt ?? null,
        interval: this.#period,
        dropped: 0,
        ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      },
    };
  }

  get #state(): Trust['state'] {
    if (this.#loadedAt === undefined) {
      return this.#reason === undefined ? 'connecting' : 'disconnected';
    }
    if (this.#options.now() - this.#loadedAt > this.#period + 3000) {
      return this.#up ? 'stale' : 'disconnected';
    }
    return this.#up ? 'live' : 'polling';
  }
}
