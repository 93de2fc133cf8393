import { messageOf } from '../lib/errors.js';
import { dropName } from '../promql/label-operations.js';
import { LabelSet } from '../series/labels.js';
import type { SourceWriter } from '../series/writer.js';
import type { Alert } from './alert.js';
import { AlertEntry, roomAmong } from './alert-entry.js';
import { AlertSeries } from './alert-series.js';
import { nextStatus, type AlertPolicy, type Condition } from './alert-state.js';
import { dataExpression, longestRange } from './data-expression.js';
import { AlertTexts } from './alert-texts.js';
import type { AlertingRule } from './rule.js';
import { RuleQuery, type Evaluation, type RuleWorld, type Samples } from './rule-run.js';

/** How long (ms) a resolved alert is known, so that it can be told again: as in Prometheus. */
const RESOLVED_RETENTION = 15 * 60_000;
/** How long (ms) at least and at most an alert from before a restart is not taken for over. */
const LEAST_HELD = 60_000;
const MOST_HELD = 10 * 60_000;

/** What one evaluation found. */
interface Found {
  readonly samples: Samples;
  /** Set where there is nothing to judge by, and what the rule says is to become of it. */
  readonly error?: string;
  readonly missing?: Condition;
}

/** Evaluates an alerting rule and keeps its alerts. */
export class AlertingState {
  readonly rule: AlertingRule;
  readonly writer: SourceWriter;
  /** By the key of their labels. */
  readonly entries: Map<string, AlertEntry>;
  readonly #world: RuleWorld;
  readonly #place: Alert['rule'];
  readonly #series: AlertSeries;
  readonly #query: RuleQuery;
  readonly #resolve: RuleQuery | undefined;
  #data: RuleQuery | undefined;
  #evaluation = 0;
  #resolveError: string | undefined;
  readonly #texts: AlertTexts;
  #judgedAt = 0;

  constructor(
    rule: AlertingRule,
    {
      writer,
      world,
      place,
      entries = new Map<string, AlertEntry>(),
    }: {
      writer: SourceWriter;
      world: RuleWorld;
      place: Alert['rule'];
      entries?: Map<string, AlertEntry>;
    },
  ) {
    this.rule = rule;
    this.writer = writer;
    this.entries = entries;
    this.#world = world;
    this.#place = place;
    this.#series = new AlertSeries(writer);
    this.#query = new RuleQuery(rule.expression, world);
    this.#resolve = rule.resolve && new RuleQuery(rule.resolve.expression, world);
    this.#texts = new AlertTexts(rule, world);
    for (const entry of entries.values()) entry.series.clear();
  }

  /**
   * Unix milliseconds of the last evaluation that said what becomes of the alerts, as receivers are
   * told; not of one that failed, unless the rule keeps its alerts then.
   */
  get judgedAt(): number {
    return this.#judgedAt;
  }

  /** @throws Error; then alerts stay as they are and nothing is written */
  evaluate(evaluation: Evaluation): void {
    this.#world.templates.time = evaluation.at;
    this.#resolveError = undefined;
    const found = this.#find(evaluation);
    const { refused, active } = this.#take(found);
    this.#checkLimit(active, evaluation);
    this.#transit(found, evaluation);
    this.#judgedAt = evaluation.time;
    this.#series.write(this.entries.values(), { at: evaluation.at, own: this.#texts.ownLabels });
    const error = found.error ?? this.#resolveError;
    if (error !== undefined) throw new Error(error);
    if (refused > 0) {
      const { alertsPerRule } = this.#world;
      throw new Error(
        `${refused} label sets beyond the limit of ${alertsPerRule} alerts of a rule are not alerted on; aggregate the expression`,
      );
    }
  }

