import type { DataQuery } from '@grafana/data';
import type { Subject } from '../feeders.js';

/** Either made frames, or an expression of an exporter. */
export interface BenchQuery extends DataQuery {
  readonly subject?: Subject;
  readonly count?: number;
  readonly expr?: string;
}
