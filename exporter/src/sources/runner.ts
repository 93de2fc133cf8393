import type { Clock } from '../lib/clock.js';
import { messageOf } from '../lib/errors.js';
import type { SourceWriter } from '../series/writer.js';
import { Family } from './family.js';
import { NoData, type Source } from './source.js';

/** How the last collection of a source went. */
export interface SourceState {
  readonly name: string;
  /** `failed` has a `lastError`; `silent` means this host has nothing to tell, and why. */
  status: 'starting' | 'ok' | 'silent' | 'failed';
  /** Seconds that the last collection took. */
  duration: number;
  /** Message of the last failure, kept after the source has recovered. */
  lastError: string | undefined;
  /** Unix milliseconds of the last failure. */
  lastErrorTime: number | undefined;
  failures: number;
}

export interface SourceRunnerOptions {
  readonly clock: Clock;
  /** Milliseconds that a source may take before it counts as failed. */
  readonly deadline: number;
  /** Makes the writer of a source; called once for each. */
  readonly writer: (source: string) => SourceWriter;
  /** Told when a source changes between failed and not failed. */
  readonly onChange: (state: SourceState) => void;
}

interface Entry {
  readonly source: Source;
  readonly writer: SourceWriter;
  readonly state: SourceState;
  /** Set while an earlier collection has missed its deadline and not returned. */
  hanging: boolean;
  outcome: 'staged' | 'failed' | 'silent';
}

const success = new Family({
  name: 'kymo_collector_success',
  type: 'gauge',
  help: 'Whether the last collection succeeded: 1 yes (also when there was nothing to tell), 0 no.',
  labels: ['collector'],
});
const duration = new Family({
  name: 'kymo_collector_duration_seconds',
  type: 'gauge',
  unit: 'seconds',
  help: 'Time that the last collection took.',
  labels: ['collector'],
});

/**
 * Runs every source once a tick, each with its own writer, deadline and fate. `collect` waits for all
 * of them; `commit` then turns what they staged into samples without waiting for anything.
 */
export class SourceRunner {
  readonly #options: SourceRunnerOptions;
  readonly #entries: Entry[] = [];

  constructor(options: SourceRunnerOptions) {
    this.#options = options;
  }

  get states(): readonly SourceState[] {
    return this.#entries.map(({ state }) => state);
  }

  /** Adds a source and starts it. One that cannot start fails at each collection with that reason. */
  async add(source: Source): Promise<void> {
    const entry: Entry = {
      source,
      writer: this.#options.writer(source.name),
      state: {
        name: source.name,
        status: 'starting',
        duration: 0,
        lastError: undefined,
        lastErrorTime: undefined,
        failures: 0,
      },
      hanging: false,
      outcome: 'failed',
    };
    try {
      await source.start?.();
      this.#entries.push(entry);
    } catch (thrown) {
      const refuse = (): never => {
        throw thrown;
      };
      this.#entries.push({ ...entry, source: { name: source.name, collect: refuse } });
    }
  }

  /** Collects from all sources; never throws, and ends at the deadline at the latest. */
  async collect(time: number): Promise<void> {
    const waiting: Promise<void>[] = [];
    for (const entry of this.#entries) {
      const pending = this.#collectOne(entry, time);
      if (pending !== undefined) waiting.push(pending);
    }
    if (waiting.length > 0) await Promise.all(waiting);
  }

  /** Writes what was staged as samples at `time`, and the runner's own series with `own`. */
  commit(time: number, own: SourceWriter): void {
    for (const entry of this.#entries) {
      const { writer, state, outcome } = entry;
      if (outcome === 'staged') writer.commit(time);
      else writer.fail(time);
      success.set(own, outcome === 'failed' ? 0 : 1, state.name);
      duration.set(own, state.duration, state.name);
    }
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#entries.map(async ({ source }) => source.stop?.()));
  }

  #collectOne(entry: Entry, time: number): Promise<void> | undefined {
    const { clock, deadline } = this.#options;
    if (entry.hanging) {
      this.#fail(entry, time, 'still busy with an earlier collection');
      return undefined;
    }
    const started = clock.monotonic();
    const settle = (thrown?: unknown): void => {
      entry.state.duration = (clock.monotonic() - started) / 1000;
      if (thrown === undefined) this.#succeed(entry, 'ok');
      else if (thrown instanceof NoData) this.#succeed(entry, 'silent');
      else this.#fail(entry, time, messageOf(thrown));
    };
    const controller = new AbortController();
    let result: Promise<void> | void;
    try {
      result = entry.source.collect({ time, writer: entry.writer, signal: controller.signal });
    } catch (thrown) {
      settle(thrown);
      return undefined;
    }
    if (result === undefined) {
      settle();
      return undefined;
    }
    return new Promise((resolve) => {
      let late = false;
      const timer = clock.schedule(() => {
        late = true;
        entry.hanging = true;
        controller.abort();
        settle(new Error(`took longer than its deadline of ${deadline} ms`));
        resolve();
      }, deadline);
      const done = (thrown?: unknown): void => {
        entry.hanging = false;
        if (late) {
          entry.writer.discard();
          return;
        }
        clock.cancel(timer);
        settle(thrown);
        resolve();
      };
      result.then(
        () => done(),
        (thrown: unknown) => done(thrown ?? new Error('failed')),
      );
    });
  }

  #succeed(entry: Entry, status: 'ok' | 'silent'): void {
    const { state } = entry;
    const recovered = state.status === 'failed';
    entry.outcome = status === 'ok' ? 'staged' : 'silent';
    state.status = status;
    if (recovered) this.#options.onChange(state);
  }

  #fail(entry: Entry, time: number, message: string): void {
    const { state } = entry;
    const changed = state.status !== 'failed' || state.lastError !== message;
    entry.outcome = 'failed';
    state.status = 'failed';
    state.failures++;
    state.lastError = message;
    state.lastErrorTime = time;
    if (changed) this.#options.onChange(state);
  }
}
