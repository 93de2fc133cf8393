/**
 * What is read of a metrics registry and its metrics: the parts that prom-client and
 * `@prometheus-io/client` have in common, and where they differ in how a metric keeps its values.
 * Metrics are told by shape, so that any copy or version of either library will do.
 */

export interface RegistryLike {
  getMetricsAsArray(): readonly unknown[];
  readonly contentType?: string;
}

/** Label values may be numbers in both libraries. */
export type LooseLabels = Readonly<Record<string, string | number | undefined>>;

/** An exemplar as both libraries keep it; the time stamp is in seconds. */
export interface ExemplarLike {
  readonly labelSet: LooseLabels;
  readonly value: number;
  readonly timestamp?: number;
}

/** A value of a counter or gauge. */
export interface ValueEntry {
  readonly labels: LooseLabels;
  readonly value: number;
  readonly exemplar?: ExemplarLike;
}

/** One label set of a classic histogram; the buckets are not cumulative. */
export interface HistogramEntry {
  readonly labels: LooseLabels;
  readonly bucketValues: Readonly<Record<string, number>>;
  readonly bucketExemplars?: Readonly<Record<string, ExemplarLike | null>>;
  readonly sum: number;
  readonly count: number;
}

/** What the public `get()` of any metric answers. */
export interface MetricSnapshot {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly SnapshotValue[];
}

export interface SnapshotValue {
  readonly labels?: LooseLabels;
  readonly value: number;
  /** With the suffix, where it is not the metric's own name. */
  readonly metricName?: string;
  readonly exemplar?: ExemplarLike | null;
}

export interface MetricLike {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  get(): MetricSnapshot | Promise<MetricSnapshot>;
  readonly collect?: () => unknown;
  readonly enableExemplars?: boolean;
}

/** Bounds of a histogram's buckets, ascending, without +Inf. */
interface Bounded {
  readonly upperBounds: readonly number[];
}

/** prom-client: entries by a string made of the label values. `reset()` replaces the object. */
export type HashMap<Entry> = Readonly<Record<string, Entry | undefined>>;

/** `@prometheus-io/client`: entries keep their identity until they are removed. */
export interface EntryStore<Entry> {
  values(): Iterable<Entry>;
}

/** How a metric keeps its values. */
export type MetricShape =
  | {
      readonly kind: 'values';
      readonly metric: MetricLike;
      readonly entries: () => Entries<ValueEntry>;
    }
  | {
      readonly kind: 'histogram';
      readonly metric: MetricLike & Bounded;
      readonly entries: () => Entries<HistogramEntry>;
    }
  | { readonly kind: 'snapshot'; readonly metric: MetricLike };

export type Entries<Entry> =
  | { readonly hashMap: HashMap<Entry>; readonly store?: undefined }
  | { readonly store: EntryStore<Entry>; readonly hashMap?: undefined };

/**
 * How to read a metric: from its own store where that is known, and otherwise (summaries, whose
 * quantiles are computed on reading, and metrics of other makes) by the public `get()`.
 * @returns undefined for what is no metric at all.
 */
export function shapeOf(metric: unknown): MetricShape | undefined {
  if (!isObject(metric) || typeof metric.get !== 'function') return undefined;
  const known = metric as unknown as MetricLike;
  if (metric.type === 'counter' || metric.type === 'gauge') {
    const entries = entriesOf<ValueEntry>(metric);
    if (entries !== undefined) return { kind: 'values', metric: known, entries };
  }
  if (metric.type === 'histogram' && Array.isArray(metric.upperBounds)) {
    const entries = entriesOf<HistogramEntry>(metric);
    if (entries !== undefined) {
      return { kind: 'histogram', metric: known as MetricLike & Bounded, entries };
    }
  }
  return { kind: 'snapshot', metric: known };
}

function entriesOf<Entry>(metric: Record<string, unknown>): (() => Entries<Entry>) | undefined {
  // Read anew at each tick: `reset()` replaces both.
  if (isObject(metric.hashMap)) return () => ({ hashMap: metric.hashMap as HashMap<Entry> });
  if (isObject(metric.store) && typeof metric.store.values === 'function') {
    return () => ({ store: metric.store as EntryStore<Entry> });
  }
  return undefined;
}

/** Labels that a registry adds to all of its series. */
export function defaultLabelsOf(registry: RegistryLike): LooseLabels {
  const labels = (registry as unknown as Record<string, unknown>)._defaultLabels;
  return isObject(labels) ? (labels as LooseLabels) : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
