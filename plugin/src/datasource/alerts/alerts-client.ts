import type { CallerAnswer } from '@kymo/contract';
import { CURVE_AFTER, type AlertRow } from '../../shared/alert-frames.js';
import type { AlertCurve, AlertPast, AlertsDoor, Unusual } from '../../shared/alerts-door.js';
import { fieldsOf, listOf } from '../../shared/json.js';
import { answerTo, seconds, type Method, type Send } from '../answer.js';
import { gridFrom, gridTo, type Past } from '../live/past.js';
import { alertOf, pastOf, ruleKey, type RuleInfo } from './alert-json.js';
import { conditionOf } from './condition.js';
import { ownSeries } from './own-series.js';
import { isOf, unusualOf } from './unusual.js';

export interface AlertsClientOptions {
  readonly send: Send;
  readonly past: Pick<Past, 'range'>;
  /** Grafana's id of what an expression yields; `undefined` where it is not known. */
  readonly unitOf: (expr: string) => Promise<string | undefined>;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called when alerts are other than they were, by our doing. */
  readonly changed: () => void;
  /** Who is signed in: counts where the exporter takes a name from its own machine only. */
  readonly by?: string;
}

/** Milliseconds that are shown of a curve before an alert's start. */
const BEFORE = 5 * 60_000;
const CURVE_STEPS = 300;
const MOST_EVENTS = 5000;

/** The alerts of an exporter, and what can be done to them. */
export class AlertsClient implements AlertsDoor {
  readonly #options: AlertsClientOptions;
  #rules: ReadonlyMap<string, RuleInfo> = new Map();
  /** Their names and expressions, for units: they hardly ever change. */
  #watches: ReturnType<typeof answerTo> | undefined;
  /** Names of the labels that rules give, by their expression. */
  #given: ReadonlyMap<string, ReadonlySet<string>> = new Map();

  constructor(options: AlertsClientOptions) {
    this.#options = options;
  }

  /** All that are not inactive, and those that were resolved a short while ago. @throws QueryError */
  async list(): Promise<AlertRow[]> {
    const { alerts } = await this.#ask('/api/alerts');
    const found = listOf(alerts);
    if (found.some((alert) => !this.#rules.has(ruleKey(fieldsOf(alert).rule)))) {
      await this.#loadRules();
    }
    return found.map((alert) => this.rowOf(alert));
  }

  /** An alert as the exporter writes it. */
  rowOf(json: unknown): AlertRow {
    return alertOf(json, this.#rules.get(ruleKey(fieldsOf(json).rule)));
  }

  /** Times in which alerts fired that end after `start`: the alert as it was at the end. @throws QueryError */
  async fired(start: number): Promise<AlertRow[]> {
    const parameters = new URLSearchParams({ start: seconds(start), limit: `${MOST_EVENTS}` });
    const { events } = await this.#ask(`/api/alerts/history?${parameters.toString()}`);
    const ended = listOf(events).flatMap((event) => {
      const { to, alert } = fieldsOf(fieldsOf(event).transition);
      return to === 'inactive' ? [this.rowOf(alert)] : [];
    });
    const all = [...(await this.list()).filter(({ state }) => state !== 'inactive'), ...ended];
    return all.filter(({ firedAt }) => firedAt !== null);
  }

  async caller(): Promise<CallerAnswer> {
    return (await this.#ask('/api/caller')) as unknown as CallerAnswer;
  }

  async acknowledge(
    fingerprint: string,
    { comment, until }: { comment: string; until?: number },
  ): Promise<void> {
    const end = until === undefined ? {} : { until: until / 1000 };
    await this.#ask(acknowledgementOf(fingerprint), 'POST', { comment, ...end, ...this.#named() });
    this.#options.changed();
  }

  async endAcknowledgement(fingerprint: string): Promise<void> {
    const parameters = new URLSearchParams(this.#named()).toString();
    const query = parameters === '' ? '' : `?${parameters}`;
    await this.#ask(acknowledgementOf(fingerprint) + query, 'DELETE');
    this.#options.changed();
  }

  #named(): Readonly<Record<string, string>> {
    const { by = '' } = this.#options;
    return by === '' ? {} : { by };
  }

  async pastOf(fingerprint: string): Promise<readonly AlertPast[]> {
    const parameters = new URLSearchParams({ fingerprint, limit: '50' });
    const { events } = await this.#ask(`/api/alerts/history?${parameters.toString()}`);
    return listOf(events).map(pastOf);
  }

  async curveOf(alert: AlertRow): Promise<AlertCurve | undefined> {
    const { compared, since, labels, expr } = alert;
    if (compared === null || since === null) return undefined;
    const last = Math.min(this.#options.now(), since + CURVE_AFTER);
    const step = Math.ceil((last - since + BEFORE) / CURVE_STEPS / 1000) * 1000;
    const start = gridFrom(since - BEFORE, step);
    const end = gridTo(last, step);
    const own = ownSeries(compared, labels, this.#given.get(expr ?? '') ?? new Set());
    const [found, unusual] = await Promise.all([
      this.#options.past.range({ expr: own, start, end, step }),
      this.#unusualOf(labels).catch(() => undefined),
    ]);
    const series = found.find((one) => isOf(one.labels, labels));
    if (series === undefined) return undefined;
    return {
      times: series.samples.map(([time]) => time),
      values: series.samples.map(([, value]) => value),
      ...(unusual && { unusual }),
    };
  }

  /** Of an alert on the score of a watch, which is a label of it. */
  async #unusualOf(labels: AlertRow['labels']): Promise<Unusual | undefined> {
    const { watch } = labels;
    if (watch === undefined) return undefined;
    const [all, one] = await Promise.all([
      (this.#watches ??= this.#ask('/api/watches')),
      this.#ask(`/api/watches/${encodeURIComponent(watch)}`),
    ]);
    const { expr } = fieldsOf(listOf(all.watches).find((found) => fieldsOf(found).name === watch));
    const unit = typeof expr === 'string' ? await this.#options.unitOf(expr) : undefined;
    return unusualOf(one, labels, unit);
  }

  /** Old ones are kept where they cannot be had: what they say of an alert is not what matters most. */
  async #loadRules(): Promise<void> {
    const answer = await this.#ask('/api/v1/rules?type=alert&exclude_alerts=true').catch(
      () => ({}),
    );
    const rules = new Map<string, RuleInfo>();
    const given = new Map<string, ReadonlySet<string>>();
    for (const group of listOf(fieldsOf(fieldsOf(answer).data).groups).map(fieldsOf)) {
      for (const rule of listOf(group.rules).map(fieldsOf)) {
        const expr = String(rule.query);
        const key = ruleKey({ file: group.file, group: group.name, name: rule.name });
        given.set(
          expr,
          new Set([...(given.get(expr) ?? []), ...Object.keys(fieldsOf(rule.labels))]),
        );
        const condition = conditionOf(expr);
        const unit = condition && (await this.#options.unitOf(condition.compared));
        rules.set(key, { expr, condition, unit });
      }
    }
    if (rules.size === 0) return;
    this.#rules = rules;
    this.#given = given;
  }

  #ask(path: string, method?: Method, body?: object): ReturnType<typeof answerTo> {
    return answerTo(this.#options.send, path, { method, body });
  }
}

const acknowledgementOf = (fingerprint: string): string =>
  `/api/alerts/${encodeURIComponent(fingerprint)}/acknowledge`;