  alert(entry: AlertEntry): Alert {
    return entry.toAlert(this.#place, this.rule.receivers);
  }

  /** Takes up an alert from before a restart; false where it is none of this rule's. */
  restore(alert: Alert, now: number): boolean {
    const { rule } = this;
    for (const [name, value] of Object.entries(rule.labels)) {
      const templated = rule.labelTemplates.some((label) => label.name === name);
      if (!templated && (alert.labels[name] ?? '') !== value) return false;
    }
    const source: Record<string, string> = { ...alert.labels };
    for (const name of ['alertname', ...Object.keys(rule.labels)]) delete source[name];
    const labels = LabelSet.from(alert.labels);
    const entry = new AlertEntry(labels, LabelSet.from(source).key);
    const held = Math.min(MOST_HELD, Math.max(LEAST_HELD, longestRange(rule.expression)));
    entry.restore(alert, now + held);
    this.entries.set(labels.key, entry);
    return true;
  }

  /** Ends all alerts, because the rule is no more or has too many. */
  end(time: number, reason: string): void {
    for (const entry of this.entries.values()) {
      const { state } = entry.status;
      if (state === 'inactive') continue;
      const resolvedAt = entry.fires ? time : entry.status.resolvedAt;
      entry.status = { ...entry.status, state: 'inactive', resolvedAt };
      entry.acknowledgement = undefined;
      this.#world.onTransition({
        time,
        from: state,
        to: 'inactive',
        reason,
        alert: this.alert(entry),
      });
    }
    this.entries.clear();
  }

  #find({ at, time }: Evaluation): Found {
    const { onError, noData } = this.rule;
    let samples: Samples;
    try {
      samples = this.#query.evaluate(at);
    } catch (thrown) {
      if (onError === 'keep') {
        this.#judgedAt = time;
        throw thrown;
      }
      const error = messageOf(thrown);
      return onError === 'ok'
        ? { samples: [], error, missing: 'over' }
        : { samples: this.#nothing(), error, missing: 'active' };
    }
    if (noData !== 'alert' || samples.length > 0 || this.#dataKeys(at).size > 0) return { samples };
    return { samples: this.#nothing() };
  }

  /** What stands for data that is not there, where no alert does so already. */
  #nothing(): Samples {
    for (const { status } of this.entries.values()) if (status.state !== 'inactive') return [];
    return [{ labels: LabelSet.EMPTY, value: NaN, histogram: undefined }];
  }

  /** Keys of the label sets that the expression has data of. */
  #dataKeys(at: number): Set<string> {
    this.#data ??= new RuleQuery(dataExpression(this.rule.expression), this.#world);
    return new Set(this.#data.evaluate(at).map(({ labels }) => dropName(labels).key));
  }

  /** Takes up the samples; nothing changes before all of them are known to be right. */
  #take({ samples }: Found): { refused: number; active: number } {
    const yielded = new Map(
      samples.map((sample) => {
        const data = this.#texts.dataOf(sample);
        const labels = this.#texts.labels(sample.labels, data);
        return [labels.key, { sample, data, labels }];
      }),
    );
    if (yielded.size < samples.length) {
      throw new Error('vector contains metrics with the same labelset after applying alert labels');
    }
    const evaluation = ++this.#evaluation;
    const hasRoom = roomAmong(this.entries, yielded, this.#world.alertsPerRule);
    let refused = 0;
    for (const [key, { sample, data, labels }] of yielded) {
      let entry = this.entries.get(key);
      if (entry === undefined) {
        if (!hasRoom()) {
          refused++;
          continue;
        }
        entry = new AlertEntry(labels, '');
        this.entries.set(key, entry);
      }
      entry.value = sample.value;
      entry.sourceKey = dropName(sample.labels).key;
      entry.annotations = this.#texts.annotations(data);
      entry.seen = evaluation;
      entry.heldUntil = 0;
    }
    return { refused, active: yielded.size - refused };
  }

  #checkLimit(active: number, { time, limit }: Evaluation): void {
    if (limit <= 0 || active <= limit) return;
    const message = `exceeded limit of ${limit} with ${active} alerts`;
    this.end(time, message);
    throw new Error(message);
  }

  #transit(found: Found, evaluation: Evaluation): void {
    if (this.entries.size === 0) return;
    const { time, at } = evaluation;
    const policy = this.#policy(evaluation);
    let data: Set<string> | undefined;
    let keys: Set<string> | undefined;
    const resolvedKeys = (): Set<string> | undefined => (keys ??= this.#resolved(at));
    for (const [key, entry] of this.entries) {
      const { state } = entry.status;
      const seen = entry.seen === this.#evaluation;
      let condition: Condition = 'active';
      if (!seen && state !== 'inactive') {
        condition =
          found.missing ??
          this.#absentCondition(entry, time, {
            data: () => (data ??= this.#dataKeys(at)),
            resolved: resolvedKeys,
          });
      } else if (!seen) condition = 'over';
      const ends = condition === 'over' && entry.fires;
      const resolved = ends ? resolvedKeys() : undefined;
      const holds = resolved === undefined || resolved.has('') || resolved.has(entry.sourceKey);
      const change = nextStatus(entry.status, { condition, resolved: holds, now: time }, policy);
      entry.status = change.status;
      this.#endAcknowledgement(entry, time);
      if (change.reason !== undefined) {
        const why = seen || condition === 'over' ? '' : ' (no data)';
        this.#tell(entry, { time, from: state, reason: change.reason + why });
      }
      if (this.#isForgotten(entry, time)) this.entries.delete(key);
    }
  }

  /** Keys of the label sets that may resolve; `undefined` where all may. */
  #resolved(at: number): Set<string> | undefined {
    if (this.#resolve === undefined) return undefined;
    try {
      return keysOf(this.#resolve.evaluate(at));
    } catch (thrown) {
      this.#resolveError = `kymo_resolve: ${messageOf(thrown)}`;
      return new Set();
    }
  }

  /** What holds for an alert that the expression does not yield. */
  #absentCondition(
    entry: AlertEntry,
    time: number,
    {
      data,
      resolved,
    }: { readonly data: () => Set<string>; readonly resolved: () => Set<string> | undefined },
  ): Condition {
    const { noData } = this.rule;
    // What the rule says in so many words is over, need not be waited for. That its series are gone
    // says nothing yet: before the restart they were there.
    const isSaid = (): boolean =>
      resolved()?.has(entry.sourceKey) === true && data().has(entry.sourceKey);
    if (time < entry.heldUntil && !isSaid()) return 'unknown';
    if (noData === 'ok' || data().has(entry.sourceKey)) return 'over';
    // What stood for missing data is over once there is some.
    if (entry.sourceKey === '' && data().size > 0) return 'over';
    return noData === 'keep' ? 'unknown' : 'active';
  }

  #policy({ interval }: Evaluation): AlertPolicy {
    const { rule } = this;
    return {
      for: rule.for,
      keepFiringFor: rule.keepFiringFor,
      cooldown: rule.cooldown,
      hasResolve: rule.resolve !== undefined,
      interval,
      flapping: this.#world.flapping,
    };
  }

  #endAcknowledgement(entry: AlertEntry, time: number): void {
    const { acknowledgement } = entry;
    if (acknowledgement === undefined) return;
    const past = acknowledgement.until !== undefined && acknowledgement.until <= time;
    if (past || entry.status.state === 'inactive') entry.acknowledgement = undefined;
  }

  #tell(
    entry: AlertEntry,
    { time, from, reason }: { time: number; from: Alert['state']; reason: string },
  ): void {
    const to = entry.status.state;
    this.#world.onTransition({ time, from, to, reason, alert: this.alert(entry) });
  }

  #isForgotten({ status }: AlertEntry, time: number): boolean {
    if (status.state !== 'inactive') return false;
    const window = this.#world.flapping?.window ?? 0;
    const retention = Math.max(RESOLVED_RETENTION, this.rule.cooldown, window);
    return status.resolvedAt === 0 || time - status.resolvedAt > retention;
  }
}

function keysOf(samples: Samples): Set<string> {
  return new Set(samples.map(({ labels }) => dropName(labels).key));
}
