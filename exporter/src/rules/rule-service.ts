import { statSync } from 'node:fs';
import type { Clock, Timer } from '../lib/clock.js';
import { KymoError } from '../lib/errors.js';
import type { Logger } from '../lib/logger.js';
import type { PrepareOptions } from '../promql/prepared.js';
import type { Labels } from '../series/labels.js';
import type { SeriesReader } from '../series/reader.js';
import type { SourceWriter } from '../series/writer.js';
import type { Acknowledgement, Alert, Transition } from './alert.js';
import { AlertLog } from './alert-log.js';
import { RuleEngine } from './engine.js';
import { expandGlobs } from './globs.js';
import { loadRuleFiles, type LoadedRules } from './load.js';
import { Alertmanager } from './notify/alertmanager.js';
import type { HttpTarget } from './notify/http-client.js';
import { Notifications } from './notify/notifications.js';
import { SilenceMirror } from './notify/silence-mirror.js';
import { Webhook, type WebhookOptions } from './notify/webhook.js';
import { describeRuleProblem, RuleFileError } from './problem.js';

export interface RuleServiceOptions {
  readonly reader: SeriesReader;
  /** Makes the writer of one rule's results. */
  readonly writer: (name: string) => SourceWriter;
  /** Milliseconds. */
  readonly tick: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Limits of each evaluation. */
  readonly query?: PrepareOptions;
  /** Rule files, or patterns of them as in Prometheus's `rule_files`. */
  readonly files: readonly string[];
  /** Rule files beside those, by their names; asked whenever rules are read. */
  readonly moreFiles?: () => readonly string[];
  /** What relative patterns start from. */
  readonly folder: string;
  /** Where alerts are kept; in memory only by default. */
  readonly directory?: string;
  readonly alertmanagers?: readonly HttpTarget[];
  readonly receivers?: readonly WebhookOptions[];
  /** Whether an acknowledgement is a silence in every Alertmanager; it is not by default. */
  readonly silences?: boolean;
  /** Milliseconds after which an alert is sent to Alertmanagers again; 1 min by default. */
  readonly resendDelay?: number;
  /** Added to the labels of alerts that are sent, and seen by templates. */
  readonly externalLabels?: Labels;
  /** Told of each change of an alert. */
  readonly onTransition?: (transition: Transition) => void;
  /** Told when somebody acknowledges an alert, or takes that back. */
  readonly onAcknowledgement?: (alert: Alert) => void;
  /** Called for each rule that was evaluated, with the seconds that it took. */
  readonly onEvaluation?: (seconds: number, failed: boolean) => void;
  /** Told of each attempt to read rule files again, with what went wrong. */
  readonly onReload?: (error: KymoError | undefined) => void;
}

/** Milliseconds between two looks at whether rule files have changed. */
const LOOK = 2000;

/** Rules from their files to those who are told of alerts. */
export class RuleService {
  readonly #options: RuleServiceOptions;
  readonly #alertmanagers: readonly Alertmanager[];
  readonly #webhooks: readonly Webhook[];
  #engine: RuleEngine | undefined;
  #log: AlertLog | undefined;
  #notifications: Notifications | undefined;
  #mirror: SilenceMirror | undefined;
  #seen = '';
  #timer: Timer | undefined;
  #stopped = false;
  #fileProblem: string | undefined;
  /** Alerts of rules that could not be read at the start; taken up once they can. */
  #heldBack: readonly Alert[] = [];

