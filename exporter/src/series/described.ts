import type { LabelSet } from './labels.js';
import type { FamilyMetadata } from './metadata.js';

const SUFFIX = /_(?:bucket|sum|count|total)$/;

/** Metadata under the metric's own name, or under that of the histogram or summary it is part of. */
export function findDescribed(
  described: ReadonlyMap<string, FamilyMetadata>,
  labels: LabelSet,
): FamilyMetadata | undefined {
  const { metricName } = labels;
  return described.get(metricName) ?? described.get(metricName.replace(SUFFIX, ''));
}
