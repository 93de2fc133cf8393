import { type Clock, systemClock, type Timer } from '../../lib/clock.js';
import { messageOf } from '../../lib/errors.js';
import type { CollectContext, Source } from '../source.js';
import { MetricSampler } from './metric-sampler.js';
import { defaultLabelsOf, type MetricLike, type RegistryLike, shapeOf } from './shapes.js';

export interface RegistrySourceOptions {
  /** The source's name. */
  readonly name: string;
  /** A registry of prom-client or `@prometheus-io/client`, or anything of that shape. */
  readonly registry: RegistryLike;
  /**
   * Milliseconds that a metric's own `collect` may take before the metric is left out of this tick;
   * 250 by default. Keep it below the deadline of the whole source.
   */
  readonly deadline?: number;
  readonly clock?: Clock;
  /** Told when a metric begins to fail, fails in another way, or recovers. */
  readonly onChange?: (failure: MetricFailure) => void;
}

/** How one metric of a registry has failed. */
export interface MetricFailure {
  readonly metric: string;
  /** What it threw last. */
  readonly message: string;
  /** Ticks that it has been left out of, in a row. 0 once it has recovered. */
  readonly failures: number;
}

export interface RegistrySource extends Source {
  /** The metrics that were left out at the last tick. Their series are stale. */
  readonly failing: readonly MetricFailure[];
  /** Times a metric was left out since the start. */
  readonly failures: number;
}

/** A few milliseconds' worth. */
const SAMPLES_A_TURN = 10_000;

interface Held {
  readonly sampler: MetricSampler;
  failure: MetricFailure | undefined;
  /** Set while a `collect` has missed its deadline and not returned. */
  hanging: boolean;
}

/**
 * Samples every metric of a registry at each tick, without rendering it and without side effects. A
 * metric that throws or hangs is left out, so that its own series become stale and no others.
 */
export function registrySource(options: RegistrySourceOptions): RegistrySource {
  return new SampledRegistry(options);
}

class SampledRegistry implements RegistrySource {
  readonly name: string;
  readonly #options: RegistrySourceOptions;
  readonly #clock: Clock;
  #held = new Map<unknown, Held>();
  #failures = 0;

  constructor(options: RegistrySourceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get failing(): readonly MetricFailure[] {
    const failing: MetricFailure[] = [];
    for (const { failure } of this.#held.values()) {
      if (failure !== undefined) failing.push(failure);
    }
    return failing;
  }

  get failures(): number {
    return this.#failures;
  }

  collect(context: CollectContext): void | Promise<void> {
    this.#follow();
    const ready: Held[] = [];
    const waiting: Promise<void>[] = [];
    // All metrics first bring themselves up to date and are then read, since one metric's `collect`
    // may set others too.
    for (const held of this.#held.values()) {
      const pending = this.#prepare(held, ready);
      if (pending !== undefined) waiting.push(pending);
    }
    if (waiting.length === 0) return this.#stage(ready, context);
    return Promise.all(waiting).then(() => this.#stage(ready, context));
  }

  stop(): void {
    for (const { sampler } of this.#held.values()) sampler.forget();
    this.#held.clear();
  }

  /** Takes up what was registered since the last tick and lets go of what was removed. */
  #follow(): void {
    const { registry } = this.#options;
    const before = this.#held;
    const now = new Map<unknown, Held>();
    for (const metric of registry.getMetricsAsArray()) {
      const known = before.get(metric);
      if (known !== undefined) {
        now.set(metric, known);
        before.delete(metric);
        continue;
      }
      const shape = shapeOf(metric);
      if (shape === undefined) continue;
      const sampler = new MetricSampler(shape, exposedName(shape.metric, registry));
      now.set(metric, { sampler, failure: undefined, hanging: false });
    }
    for (const { sampler } of before.values()) sampler.forget();
    this.#held = now;
  }

  #prepare(held: Held, ready: Held[]): Promise<void> | undefined {
    if (held.hanging) {
      this.#fail(held, 'still busy with an earlier collect()');
      return undefined;
    }
    let pending: Promise<void> | undefined;
    try {
      pending = held.sampler.prepare();
    } catch (thrown) {
      this.#fail(held, messageOf(thrown));
      return undefined;
    }
    if (pending === undefined) {
      ready.push(held);
      return undefined;
    }
    return this.#await(held, pending, ready);
  }

  #await(held: Held, pending: Promise<void>, ready: Held[]): Promise<void> {
    const deadline = this.#options.deadline ?? 250;
    return new Promise((resolve) => {
      const timer: Timer = this.#clock.schedule(() => {
        held.hanging = true;
        this.#fail(held, `collect() took longer than its deadline of ${deadline} ms`);
        resolve();
      }, deadline);
      const settle = (act: () => void): void => {
        if (held.hanging) {
          held.hanging = false;
          return;
        }
        this.#clock.cancel(timer);
        act();
        resolve();
      };
      pending.then(
        () => settle(() => ready.push(held)),
        (thrown: unknown) => settle(() => this.#fail(held, messageOf(thrown))),
      );
    });
  }

  /** Stages what is ready, from `first` on, in turns that leave the event loop to others between. */
  #stage(ready: readonly Held[], context: CollectContext, first = 0): void | Promise<void> {
    const { writer, signal } = context;
    if (signal.aborted) return;
    const defaults = defaultLabelsOf(this.#options.registry);
    const turn = { left: SAMPLES_A_TURN };
    for (let i = first; i < ready.length; i++) {
      const held = ready[i];
      try {
        if (turn.left <= 0 || !held.sampler.stage(writer, defaults, turn)) {
          return new Promise((resolve) => setImmediate(resolve)).then(() =>
            this.#stage(ready, context, i),
          );
        }
      } catch (thrown) {
        held.sampler.forget();
        this.#fail(held, messageOf(thrown));
        continue;
      }
      this.#recover(held);
    }
  }

  #fail(held: Held, message: string): void {
    const before = held.failure;
    this.#failures++;
    held.failure = {
      metric: held.sampler.name,
      message,
      failures: (before?.failures ?? 0) + 1,
    };
    if (before?.message !== message) this.#options.onChange?.(held.failure);
  }

  #recover(held: Held): void {
    const { failure } = held;
    if (failure === undefined) return;
    held.failure = undefined;
    this.#options.onChange?.({ ...failure, failures: 0 });
  }
}

/** An OpenMetrics registry adds `_total` to the names of its counters when it is rendered. */
function exposedName(metric: MetricLike, registry: RegistryLike): string {
  const isOpenMetrics = registry.contentType?.startsWith('application/openmetrics-text') ?? false;
  if (!isOpenMetrics || metric.type !== 'counter' || metric.name.endsWith('_total')) {
    return metric.name;
  }
  return `${metric.name}_total`;
}
