/** When a forecast reaches a threshold, in points after the last known one; null where it does not. */
export interface TimeUntil {
  /** By the forecast itself. */
  readonly expected: number | null;
  /** By the edge of the interval that comes first, and by the other one: the least and the most. */
  readonly earliest: number | null;
  readonly latest: number | null;
}

/**
 * When a forecast crosses a threshold, by straight lines between its points: 2.5 is half a point after the
 * second. From below it is crossed upwards and from above downwards; 0 if `last` is on it.
 * @param last The last known value, at 0.
 */
export function timeUntil(
  threshold: number,
  last: number,
  forecast: { values: Float64Array; lower: Float64Array; upper: Float64Array },
): TimeUntil {
  const upwards = last < threshold;
  const crossing = (path: Float64Array): number | null => cross(threshold, last, path);
  return {
    expected: crossing(forecast.values),
    earliest: crossing(upwards ? forecast.upper : forecast.lower),
    latest: crossing(upwards ? forecast.lower : forecast.upper),
  };
}

function cross(threshold: number, last: number, path: Float64Array): number | null {
  if (last === threshold) return 0;
  const side = Math.sign(threshold - last);
  let before = last;
  for (let i = 0; i < path.length; i++) {
    if (side * (path[i] - threshold) >= 0) return i + (threshold - before) / (path[i] - before);
    before = path[i];
  }
  return null;
}
