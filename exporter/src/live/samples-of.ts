import type { QueryResult, VectorSample } from '../promql/result.js';
import { LabelSet } from '../series/labels.js';

/** The samples of an instant; a scalar is one without labels. */
export function samplesOf(result: QueryResult): readonly VectorSample[] {
  switch (result.type) {
    case 'vector':
      return result.samples;
    case 'scalar':
      return [{ labels: LabelSet.EMPTY, value: result.value, histogram: undefined }];
    default:
      throw new TypeError(`a ${result.type} has no samples of one time`);
  }
}
