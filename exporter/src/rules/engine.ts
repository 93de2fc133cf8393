import { messageOf } from '../lib/errors.js';
import { systemClock, type Clock } from '../lib/clock.js';
import { silentLogger, type Logger } from '../lib/logger.js';
import type { PrepareOptions } from '../promql/prepared.js';
import type { Labels } from '../series/labels.js';
import type { SeriesReader } from '../series/reader.js';
import type { SourceWriter } from '../series/writer.js';
import type { Acknowledgement, Alert, Transition } from './alert.js';
import { AlertingState } from './alerting.js';
import type { FlapPolicy } from './alert-state.js';
import { GroupState, RuleState } from './group.js';
import { RecordingState } from './recording.js';
import type { Rule, RuleGroup } from './rule.js';
import { TemplateScope, type RuleWorld } from './rule-run.js';

export interface RuleEngineOptions {
  readonly reader: SeriesReader;
  /** Makes the writer of one rule's results; they must be visible once it has committed. */
  readonly writer: (name: string) => SourceWriter;
  /** Milliseconds from one tick to the next. */
  readonly tick: number;
  /** Milliseconds; interval of groups that name none, one tick by default. */
  readonly interval?: number;
  /** For durations only; the times of evaluations are passed in. */
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Label sets that a rule may alert on; 1,000 by default. */
  readonly alertsPerRule?: number;
  /** Limits of each evaluation. */
  readonly query?: PrepareOptions;
  /** Labels and address that templates see. */
  readonly externalLabels?: Labels;
  readonly externalUrl?: string;
  /** Default: 5 beginnings within 10 minutes; `null` for none. */
  readonly flapping?: FlapPolicy | null;
  /** Called within {@link RuleEngine.evaluate}, in order. */
  readonly onTransition?: (transition: Transition) => void;
  /** Called for each rule that was evaluated, with the seconds that it took. */
  readonly onEvaluation?: (seconds: number, failed: boolean) => void;
}

/** Since the start. */
export interface RuleEngineStats {
  evaluations: number;
  failures: number;
  /** Templates of labels and annotations that could not be expanded. */
  templateErrors: number;
}

const SOURCE = 'rules';

/**
 * Evaluates rule groups on the tick and keeps the state of alerts. All of it is synchronous: call
 * {@link evaluate} after the sources have committed and before the tick ends.
 */
export class RuleEngine {
  readonly stats: RuleEngineStats = { evaluations: 0, failures: 0, templateErrors: 0 };
  readonly #options: RuleEngineOptions;
  readonly #world: RuleWorld;
  #groups: readonly GroupState[] = [];
  /** Rules that are no more, with alerts to end and series to mark stale. */
  #removed: RuleState[] = [];
  /** Alerts from before a restart whose rules are no more. */
  #orphans: Alert[] = [];
  /** Writers without a rule: a head keeps all that it has made. */
  readonly #free: SourceWriter[] = [];
  #time = -Infinity;