  /** @throws KymoError `bad_url` */
  constructor(options: RuleServiceOptions) {
    this.#options = options;
    const { clock } = options;
    this.#alertmanagers = (options.alertmanagers ?? []).map(
      (target) => new Alertmanager({ ...target, clock }),
    );
    this.#webhooks = (options.receivers ?? []).map((receiver) => new Webhook(receiver));
  }

  /**
   * Reads rules and what alerts there were.
   * @param externalUrl where people find this exporter
   * Where a rule file is wrong, what is right in it is in effect, and the log says what is not.
   * @throws KymoError `directory_locked`, `directory_unusable`, `journal_newer`
   */
  async start(externalUrl: string): Promise<void> {
    const { clock, logger, externalLabels = {} } = this.#options;
    const { groups, problems } = this.#read();
    for (const problem of problems) {
      logger.error('a rule file is wrong; what is right in it is in effect', {
        rule: describeRuleProblem(problem),
      });
    }
    this.#fileProblem = inShort(problems.map(describeRuleProblem));
    this.#log = await this.#openLog(groups.length > 0 || problems.length > 0);
    const engine = this.#makeEngine(externalUrl);
    this.#engine = engine;
    engine.replace(groups);
    const broken = new Set(problems.map(({ place }) => place.file));
    const alerts = this.#log?.alerts ?? [];
    this.#heldBack = alerts.filter(({ rule }) => broken.has(rule.file) && !isIn(groups, rule));
    engine.restore(
      alerts.filter((alert) => !this.#heldBack.includes(alert)),
      clock.now(),
    );
    this.#notifications = new Notifications({
      clock,
      logger,
      notifiers: [...this.#alertmanagers, ...this.#webhooks],
      log: this.#log,
      resendDelay: this.#options.resendDelay,
      intervalOf: (alert) => this.#intervalOf(alert),
      generatorUrl: (alert) => this.#generatorUrl(alert, externalUrl),
      externalUrl,
      externalLabels,
    });
    this.#notifications.resume();
    if (this.#options.silences === true && this.#log !== undefined) {
      this.#mirror = new SilenceMirror({
        clock,
        logger,
        alertmanagers: this.#alertmanagers,
        log: this.#log,
      });
    }
    this.#look();
  }

  get engine(): RuleEngine {
    if (this.#engine === undefined) throw new Error('rules have not been started');
    return this.#engine;
  }

  get log(): AlertLog | undefined {
    return this.#log;
  }

  /** Whether rule files could not be taken over when they were last read. */
  get reloadFailed(): boolean {
    return this.#fileProblem !== undefined;
  }

  /** What is wrong with a rule file, or else with a rule, in a line; `undefined` where nothing is. */
  get problem(): string | undefined {
    if (this.#fileProblem !== undefined) return this.#fileProblem;
    const failing = (this.#engine?.groups ?? [])
      .flatMap(({ rules }) => rules)
      .filter(({ health }) => health === 'err');
    return inShort(failing.map(({ rule, lastError }) => `${rule.name} fails: ${lastError}`));
  }

  /** Notifications since the start, by receiver and what became of them. */
  *notifications(): Iterable<{ receiver: string; outcome: string; count: number }> {
    for (const { receiver, sent, failed, rejected, dropped } of this.#notifications?.stats ?? []) {
      yield { receiver, outcome: 'sent', count: sent };
      yield { receiver, outcome: 'failed', count: failed };
      yield { receiver, outcome: 'rejected', count: rejected };
      yield { receiver, outcome: 'dropped', count: dropped };
    }
  }

  /** Notifications that wait, by receiver. */
  *queues(): Iterable<readonly [receiver: string, length: number]> {
    for (const { receiver, queued } of this.#notifications?.stats ?? []) yield [receiver, queued];
  }

  /** Evaluates what is due and tells of it; nothing in it waits. @param time Unix milliseconds */
  evaluate(time: number): void {
    if (this.#engine === undefined) return;
    this.#engine.evaluate(time);
    if (this.#alertmanagers.length === 0 && this.#webhooks.length === 0) return;
    this.#notifications?.evaluated(time, this.#engine.alerts({ judgedAt: time }));
    this.#mirror?.update(this.#engine.alerts());
  }

  /**
   * Reads the rule files again; where anything is wrong with them, the rules stay as they are.
   * @throws RuleFileError
   */
  reload(): void {
    const { logger, onReload } = this.#options;
    try {
      const { groups, problems } = this.#read();
      if (problems.length > 0) throw new RuleFileError(problems);
      this.engine.replace(groups);
      this.engine.restore(this.#heldBack, this.#options.clock.now());
      this.#heldBack = [];
    } catch (thrown) {
      if (!(thrown instanceof KymoError)) throw thrown;
      this.#fileProblem = inShort(thrown.message.split('\n'));
      onReload?.(thrown);
      throw thrown;
    }
    this.#fileProblem = undefined;
    onReload?.(undefined);
    logger.info('rules reloaded', { groups: this.engine.groups.length });
  }

  /**
   * Notes that somebody has seen an alert; on disk when it resolves.
   * @throws KymoError `alert_not_found`, `bad_acknowledgement`, `journal_write_failed`
   */
  async acknowledge(fingerprint: string, acknowledgement: Acknowledgement): Promise<Alert> {
    await this.#log?.acknowledge(fingerprint, acknowledgement);
    return this.#changed(this.engine.acknowledge(fingerprint, acknowledgement), fingerprint);
  }

  /**
   * Takes an acknowledgement back; on disk when it resolves.
   * @throws KymoError `alert_not_found`, `journal_write_failed`
   */
  async unacknowledge(fingerprint: string, by: string): Promise<Alert> {
    await this.#log?.unacknowledge(fingerprint, by);
    return this.#changed(this.engine.unacknowledge(fingerprint), fingerprint);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
    await this.#mirror?.stop();
    await this.#notifications?.stop();
    await this.#log?.close();
  }

  /** Without rules there is nothing to lose, and a folder that cannot be written to is no reason to stop. */
  async #openLog(needed: boolean): Promise<AlertLog | undefined> {
    const { directory, clock, logger } = this.#options;
    if (directory === undefined) return undefined;
    try {
      return await AlertLog.open(directory, { clock, logger });
    } catch (thrown) {
      const unusable = thrown instanceof KymoError && thrown.code === 'directory_unusable';
      if (!unusable || needed) throw thrown;
      logger.warn('state is kept in memory only', { error: thrown.message });
      return undefined;
    }
  }

  #makeEngine(externalUrl: string): RuleEngine {
    const { reader, writer, tick, clock, logger, query, externalLabels } = this.#options;
    return new RuleEngine({
      reader,
      writer,
      tick,
      clock,
      logger,
      query,
      externalLabels,
      externalUrl,
      onEvaluation: this.#options.onEvaluation,
      onTransition: (transition) => {
        void this.#notifications?.transition(transition);
        this.#options.onTransition?.(transition);
      },
    });
  }

  #read(): LoadedRules {
    const { logger } = this.#options;
    const { files, unmatched } = this.#files();
    this.#seen = stateOf(files);
    for (const pattern of unmatched) logger.warn('no rule file is there', { rules: pattern });
    const loaded = loadRuleFiles(files);
    for (const warning of loaded.warnings) {
      logger.warn('a rule is hardly meant so', { rule: describeRuleProblem(warning) });
    }
    return loaded;
  }

  #files(): ReturnType<typeof expandGlobs> {
    const { files: patterns, moreFiles, folder } = this.#options;
    const { files, unmatched } = expandGlobs(patterns, folder);
    return { files: [...new Set([...files, ...(moreFiles?.() ?? [])])], unmatched };
  }

  /** Takes rule files over when they change. Asked now and then, since not all file systems tell. */
  #look(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.schedule(() => {
      const { logger } = this.#options;
      if (stateOf(this.#files().files) !== this.#seen) {
        try {
          this.reload();
        } catch (thrown) {
          logger.error('changed rule files are not taken over; the rules stay as they were', {
            error: thrown,
          });
        }
      }
      this.#look();
    }, LOOK);
  }

  #changed(alerts: readonly Alert[], fingerprint: string): Alert {
    if (alerts.length === 0) {
      throw new KymoError(
        'alert_not_found',
        `there is no active alert ${fingerprint}; /api/alerts lists them`,
      );
    }
    for (const alert of alerts) this.#options.onAcknowledgement?.(alert);
    return alerts[0];
  }

  #intervalOf({ rule }: Alert): number {
    const group = this.#engine?.groups.find(
      ({ group: { file, name } }) => file === rule.file && name === rule.group,
    );
    return group?.interval ?? this.#options.tick;
  }

  /** The expression in the exporter's own API, as Prometheus points to its graph. */
  #generatorUrl({ rule }: Alert, externalUrl: string): string {
    for (const { group, rules } of this.#engine?.groups ?? []) {
      if (group.file !== rule.file || group.name !== rule.group) continue;
      const found = rules.find((state) => state.rule.name === rule.name);
      if (found === undefined) continue;
      const query = new URLSearchParams({ query: found.query });
      return `${externalUrl}/api/v1/query?${query.toString()}`;
    }
    return externalUrl;
  }
}

/** The first, and how many more there are; `undefined` where there are none. */
function inShort(problems: readonly string[]): string | undefined {
  const [first, ...others] = problems;
  return others.length === 0 ? first : `${first}, and ${others.length} more`;
}

/** Changes whenever one of the files does. */
function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return `${file} ${stat?.mtimeMs} ${stat?.size} ${stat?.ino}`;
    })
    .join('\n');
}

/** Whether a rule of this place and name is among those that are in effect. */
function isIn(groups: LoadedRules['groups'], { file, group, name }: Alert['rule']): boolean {
  return groups.some(
    (one) =>
      one.file === file && one.name === group && one.rules.some((rule) => rule.name === name),
  );
}
