import type { Field } from '@grafana/data';

export type Status = 'ok' | 'warning' | 'critical';

/**
 * The status that thresholds give a value: the best step is fine, the worst critical, those between
 * warn. Where higher is better the first step, which has no lower bound, is the worst.
 * @param steps values at which steps begin, rising; the first is `-Infinity` or `null`
 * @returns `undefined` where no threshold is set
 */
export function statusOf(
  value: number,
  steps: readonly (number | null)[],
  polarity: 'lower' | 'higher',
): Status | undefined {
  if (steps.length < 2) return undefined;
  let index = 0;
  steps.forEach((step, at) => {
    if (at > 0 && step !== null && value >= step) index = at;
  });
  const last = steps.length - 1;
  const badness = polarity === 'lower' ? index : last - index;
  if (badness === 0) return 'ok';
  return badness === last ? 'critical' : 'warning';
}

/**
 * The values at which a field's thresholds begin. Those in percent are of the way from the field's least
 * to its greatest value, as in Grafana's own panels.
 */
export function stepsOf({ config, state }: Field): (number | null)[] {
  const { mode, steps = [] } = config.thresholds ?? {};
  const values = steps.map(({ value }) => value);
  if (mode !== ('percentage' as typeof mode)) return values;
  const low = config.min ?? state?.range?.min ?? 0;
  const high = config.max ?? state?.range?.max ?? 100;
  return values.map((percent) => (percent === null ? null : low + (percent / 100) * (high - low)));
}