  constructor(options: RuleEngineOptions) {
    this.#options = options;
    const { flapping = { window: 600_000, changes: 5 } } = options;
    const { reader, query = {}, externalUrl = '' } = options;
    this.#world = {
      reader,
      query,
      templates: new TemplateScope({ reader, query, externalUrl }),
      clock: options.clock ?? systemClock,
      logger: options.logger ?? silentLogger,
      externalLabels: new Map(Object.entries(options.externalLabels ?? {})),
      externalUrl,
      alertsPerRule: options.alertsPerRule ?? 1000,
      flapping: flapping ?? undefined,
      onTransition: (transition) => options.onTransition?.(transition),
      onTemplateError: () => this.stats.templateErrors++,
    };
  }

  get groups(): readonly GroupState[] {
    return this.#groups;
  }

  /** Unix milliseconds of the last evaluation, 0 before the first. */
  get time(): number {
    return Math.max(0, this.#time);
  }

  /**
   * Puts other rules in place of those there are. As in Prometheus, a rule that has the same name and
   * labels as one before in the group of the same file and name keeps its alerts. What is gone ends
   * at the next evaluation.
   * @throws KymoError for an expression that cannot be planned; then nothing changes
   */
  replace(groups: readonly RuleGroup[]): void {
    const before = new Map<string, RuleState[]>();
    for (const { group, rules } of this.#groups) {
      for (const state of rules) push(before, ruleKey(group, state.rule), state);
    }
    const old = this.#groups;
    const made: SourceWriter[] = [];
    try {
      this.#groups = groups.map((group) => {
        const rules = group.rules.map((rule) => {
          const known = before.get(ruleKey(group, rule))?.shift();
          return this.#state(group, rule, { known, made });
        });
        const state = this.#group(group, rules);
        const same = old.find(
          (other) => other.group.name === group.name && other.group.file === group.file,
        );
        if (same !== undefined) state.follow(same);
        return state;
      });
    } catch (thrown) {
      this.#free.push(...made);
      throw thrown;
    }
    this.#removed.push(...[...before.values()].flat());
  }

  /**
   * Puts alerts back after a restart, with the time they fired at. Call it after {@link replace} and
   * before the first evaluation. An alert whose rule is no more ends at the next evaluation.
   * @param now Unix milliseconds
   */
  restore(alerts: readonly Alert[], now: number): void {
    for (const alert of alerts) {
      const taken = this.#alerting().some(
        ({ run, place }) =>
          place.file === alert.rule.file &&
          place.group === alert.rule.group &&
          run.rule.name === alert.rule.name &&
          run.restore(alert, now),
      );
      if (!taken) this.#orphans.push(alert);
    }
  }

  /** Evaluates the groups whose time it is. @param time Unix milliseconds of the tick */
  evaluate(time: number): void {
    if (time <= this.#time) return;
    this.#time = time;
    this.#endRemoved(time);
    const observe = (seconds: number, failed: boolean): void => {
      this.stats.evaluations++;
      if (failed) this.stats.failures++;
      this.#options.onEvaluation?.(seconds, failed);
    };
    for (const group of this.#groups) group.evaluate(time, observe);
  }

  /**
   * All alerts: pending, firing, recovering, and those resolved within the last 15 minutes.
   * @param judgedAt only those of rules whose alerts were judged at this time (Unix milliseconds)
   */
  alerts({ judgedAt }: { readonly judgedAt?: number } = {}): Alert[] {
    return this.#alerting()
      .filter(({ run }) => judgedAt === undefined || run.judgedAt === judgedAt)
      .flatMap(({ run }) => [...run.entries.values()].map((entry) => run.alert(entry)));
  }

  /**
   * Notes that somebody has seen an alert that is pending or fires, in memory only.
   * @returns the alerts of that fingerprint as they are now; none where there is none
   */
  acknowledge(fingerprint: string, acknowledgement: Acknowledgement): Alert[] {
    return this.#change(fingerprint, acknowledgement);
  }

  /** Takes back an acknowledgement. */
  unacknowledge(fingerprint: string): Alert[] {
    return this.#change(fingerprint, undefined);
  }

  #change(fingerprint: string, acknowledgement: Acknowledgement | undefined): Alert[] {
    const changed: Alert[] = [];
    for (const { run } of this.#alerting()) {
      for (const entry of run.entries.values()) {
        if (entry.fingerprint !== fingerprint || entry.status.state === 'inactive') continue;
        entry.acknowledgement = acknowledgement;
        changed.push(run.alert(entry));
      }
    }
    return changed;
  }

  #alerting(): { readonly run: AlertingState; readonly place: Alert['rule'] }[] {
    return this.#groups.flatMap(({ group, rules }) =>
      rules.flatMap(({ run }) =>
        run instanceof AlertingState ? [{ run, place: placeOf(group, run.rule) }] : [],
      ),
    );
  }

  #group(group: RuleGroup, rules: readonly RuleState[]): GroupState {
    const { tick, logger } = { tick: this.#options.tick, logger: this.#world.logger };
    const wanted = group.interval ?? this.#options.interval ?? tick;
    const interval = Math.max(1, Math.ceil(wanted / tick)) * tick;
    if (interval !== wanted) {
      const { file, name } = group;
      logger.warn('the interval of a group is no multiple of the tick; it is rounded up', {
        file,
        group: name,
        wanted,
        interval,
      });
    }
    return new GroupState({ group, rules, world: this.#world, interval, tick });
  }

  #state(
    group: RuleGroup,
    rule: Rule,
    { known, made }: { known: RuleState | undefined; made: SourceWriter[] },
  ): RuleState {
    if (known !== undefined && definitionOf(known.rule) === definitionOf(rule)) return known;
    let writer = known?.writer ?? this.#free.pop();
    if (writer === undefined) writer = this.#options.writer(SOURCE);
    if (known === undefined) made.push(writer);
    const world = this.#world;
    if (rule.kind === 'recording') return new RuleState(new RecordingState(rule, writer, world));
    const entries = known?.run instanceof AlertingState ? known.run.entries : undefined;
    const place = placeOf(group, rule);
    return new RuleState(new AlertingState(rule, { writer, world, place, entries }));
  }

  #endRemoved(time: number): void {
    for (const { run } of this.#removed) {
      if (run instanceof AlertingState) run.end(time, 'rule removed');
      try {
        run.writer.fail(time);
      } catch (thrown) {
        this.#world.logger.error('stale markers cannot be written', { error: messageOf(thrown) });
      }
      this.#free.push(run.writer);
    }
    this.#removed = [];
    for (const alert of this.#orphans) {
      if (alert.state === 'inactive') continue;
      const resolvedAt = alert.state === 'pending' ? alert.resolvedAt : time;
      const ended: Alert = {
        ...alert,
        state: 'inactive',
        resolvedAt,
        acknowledgement: undefined,
      };
      const transition = { time, from: alert.state, to: ended.state, reason: 'rule removed' };
      this.#world.onTransition({ ...transition, alert: ended });
    }
    this.#orphans = [];
  }
}

function placeOf({ file, name }: RuleGroup, rule: Rule): Alert['rule'] {
  return { file, group: name, name: rule.name };
}

function ruleKey({ file, name }: RuleGroup, rule: Rule): string {
  return JSON.stringify([file, name, rule.kind, rule.name, Object.entries(rule.labels).sort()]);
}

/** All of a rule but where it stands. */
function definitionOf(rule: Rule): string {
  const { kind, name, text, labels } = rule;
  const common = [kind, name, text, Object.entries(labels)];
  if (rule.kind === 'recording') return JSON.stringify(common);
  const { for: holds, keepFiringFor, annotations, extensions } = rule;
  const own = [holds, keepFiringFor, Object.entries(annotations), Object.entries(extensions)];
  return JSON.stringify([...common, ...own]);
}

function push<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
