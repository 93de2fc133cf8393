import type { ValueType } from '../ast.js';

/** What the parser needs to know of a function. */
export interface FunctionSignature {
  readonly name: string;
  /** Types of the arguments; with `optional`, the last one may be left out or repeated. */
  readonly args: readonly ValueType[];
  /**
   * How many arguments may follow the first `args.length − 1`: 0 means exactly `args.length`, a
   * negative number means any number.
   */
  readonly optional: number;
  readonly returns: ValueType;
}
