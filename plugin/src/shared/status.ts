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
