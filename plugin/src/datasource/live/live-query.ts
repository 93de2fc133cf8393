import type { LiveColumn, LivePosition, LiveValue } from '@kymo/contract';
import type { Trust, TrustState } from '../../shared/trust.js';
import type {
  Hello,
  LiveConnection,
  LiveFailure,
  LiveFrame,
  LiveGap,
  LiveTransport,
} from './connection.js';
import { gridFrom, isFinal, messageOf, type Past } from './past.js';
import { Poller } from './poller.js';
import { SeriesTable } from './table.js';

export interface LiveQueryOptions {
  readonly expr: string;
  /** Milliseconds between values that are wanted; rounded up to the exporter's tick. */
  readonly interval: number;
  /** Milliseconds of the past that are shown. */
  readonly window: number;
  readonly connection: Pick<LiveConnection, 'subscribe'>;
  readonly past: Past;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called when {@link LiveQuery.view} says something new; often. */
  readonly onChange: () => void;
  /** Unix milliseconds before which nothing is needed, where that is earlier than the window. */
  readonly keptFrom?: () => number;
}

/** What is to be drawn. */
export interface LiveView {
  readonly table: Pick<SeriesTable, 'times' | 'columns' | 'last' | 'rewrites'>;
  readonly trust: Trust;
  /** The past is there or known not to come. */
  readonly ready: boolean;
  /** Why there will be nothing to draw. */
  readonly error: string | undefined;
}

/** Milliseconds after which values are polled for: of the start without any, and of a loss. */
const POLL_FROM_START = 2000;
const POLL_FROM_LOSS = 1000;
/** Milliseconds between looks whether values still come. */
const LOOK = 1000;
const HISTORY_TRIES = 5;

/**
 * One expression from its past into its stream. The newest frame of the stream comes first and settles
 * where the past ends: `query_range` is asked for all before it, so that neither a hole nor a double
 * value is possible whatever the clocks say. Without a connection new values are polled for; when it is
 * back, the stream goes on after the last value, whichever way that came.
 */
export class LiveQuery {
  readonly #options: LiveQueryOptions;
  readonly #table = new SeriesTable();
  readonly #poller: Poller;
  #interval: number;
  #tick = 1000;
  #clockOffset = 0;
  #unsubscribe: (() => void) | undefined;
  #pollSoon: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setInterval> | undefined;
  #stopped = false;
  #past: 'none' | 'loading' | 'done' = 'none';
  #transport: Trust['transport'] = 'none';
  #position: LivePosition | undefined;
  #lag: number | null = null;
  /** By our clock, when the last values came. */
  #heard: number;
  #dropped = 0;
  #reason: string | undefined;
  #error: string | undefined;
  #told: TrustState = 'connecting';

