import { formatGeneral } from '../number-format.js';
import {
  customBound,
  exponentialBound,
  hasCustomBounds,
  type FloatHistogram,
} from './float-histogram.js';

/** A histogram as Prometheus writes it into a label: `{count:3, sum:6, (1,2]:3}`. */
export function histogramText(histogram: FloatHistogram): string {
  const { schema, positive, negative, zeroCount, zeroThreshold } = histogram;
  const custom = hasCustomBounds(histogram);
  const bounds = histogram.customBounds ?? [];
  const parts = [`count:${formatGeneral(histogram.count)}`, `sum:${formatGeneral(histogram.sum)}`];
  const push = (text: string, count: number): void => {
    parts.push(`${text}:${formatGeneral(count)}`);
  };
  const range = (lower: number, upper: number): string =>
    `${formatGeneral(lower)},${formatGeneral(upper)}`;
  for (let k = negative.counts.length - 1; k >= 0; k--) {
    if (negative.counts[k] === 0) continue;
    const index = negative.offset + k;
    const lower = -exponentialBound(index, schema);
    push(`[${range(lower, -exponentialBound(index - 1, schema))})`, negative.counts[k]);
  }
  if (zeroCount !== 0) push(`[${range(-zeroThreshold, zeroThreshold)}]`, zeroCount);
  for (let k = 0; k < positive.counts.length; k++) {
    if (positive.counts[k] === 0) continue;
    const index = positive.offset + k;
    const [lower, upper] = [index - 1, index].map((i) =>
      custom ? customBound(i, bounds) : exponentialBound(i, schema),
    );
    push(`${custom && index === 0 ? '[' : '('}${range(lower, upper)}]`, positive.counts[k]);
  }
  return `{${parts.join(', ')}}`;
}
