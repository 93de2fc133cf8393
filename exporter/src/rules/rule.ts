import type { Expression } from '../promql/ast.js';
import type { Labels } from '../series/labels.js';
import type { Template } from './template/template.js';

/** Where something stands in a file; line and column start at 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A PromQL expression as it was written, and parsed. */
export interface RuleExpression {
  readonly text: string;
  readonly expression: Expression;
}

interface CommonRule extends RuleExpression {
  /** Name of the metric that is recorded, or of the alert. */
  readonly name: string;
  /** As written, with those of the group. */
  readonly labels: Labels;
  readonly place: Place;
}

export interface RecordingRule extends CommonRule {
  readonly kind: 'recording';
}

/** What becomes of an alert when there is nothing to judge it by. */
export type Fallback = 'ok' | 'alert' | 'keep';

export interface AlertingRule extends CommonRule {
  readonly kind: 'alerting';
  /** Milliseconds, as all durations here. */
  readonly for: number;
  readonly keepFiringFor: number;
  /** As written, without those that start with `kymo_`. */
  readonly annotations: Labels;
  /** Those that start with `kymo_`, as written. */
  readonly extensions: Labels;
  readonly labelTemplates: readonly NamedTemplate[];
  readonly annotationTemplates: readonly NamedTemplate[];
  /** While an alert fires, it goes on until this yields its label set. */
  readonly resolve: RuleExpression | undefined;
  /** How long after it has resolved an alert does not fire again. */
  readonly cooldown: number;
  readonly noData: Fallback;
  readonly onError: Fallback;
  /** Names of webhook receivers; none means that the rule names none. */
  readonly receivers: readonly string[];
}

/** A label or annotation whose value is a template. */
export interface NamedTemplate {
  readonly name: string;
  readonly template: Template;
}

export type Rule = RecordingRule | AlertingRule;

/** Rules that are evaluated together, in order. */
export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  /** Milliseconds; absent where the group does not say. */
  readonly interval: number | undefined;
  /** Milliseconds by which the evaluation looks back. */
  readonly queryOffset: number;
  /** Most series or alerts that a rule may yield; 0 is no limit. */
  readonly limit: number;
  readonly rules: readonly Rule[];
  readonly place: Place;
}
