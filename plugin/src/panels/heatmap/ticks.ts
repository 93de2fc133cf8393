const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds between marks of a time axis that people count in. */
const TIME_STEPS = [
  ...[100, 200, 500].map((step) => step),
  ...[1, 2, 5, 10, 15, 30].map((step) => step * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((step) => step * MINUTE),
  ...[1, 2, 3, 6, 12].map((step) => step * HOUR),
  ...[1, 2, 7, 14, 28].map((step) => step * DAY),
];

/**
 * Round times from `from` to `to`, at most `most` of them.
 * @param offset milliseconds that local time is ahead of UTC, for marks at local hours and midnights
 */
export function timeTicks(
  from: number,
  to: number,
  most: number,
  offset: number,
): { readonly step: number; readonly times: number[] } {
  const least = (to - from) / Math.max(1, most);
  const step = TIME_STEPS.find((candidate) => candidate >= least) ?? Math.ceil(least / DAY) * DAY;
  const times: number[] = [];
  const first = Math.ceil((from + offset) / step) * step - offset;
  for (let time = first; time <= to; time += step) times.push(time);
  return { step, times };
}

/** Round values of a logarithmic scale: 1, 2 and 5 times powers of ten, or fewer where there is no room. */
export function logTicks(low: number, high: number, most: number): number[] {
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = decades(low, high).flatMap((power) => steps.map((step) => step * power));
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    if (inside.length <= most) return inside;
  }
  const powers = decades(low, high).filter((power) => power >= low && power <= high);
  const every = Math.ceil(powers.length / Math.max(1, most));
  return powers.filter((_, index) => index % every === 0);
}

function decades(low: number, high: number): number[] {
  const powers: number[] = [];
  const last = Math.ceil(Math.log10(high));
  for (let exponent = Math.floor(Math.log10(low)); exponent <= last; exponent += 1) {
    // 1 / 1000 is 0.001, and 10 ** -3 is not always.
    powers.push(exponent < 0 ? 1 / 10 ** -exponent : 10 ** exponent);
  }
  return powers;
}

/** Round values of a linear scale. */
export function linearTicks(low: number, high: number, most: number): number[] {
  const least = (high - low) / Math.max(1, most);
  if (!(least > 0) || !Number.isFinite(least)) return [];
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5, 10].find((times) => times * power >= least) ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step); index * step <= high; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}
