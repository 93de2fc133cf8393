import { z } from 'zod';

const EITHER = 'give one of condition and rule';
const definition = {
  /** A structured condition. */
  condition: z.record(z.string(), z.unknown()).optional(),
  /** A rule as it stands in a Prometheus rule file. */
  rule: z.record(z.string(), z.unknown()).optional(),
};
const isEither = (body: { readonly condition?: unknown; readonly rule?: unknown }): boolean =>
  (body.condition === undefined) !== (body.rule === undefined);
/** RFC 3339 or Unix seconds. */
const time = z.union([z.string().min(1), z.number()]);

/** Body of `POST /api/rules` and `PUT /api/rules/<id>`. */
export const RuleRequest = z.strictObject(definition).refine(isEither, EITHER);
export type RuleRequest = z.infer<typeof RuleRequest>;

/** Body of `POST /api/rules/test`. */
export const RuleTestRequest = z
  .strictObject({
    ...definition,
    /** Rule made at run time that this one would replace. */
    id: z.string().optional(),
    /** 15 minutes before the end by default. */
    start: time.optional(),
    /** Now by default. */
    end: time.optional(),
    /** A duration such as `5s`, or seconds; one tick by default. */
    step: time.optional(),
  })
  .refine(isEither, EITHER);
export type RuleTestRequest = z.infer<typeof RuleTestRequest>;

/** A rule made at run time, as `/api/rules` answers it. */
export interface RuntimeRuleAnswer {
  readonly id: string;
  /** The structured condition it was made from. */
  readonly condition?: unknown;
  /** As it stands in the rule file; absent for a condition that is only a part of others. */
  readonly rule?: unknown;
  /** Empty where there is no rule. */
  readonly promql: string;
  /** Why it is kept but not in effect. */
  readonly problem?: string;
}

/** Answer of `GET /api/rules`. */
export interface RuntimeRulesAnswer {
  readonly rules: readonly RuntimeRuleAnswer[];
  /** Why rules cannot be changed, or why those there are are not in effect. */
  readonly problem: string | null;
}

/** A rule that is in effect, from a file or made at run time. Times are RFC 3339, spans are seconds. */
export interface RuleState {
  /** Of a rule made at run time, as in `/api/rules`. */
  readonly id?: string;
  readonly kind: 'alerting' | 'recording';
  readonly name: string;
  readonly group: string;
  readonly file: string;
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly promql: string;
  /** With those of the group. */
  readonly labels: Readonly<Record<string, string>>;
  /** As written, with those that start with `kymo_`. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly for: number;
  readonly keepFiringFor: number;
  readonly interval: number;
  /** The most urgent of its alerts; `null` of a recording rule, and before the first evaluation. */
  readonly state: 'inactive' | 'pending' | 'firing' | 'recovering' | null;
  readonly health: 'unknown' | 'ok' | 'err';
  readonly lastError: string | null;
  readonly lastEvaluation: string | null;
  readonly evaluationTime: number;
  /** Series that it records, or alerts that are not inactive. */
  readonly values: number;
}

/** Answer of `GET /api/rules/state`. */
export interface RuleStatesAnswer {
  /** In the order of evaluation. */
  readonly rules: readonly RuleState[];
}

/** One time that an alert would have been there. Times are RFC 3339. */
export interface TestedAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Of the expression when it last held; `null` for what JSON has no number for. */
  readonly value: number | null;
  readonly pendingAt: string;
  /** `null` where it did not fire. */
  readonly firingAt: string | null;
  /** When it was over; `null` where it lasts. */
  readonly resolvedAt: string | null;
}

/** Answer of `POST /api/rules/test`. */
export interface RuleTestAnswer {
  readonly promql: string;
  /** As it would stand in the rule file. */
  readonly rule: unknown;
  readonly start: string;
  readonly end: string;
  /** From when on samples are kept; the start where they are from before it. */
  readonly since: string;
  /** Seconds. */
  readonly step: number;
  readonly evaluations: number;
  /** In the order in which they began. */
  readonly alerts: readonly TestedAlert[];
  /** Alerts beyond the limit of the answer. */
  readonly leftOut: number;
  /** Evaluations that failed, and how the last of them did. */
  readonly failures: number;
  readonly lastError: string | null;
}
