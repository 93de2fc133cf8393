import { LabelSet } from '../series/labels.js';
import type { Exemplar } from '../series/writer.js';
import { formatLabels } from './escape.js';
import { formatNumber } from './number.js';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** "The combined length of the label names and values … MUST NOT exceed 128 UTF-8 characters." */
const MAX_LENGTH = 128;

/**
 * What stands after a sample's value in OpenMetrics, from ` # ` on; `''` for an exemplar that the
 * format has no place for: too long a label set, or a label name that is none.
 */
export function formatExemplar({ labels, value, time }: Exemplar): string {
  const set = LabelSet.from(labels);
  let length = 0;
  for (let i = 0; i < set.length; i++) {
    if (!LABEL_NAME.test(set.names[i])) return '';
    length += set.names[i].length + Array.from(set.values[i]).length;
  }
  if (length > MAX_LENGTH) return '';
  const spelt = set.length === 0 ? '{}' : formatLabels(set);
  const seconds = time === undefined ? '' : ` ${formatNumber(time / 1000)}`;
  return ` # ${spelt} ${formatNumber(value)}${seconds}`;
}
