/** Share of the day that has passed when the load begins: in the morning, rising. */
const START = 0.3;

/**
 * Traffic at a time relative to the mean of a day: 0.45 to 1.33, with a trough at night, a plateau
 * from noon on and the peak in the evening.
 * @param elapsed Milliseconds since the start of the load.
 * @param day Milliseconds that a day takes.
 */
export function dailyLevel(elapsed: number, day: number): number {
  const turn = 2 * Math.PI * (START + elapsed / day);
  return (
    1 + 0.4 * Math.cos(turn - 2 * Math.PI * 0.7) + 0.15 * Math.cos(2 * turn - 2 * Math.PI * 0.85)
  );
}
