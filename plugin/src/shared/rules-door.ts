import { getDataSourceSrv } from '@grafana/runtime';
import type {
  CallerAnswer,
  RuleRequest,
  RuleState,
  RuleTestAnswer,
  RuntimeRuleAnswer,
  RuntimeRulesAnswer,
} from '@kymo/contract';
import type { Curve } from './curve.js';
import type { Names } from './promql/completion.js';

/** A past range; Unix milliseconds. */
export interface PastRange {
  readonly start: number;
  readonly end: number;
}

/** What a rule compares, over a past range. */
export interface RuleCurve extends Curve {
  readonly labels: Readonly<Record<string, string>>;
  /** Grafana's id; `undefined` where it is not known. */
  readonly unit: string | undefined;
  /** What it is compared with; `undefined` where that is no plain number. */
  readonly threshold: number | undefined;
}

/**
 * What can be asked of, and done to, the rules of a datasource. Each rejects with an Error that says,
 * for people, why it was not done.
 */
export interface RulesDoor {
  /** Who the exporter takes the signed-in user for, and whether they may make changes. */
  caller(): Promise<CallerAnswer>;
  /** All rules that are in effect. */
  states(): Promise<readonly RuleState[]>;
  /** Those made at run time, as they were made. */
  made(): Promise<RuntimeRulesAnswer>;
  /** Makes a rule, or changes the one with an id. */
  save(definition: RuleRequest, id?: string): Promise<RuntimeRuleAnswer>;
  delete(id: string): Promise<void>;
  /**
   * When a rule would have alerted.
   * @param id of the rule that it would take the place of
   */
  test(definition: RuleRequest, range: PastRange & { id?: string }): Promise<RuleTestAnswer>;
  /** The values that an expression compares; its own where it compares none. */
  compared(promql: string, range: PastRange): Promise<readonly RuleCurve[]>;
  /** The values of an expression. */
  values(promql: string, range: PastRange): Promise<readonly RuleCurve[]>;
  /** Names of the watches that score anomalies. */
  watches(): Promise<readonly string[]>;
  /** What is wrong with an expression; `undefined` where nothing is, or nobody can say. */
  validate(expr: string): Promise<string | undefined>;
  readonly names: Names;
}

/** The door of a datasource; `undefined` where it has none. */
export async function rulesDoorOf(uid: string): Promise<RulesDoor | undefined> {
  const datasource: object = await getDataSourceSrv().get(uid);
  return 'rules' in datasource ? (datasource.rules as RulesDoor) : undefined;
}
