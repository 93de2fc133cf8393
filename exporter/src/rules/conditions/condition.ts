import { KymoError } from '../../lib/errors.js';
import type { ComparisonOperator, Expression } from '../../promql/ast.js';
import type { Labels } from '../../series/labels.js';
import type { Severity } from '../alert.js';
import type { Fallback } from '../rule.js';

/**
 * A structured condition, read and checked. What is written:
 *
 * - `threshold: {expr | metric, labels, operator, value}`
 * - `rate_of_change: {expr | metric, labels, window, unit: percent | absolute, operator, value}`
 * - `anomaly: {watch, labels | expr, sensitivity}`; 1 alerts from a score of 1, 2 from 0.5 on
 * - `absence: {expr | metric, labels, for}`
 * - `composite: {and | or: [condition or name …], on: [label …]}` or `{not: condition or name}`
 */
export type Test =
  | {
      readonly kind: 'threshold';
      readonly subject: Expression;
      readonly operator: ComparisonOperator;
      readonly value: number;
    }
  | {
      readonly kind: 'rate_of_change';
      readonly subject: Expression;
      /** Seconds. */
      readonly window: number;
      readonly unit: 'percent' | 'absolute';
      readonly operator: ComparisonOperator;
      readonly value: number;
    }
  | {
      readonly kind: 'anomaly';
      readonly watch: string | undefined;
      readonly labels: Labels;
      /** What a watch of its own is to score, where none is named. */
      readonly subject: Expression | undefined;
      readonly sensitivity: number;
    }
  | {
      readonly kind: 'absence';
      readonly subject: Expression;
      /** Seconds; 0 where only the present counts. */
      readonly window: number;
    }
  | {
      readonly kind: 'composite';
      readonly operator: 'and' | 'or' | 'not';
      readonly parts: readonly Part[];
      /** Labels that the parts of `and` are matched by; all where it is absent. */
      readonly on: readonly string[] | undefined;
    };

/** A condition inside another: its name, or itself. */
export type Part =
  { readonly name: string; readonly path: string } | { readonly test: Test; readonly path: string };

/** A named condition with what its alert is to be. */
export interface Condition {
  readonly name: string;
  readonly path: string;
  readonly test: Test;
  /** Whether it makes an alert, or is only a part of others. */
  readonly alert: boolean;
  /** As written: `1m`. */
  readonly for: string | undefined;
  readonly keepFiringFor: string | undefined;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly noData: Fallback | undefined;
  readonly error: Fallback | undefined;
  /** A value to go back to, or an expression that yields the label sets that are resolved. */
  readonly resolve: number | Expression | undefined;
  readonly cooldown: string | undefined;
  readonly receivers: readonly string[];
}

/** One thing that is wrong with a document of conditions. */
export interface ConditionProblem {
  /** Such as `conditions[2].threshold.operator`; empty for the document. */
  readonly path: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** All that is wrong with a document of conditions. Code `bad_condition`. */
export class ConditionError extends KymoError {
  readonly problems: readonly ConditionProblem[];

  constructor(problems: readonly ConditionProblem[]) {
    const lines = problems.map(({ path, message }) =>
      path === '' ? message : `${path}: ${message}`,
    );
    super('bad_condition', lines.join('\n'));
    this.problems = problems;
  }
}
