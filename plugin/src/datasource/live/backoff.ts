/**
 * Longest wait before a try, in milliseconds: who comes back is seen within five seconds, in which the
 * connection has to be made and the next value awaited, too.
 */
const LONGEST = 3000;
const FIRST = 500;
/** A wait of nothing would let a server that closes at once be asked in a loop. */
const SHORTEST = 100;

/**
 * Milliseconds to wait before try number `attempt` (0 is the first after a loss): full jitter, so that
 * the tabs of a whole company do not come back in the same moment.
 */
export function backoff(attempt: number, random: () => number): number {
  const span = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10));
  return SHORTEST + random() * (span - SHORTEST);
}