  constructor(options: LiveQueryOptions) {
    this.#options = options;
    this.#interval = options.interval;
    this.#heard = options.now();
    this.#poller = new Poller({
      past: options.past,
      expr: options.expr,
      now: options.now,
      step: () => this.#interval,
      wantedFrom: (now) => this.#wantedFrom(now),
      onSeries: (series, end) => {
        const firsts = series.flatMap(({ samples }) => samples.slice(0, 1).map(([time]) => time));
        if (firsts.length > 0) this.#endLineBefore(Math.min(...firsts));
        this.#table.addSeries(series);
        this.#position = end;
        this.#past = 'done';
        this.#transport = 'polling';
        this.#heardOf(end);
      },
      onFailure: (message, final) => {
        if (final) this.#fail(message);
        else this.#say(message);
      },
    });
  }

  start(): void {
    const { connection, expr } = this.#options;
    this.#pollAfter(POLL_FROM_START);
    this.#look = setInterval(() => this.#tellState(), LOOK);
    this.#unsubscribe = connection.subscribe({
      expr,
      interval: (tick) => Math.ceil(this.#interval / tick) * tick,
      position: () => this.#position,
      onUp: (hello) => this.#onUp(hello),
      onDown: () => this.#onDown(),
      onFrame: (frame, columns, via) => this.#onFrame(frame, columns, via),
      onGap: (gap) => void this.#onGap(gap),
      onError: (failure) => this.#onError(failure),
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#pollSoon);
    clearInterval(this.#look);
    this.#poller.stop();
    this.#unsubscribe?.();
  }

  get view(): LiveView {
    return {
      table: this.#table,
      ready: this.#past === 'done',
      error: this.#error,
      trust: {
        state: this.#state(),
        transport: this.#transport,
        lag: this.#lag,
        last: this.#table.last ?? null,
        interval: this.#interval,
        dropped: this.#dropped,
        reason: this.#reason,
      },
    };
  }

  #state(): TrustState {
    if (this.#past !== 'done') return this.#reason === undefined ? 'connecting' : 'disconnected';
    const silent = this.#options.now() - this.#heard;
    if (silent > 2 * this.#interval + 3000) {
      return this.#transport === 'none' ? 'disconnected' : 'stale';
    }
    return this.#transport === 'polling' ? 'polling' : 'live';
  }

  #tellState(): void {
    const state = this.#state();
    if (state === this.#told) return;
    this.#told = state;
    this.#options.onChange();
  }

  #say(reason: string | undefined): void {
    this.#reason = reason;
    this.#told = this.#state();
    this.#options.onChange();
  }

  #fail(message: string): void {
    this.#error = message;
    this.#options.onChange();
    this.stop();
  }

  #pollAfter(milliseconds: number): void {
    clearTimeout(this.#pollSoon);
    this.#pollSoon = setTimeout(() => {
      this.#pollSoon = undefined;
      this.#poller.start();
    }, milliseconds);
  }

  #onUp({ tick, clockOffset }: Hello): void {
    this.#tick = tick;
    this.#interval = Math.ceil(this.#interval / tick) * tick;
    this.#clockOffset = clockOffset;
  }

  #onDown(): void {
    if (this.#transport !== 'polling') this.#transport = 'none';
    this.#reason = 'The live connection to the exporter is lost; trying again.';
    // Tries to connect that fail do not put it off.
    if (!this.#poller.running && this.#pollSoon === undefined) this.#pollAfter(POLL_FROM_LOSS);
    this.#tellState();
  }

  #onFrame(frame: LiveFrame, columns: readonly LiveColumn[], via: LiveTransport): void {
    if (frame.schema === 0) return;
    clearTimeout(this.#pollSoon);
    this.#pollSoon = undefined;
    this.#poller.stop();
    this.#transport = via;
    this.#reason = undefined;
    const missedFrom = (this.#table.last ?? frame.time) + this.#interval;
    // Grafana Live knows of no position but the time, and has nothing of what was missed.
    if (via === 'live') this.#position = frame.time;
    else this.#position = { epoch: frame.epoch, seq: frame.seq };
    this.#endLineBefore(frame.time);
    this.#table.addFrame(frame.time, columns, frame.values as readonly LiveValue[]);
    if (this.#past === 'none') void this.#loadPast(frame.time);
    else if (via === 'live' && missedFrom < frame.time) {
      void this.#fill(missedFrom, frame.time - this.#interval);
    }
    this.#heardOf(frame.time);
  }

  /** Values up to `time` have come. */
  #heardOf(time: number): void {
    const { now, window, onChange, keptFrom = () => Infinity } = this.#options;
    this.#heard = now();
    this.#lag = Math.max(0, this.#heard + this.#clockOffset - time);
    // One more value than is seen, for the line that comes in from the left.
    this.#table.trim(Math.min(time - window, keptFrom()) - this.#interval);
    this.#told = this.#state();
    onChange();
  }

  /** Where values are missing before `time`, a row without any keeps a line from being drawn over it. */
  #endLineBefore(time: number): void {
    const { last } = this.#table;
    const next = (last ?? time) + this.#interval;
    if (next < time) this.#table.addHole(next);
  }

  #wantedFrom(now: number): number {
    const start = gridFrom(now - this.#options.window, this.#interval);
    return this.#past === 'done'
      ? Math.max(start, (this.#table.last ?? 0) + this.#interval)
      : start;
  }

  async #loadPast(before: number): Promise<void> {
    this.#past = 'loading';
    const { expr, window, past, onChange } = this.#options;
    const step = this.#interval;
    const start = gridFrom(before - window, step);
    for (let attempt = 1; attempt <= HISTORY_TRIES; attempt += 1) {
      try {
        const series = await past.range({ expr, start, end: before - step, step });
        this.#table.addSeries(series);
        break;
      } catch (thrown) {
        if (isFinal(thrown)) {
          this.#fail(messageOf(thrown));
          return;
        }
        this.#say(`The past could not be loaded: ${messageOf(thrown)}`);
        await new Promise((resolve) => setTimeout(resolve, 500 * attempt));
      }
      if (this.#stopped) return;
    }
    this.#past = 'done';
    this.#reason = undefined;
    this.#told = this.#state();
    onChange();
  }

  /** Asks the past for what the stream has left out. */
  async #onGap({ missed, from, to }: LiveGap): Promise<void> {
    this.#dropped += missed;
    await this.#fill(from * this.#tick, to * this.#tick);
  }

  /** Asks the past for the values from one time to another, both included. */
  async #fill(from: number, end: number): Promise<void> {
    const { now, window, past, expr, onChange } = this.#options;
    const step = this.#interval;
    const start = gridFrom(Math.max(from, now() + this.#clockOffset - window), step);
    if (start > end) return;
    for (let attempt = 1; attempt <= HISTORY_TRIES; attempt += 1) {
      try {
        this.#table.addSeries(await past.range({ expr, start, end, step }));
        break;
      } catch {
        // After the last try the hole stays.
        await new Promise((resolve) => setTimeout(resolve, 500 * attempt));
      }
      if (this.#stopped) return;
    }
    if (!this.#stopped) onChange();
  }

  #onError({ code, message }: LiveFailure): void {
    if (code === 'bad_expression') {
      this.#fail(message);
      return;
    }
    // It may be answered nevertheless when it is asked for by HTTP; what reads too far back only so.
    if (code === 'too_far_back') this.#unsubscribe?.();
    if (this.#transport !== 'polling') this.#transport = 'none';
    this.#say(message);
    this.#pollAfter(0);
  }
}
