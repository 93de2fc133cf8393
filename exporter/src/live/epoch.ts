/**
 * Names one run of the exporter: two runs never have the same. It tells the tick, since the sequence
 * numbers of a run count its ticks; to clients it is opaque.
 */
export function epochOf(tick: number, startedAt: number): string {
  return `${tick}-${Math.floor(startedAt).toString(36)}`;
}

/** Milliseconds; `undefined` for what is no epoch of an exporter. */
export function tickOfEpoch(epoch: string): number | undefined {
  const match = /^(\d{1,6})-[0-9a-z]+$/.exec(epoch);
  return match === null || Number(match[1]) === 0 ? undefined : Number(match[1]);
}
