import type { LabelSet } from '../labels.js';
import type { FamilyMetadata } from '../metadata.js';
import type { BucketKind } from './bucket.js';

/**
 * How a series of floats rolls up. Where its type is not known, its name tells, as the naming rules of
 * Prometheus have it.
 */
export function kindOf(labels: LabelSet, metadata: FamilyMetadata | undefined): BucketKind {
  const name = labels.metricName;
  switch (metadata?.type) {
    case 'counter':
      return 'counter';
    case 'histogram':
    case 'summary':
      return /_(bucket|count|sum)$/.test(name) && name !== metadata.name ? 'counter' : 'gauge';
    case undefined:
    case 'unknown':
      return /_(total|bucket|count|sum)$/.test(name) ? 'counter' : 'gauge';
    default:
      return 'gauge';
  }
}
