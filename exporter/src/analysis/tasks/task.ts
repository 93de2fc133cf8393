/** What a task answers with. */
export interface TaskAnswer {
  /** JSON, or whatever an export was asked for. */
  readonly data: string;
  /** What the queries had to say. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/**
 * To be called between two series: throws where nobody waits for the answer any more or it takes too long.
 * @throws KymoError `canceled`, `timeout`
 */
export type Check = () => void;

/** A range of evenly spaced points. Times are in milliseconds. */
export interface Grid {
  readonly start: number;
  readonly step: number;
  /** Points. */
  readonly length: number;
}

/** Unix seconds of a point. */
export function secondsAt({ start, step }: Grid, index: number): number {
  return (start + index * step) / 1000;
}

/** The range as answers tell it, in seconds. */
export function rangeOf(grid: Grid): { start: number; end: number; step: number } {
  const { start, step, length } = grid;
  return { start: start / 1000, end: secondsAt(grid, length - 1), step: step / 1000 };
}

/** A number for JSON, which has no NaN and no infinity. */
export function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function knownColumn(column: ArrayLike<number>): (number | null)[] {
  return Array.from(column, known);
}
