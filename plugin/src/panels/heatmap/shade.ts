import { SHADES } from './colors.js';
import type { ColorCurve } from './options.js';

/** From values to shades. */
export interface ShadeScale {
  readonly low: number;
  readonly high: number;
  readonly curve: ColorCurve;
}

/** The faintest shade of what is more than nothing: it can be told from the background. */
const FAINTEST = 0.12;
/** How far below the greatest values a logarithmic curve reaches. */
const DECADES = 1000;

/** A scale up to the next round number above a peak, so that it rarely changes. */
export function scaleOf(
  peak: number,
  { low = 0, high, curve }: { low?: number; high?: number; curve: ColorCurve },
): ShadeScale {
  const top = high ?? roundUp(peak);
  return { low, high: top > low ? top : low + 1, curve };
}

/** 1, 1.5, 2, 3, 5 or 7 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0 || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 5, 7, 10].find((times) => times * power >= value * 0.999_999) ?? 10;
  // Dividing by whole powers is exact where multiplying by 0.001 is not.
  return power < 1 ? step / Math.round(1 / power) : step * power;
}

/** How far a value is on a scale, 0 to 1; 0 for what is nothing, or no value. */
export function shareOf(value: number, { low, high, curve }: ShadeScale): number {
  // Written so that NaN is no value, too.
  if (!(value > low)) return 0;
  const linear = Math.min(1, (value - low) / (high - low));
  return FAINTEST + (1 - FAINTEST) * bend(linear, curve);
}

function bend(linear: number, curve: ColorCurve): number {
  switch (curve) {
    case 'linear':
      return linear;
    case 'sqrt':
      return Math.sqrt(linear);
    case 'log':
      return Math.max(0, 1 + Math.log(linear) / Math.log(DECADES));
  }
}

/** The number of the shade of a value. */
export function shadeOf(value: number, scale: ShadeScale): number {
  return Math.round(shareOf(value, scale) * (SHADES - 1));
}
