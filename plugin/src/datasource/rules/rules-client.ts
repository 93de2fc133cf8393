import type {
  CallerAnswer,
  RuleRequest,
  RuleStatesAnswer,
  RuleTestAnswer,
  RuntimeRuleAnswer,
  RuntimeRulesAnswer,
} from '@kymo/contract';
import { fieldsOf, listOf } from '../../shared/json.js';
import type { PastRange, RuleCurve, RulesDoor } from '../../shared/rules-door.js';
import { answerTo, type Method, type Send } from '../answer.js';
import { gridFrom, gridTo } from '../live/past.js';
import type { PrometheusClient } from '../prometheus.js';
import { comparisonsOf } from './comparisons.js';

export interface RulesClientOptions {
  readonly send: Send;
  readonly prometheus: Pick<PrometheusClient, 'range' | 'validate' | 'labels' | 'labelValues'>;
  /** Grafana's id of what an expression yields; `undefined` where it is not known. */
  readonly unitOf: (expr: string) => Promise<string | undefined>;
  readonly caller: () => Promise<CallerAnswer>;
}

/** Points of a curve. */
const CURVE_STEPS = 600;
/** Evaluations of a test; it runs on the exporter's main thread. */
const TEST_STEPS = 3600;

/** The rules of an exporter, and what can be done to them. */
export class RulesClient implements RulesDoor {
  readonly names: RulesDoor['names'];
  readonly #options: RulesClientOptions;

  constructor(options: RulesClientOptions) {
    this.#options = options;
    this.names = options.prometheus;
  }

  caller(): Promise<CallerAnswer> {
    return this.#options.caller();
  }

  async states(): Promise<RuleStatesAnswer['rules']> {
    return (await this.#ask<RuleStatesAnswer>('/api/rules/state')).rules;
  }

  made(): Promise<RuntimeRulesAnswer> {
    return this.#ask('/api/rules');
  }

  save(definition: RuleRequest, id?: string): Promise<RuntimeRuleAnswer> {
    if (id === undefined) return this.#ask('/api/rules', 'POST', definition);
    return this.#ask(pathOf(id), 'PUT', definition);
  }

  async delete(id: string): Promise<void> {
    await this.#ask(pathOf(id), 'DELETE');
  }

  test(
    definition: RuleRequest,
    { start, end, ...more }: PastRange & { id?: string },
  ): Promise<RuleTestAnswer> {
    const step = wholeSeconds((end - start) / TEST_STEPS);
    const range = { start: start / 1000, end: end / 1000, step: step / 1000 };
    return this.#ask('/api/rules/test', 'POST', { ...definition, ...range, ...more });
  }

  async compared(promql: string, range: PastRange): Promise<readonly RuleCurve[]> {
    const found = comparisonsOf(promql);
    if (found.length === 0) return this.values(promql, range);
    const curves = await Promise.all(
      found.map(async ({ compared, threshold }) => {
        const values = await this.values(compared, range);
        return values.map((curve) => ({ ...curve, threshold: threshold ?? undefined }));
      }),
    );
    return curves.flat();
  }

  async values(promql: string, range: PastRange): Promise<readonly RuleCurve[]> {
    const { prometheus, unitOf } = this.#options;
    const unit = await unitOf(promql);
    const series = await prometheus.range({ expr: promql, ...gridOf(range) });
    return series.map(({ labels, samples }) => ({
      labels,
      times: samples.map(([time]) => time),
      values: samples.map(([, value]) => value),
      unit,
      threshold: undefined,
    }));
  }

  async watches(): Promise<readonly string[]> {
    const { watches } = await this.#ask<Readonly<Record<string, unknown>>>('/api/watches');
    return listOf(watches).map((watch) => String(fieldsOf(watch).name));
  }

  async validate(expr: string): Promise<string | undefined> {
    return expr.trim() === '' ? undefined : this.#options.prometheus.validate(expr);
  }

  /** @throws QueryError */
  async #ask<T>(path: string, method?: Method, body?: object): Promise<T> {
    return (await answerTo(this.#options.send, path, { method, body })) as T;
  }
}

const pathOf = (id: string): string => `/api/rules/${encodeURIComponent(id)}`;

/** Milliseconds, a second at least. */
const wholeSeconds = (step: number): number => Math.max(1, Math.ceil(step / 1000)) * 1000;

function gridOf({ start, end }: PastRange): PastRange & { readonly step: number } {
  const step = wholeSeconds((end - start) / CURVE_STEPS);
  return { start: gridFrom(start, step), end: gridTo(end, step), step };
}
