/** What a rule is made from. */
export type Way = 'condition' | 'expression' | 'recording';

export const TEST_KINDS = [
  { value: 'threshold', label: 'Threshold', description: 'A value is above or below a number' },
  { value: 'rate_of_change', label: 'Rate of change', description: 'A value has risen or fallen' },
  { value: 'anomaly', label: 'Anomaly', description: 'A value is outside of what is expected' },
  { value: 'absence', label: 'Absence', description: 'There are no values' },
  { value: 'composite', label: 'Composite', description: 'Conditions joined by and, or, not' },
] as const;
export type TestKind = (typeof TEST_KINDS)[number]['value'];

export const OPERATORS = ['>', '>=', '<', '<=', '==', '!='] as const;
export const JOINERS = ['and', 'or', 'not'] as const;
export const SEVERITIES = ['info', 'warning', 'error', 'critical', 'emergency'] as const;
export const FALLBACKS = ['ok', 'alert', 'keep'] as const;

/** A label or annotation that is being written. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

/**
 * What a condition tests, as it is written: texts may be unfinished. Fields that do not belong to its
 * kind are kept, so that nothing is lost when another kind is chosen and the first again.
 */
export interface TestForm {
  /** `named` is another condition by its name, which only parts of a composite can be. */
  readonly kind: TestKind | 'named';
  readonly expr: string;
  readonly operator: string;
  readonly value: string;
  /** Of a rate of change, or how long something is absent: a duration. */
  readonly window: string;
  readonly unit: 'percent' | 'absolute';
  /** Name of a watch that there is; empty for one of its own over `expr`. */
  readonly watch: string;
  /** Labels of series of the watch. */
  readonly labels: readonly Pair[];
  /** `low`, `medium`, `high` or a number. */
  readonly sensitivity: string;
  readonly joiner: (typeof JOINERS)[number];
  /** Labels that the parts of `and` are matched by, separated by commas. */
  readonly on: string;
  readonly parts: readonly TestForm[];
  /** Name of the condition that `named` is. */
  readonly named: string;
}

/** A rule as it is written. Durations are texts such as `5m`; empty is the default. */
export interface RuleForm {
  readonly way: Way;
  readonly name: string;
  /** Of an expression or a recording rule. */
  readonly expr: string;
  readonly test: TestForm;
  /** Whether a condition makes an alert, or is only a part of others. */
  readonly alert: boolean;
  readonly severity: string;
  readonly for: string;
  readonly keepFiringFor: string;
  readonly labels: readonly Pair[];
  readonly annotations: readonly Pair[];
  /** An expression, or a number to go back to. */
  readonly resolve: string;
  readonly cooldown: string;
  readonly noData: string;
  readonly error: string;
  /** Names, separated by commas. */
  readonly receivers: string;
}

export const EMPTY_TEST: TestForm = {
  kind: 'threshold',
  expr: '',
  operator: '>',
  value: '',
  window: '5m',
  unit: 'percent',
  watch: '',
  labels: [],
  sensitivity: 'medium',
  joiner: 'and',
  on: '',
  parts: [],
  named: '',
};

export const EMPTY_FORM: RuleForm = {
  way: 'condition',
  name: '',
  expr: '',
  test: EMPTY_TEST,
  alert: true,
  severity: 'warning',
  for: '',
  keepFiringFor: '',
  labels: [],
  annotations: [],
  resolve: '',
  cooldown: '',
  noData: '',
  error: '',
  receivers: '',
};
