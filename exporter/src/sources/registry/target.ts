import type { FamilyMetadata, MetricType } from '../../series/metadata.js';
import type { Exemplar, SourceWriter } from '../../series/writer.js';
import { labelsOf } from './labels.js';
import type { ExemplarLike, LooseLabels } from './shapes.js';

/** Where the samples of one metric go. */
export interface Target {
  readonly writer: SourceWriter;
  readonly metadata: FamilyMetadata;
  /** The registry's labels for all of its series. */
  readonly defaults: LooseLabels;
}

const TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary']);

/** The type of a metric as a registry names it; what is not known there is `unknown`. */
export function typeOf(type: string): MetricType {
  return TYPES.has(type) ? (type as MetricType) : 'unknown';
}

export function exemplarOf(exemplar: ExemplarLike): Exemplar {
  const labels = labelsOf(exemplar.labelSet, {});
  return exemplar.timestamp === undefined
    ? { labels, value: exemplar.value }
    : { labels, value: exemplar.value, time: exemplar.timestamp * 1000 };
}
