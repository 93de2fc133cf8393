import type { BinaryOperator } from './ast.js';

/** As Go's math.Pow: 1 to any power and anything to the power of 0 is 1, ±1 to ±Inf too. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

/** As Go's math.Max, which is +Inf beside +Inf even where the other is NaN. */
export function greater(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

/** As Go's math.Min, which is -Inf beside -Inf even where the other is NaN. */
export function lesser(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}

/** A value between two bounds; the lower one wins where they cross. */
export function clamp(value: number, least: number, most: number): number {
  return greater(least, lesser(most, value));
}

const FLOATS: Partial<Record<BinaryOperator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
  '==': (left, right) => (left === right ? 1 : 0),
  '!=': (left, right) => (left !== right ? 1 : 0),
  '>': (left, right) => (left > right ? 1 : 0),
  '<': (left, right) => (left < right ? 1 : 0),
  '>=': (left, right) => (left >= right ? 1 : 0),
  '<=': (left, right) => (left <= right ? 1 : 0),
};

/** What an operator makes of two floats; comparisons answer 1 or 0. */
export function arithmetic(operator: BinaryOperator): (left: number, right: number) => number {
  const compute = FLOATS[operator];
  if (compute === undefined) throw new TypeError(`${operator} is no operator of floats`);
  return compute;
}
