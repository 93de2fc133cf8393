import type { Clock } from '../lib/clock.js';

/** Resolves after `milliseconds`; like every timer of the clock it keeps no process alive. */
export function sleep(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(resolve, milliseconds);
  });
}
