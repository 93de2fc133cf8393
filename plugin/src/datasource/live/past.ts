import type { Series } from './table.js';

/** A stretch of the past of an expression; all in Unix milliseconds, both ends included. */
export interface Stretch {
  readonly expr: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Where a live query gets what has been. */
export interface Past {
  /** @throws QueryError where it cannot be had */
  range(stretch: Stretch): Promise<Series[]>;
  /** The exporter's clock, Unix milliseconds. */
  time(): Promise<number>;
}

/** A query that was not answered. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /** Whether asking again is of no use, as the expression itself is refused. */
  readonly final: boolean;

  constructor(message: string, options: { final: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.final = options.final;
  }
}

/** Whether a failure is of a kind that asking again does not mend. */
export function isFinal(thrown: unknown): boolean {
  return thrown instanceof QueryError && thrown.final;
}

/** What a failure says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The first time of the grid at or after `time`. */
export function gridFrom(time: number, step: number): number {
  return Math.ceil(time / step) * step;
}

/** The last time of the grid at or before `time`. */
export function gridTo(time: number, step: number): number {
  return Math.floor(time / step) * step;
}
