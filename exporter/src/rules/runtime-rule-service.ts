import { existsSync } from 'node:fs';
import { KymoError, messageOf } from '../lib/errors.js';
import {
  RuntimeRules,
  type RuleDefinition,
  type RulePreview,
  type RuntimeRule,
} from './conditions/runtime-rules.js';
import {
  checkGroup,
  tryRule,
  type RuleTrialOptions,
  type TrialResult,
} from './trial/rule-trial.js';
import type { WatchDefinition } from './watches/watch.js';

export interface RuntimeRuleServiceOptions {
  /** Where rules are kept; without it none can be made. */
  readonly file?: string;
  /** What rules are tried with. */
  readonly trial: RuleTrialOptions;
  /** The watches that conditions add to. */
  readonly watches: {
    checkAdded(watches: readonly WatchDefinition[]): void;
    replaceAdded(watches: readonly WatchDefinition[]): void;
  };
  /** Reads all rule files again. @throws KymoError */
  readonly reload: () => void;
}

/** A past range that a rule is tried over. Times are Unix milliseconds. */
export interface RuleTest {
  /** Rule that this one would replace. */
  readonly id?: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly signal?: AbortSignal;
}

/** Trials at a time: they share the main thread with the tick. */
const MAX_TRIALS = 2;

/** Limits of trials, by the code of the error that says so. */
const LIMITS: Readonly<Record<string, string | undefined>> = {
  busy: 'concurrency',
  timeout: 'time',
  too_much_history: 'history',
};

/** Rules made at run time: kept, put in effect with the watches they need, and tried over the past. */
export class RuntimeRuleService {
  readonly #options: RuntimeRuleServiceOptions;
  #rules: RuntimeRules | undefined;
  /** Why the rules that are kept are not in effect. */
  #failure: string | undefined;
  #trials = 0;
  readonly #refused = new Map<string, number>();

  constructor(options: RuntimeRuleServiceOptions) {
    this.#options = options;
  }

  /** Reads the rules there are. Call it before the rule files are read. */
  async open(): Promise<void> {
    const { file } = this.#options;
    if (file === undefined) return;
    this.#rules = await RuntimeRules.open(file);
    this.#failure = this.#attempt(() => this.#replaceWatches());
  }

  /** Tests that a limit refused, by it: `concurrency`, `time` or `history`. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  /** The rule file, where there is one that can be read. */
  get files(): readonly string[] {
    const { file } = this.#options;
    const usable = this.#rules !== undefined && this.#rules.problem === undefined;
    return file !== undefined && usable && existsSync(file) ? [file] : [];
  }

  /** Why rules cannot be changed, or why those there are are not in effect. */
  get problem(): string | undefined {
    if (this.#options.file === undefined) return 'rules cannot be kept; set data_dir';
    return this.#rules?.problem ?? this.#failure;
  }

  list(): readonly RuntimeRule[] {
    return this.#rules?.list() ?? [];
  }

  /** @throws KymoError `rule_not_found` */
  get(id: string): RuntimeRule {
    return this.#open().get(id);
  }

  /**
   * Adds a rule; on disk and in effect when it resolves, unless {@link problem} says why not.
   * @throws ConditionError, RuleFileError; KymoError `bad_watch`, `too_many_rules`,
   *   `runtime_rules_broken`, `no_data_dir`
   */
  async create(definition: RuleDefinition): Promise<RuntimeRule> {
    const rules = this.#open();
    this.#check(rules.preview(definition));
    const made = await rules.create(definition);
    this.#apply();
    return made;
  }

  /** As {@link create}, in place of another. @throws KymoError `rule_not_found` beside those */
  async update(id: string, definition: RuleDefinition): Promise<RuntimeRule> {
    const rules = this.#open();
    this.#check(rules.preview(definition, id));
    const changed = await rules.update(id, definition);
    this.#apply();
    return changed;
  }

  /** @throws ConditionError where others are composed of it; KymoError `rule_not_found` */
  async delete(id: string): Promise<void> {
    await this.#open().delete(id);
    this.#apply();
  }

  /**
   * Says when a rule would have alerted.
   * @throws what {@link create} does, and KymoError `bad_data`, `timeout`, `busy`, `too_much_history`
   */
  async test(
    definition: RuleDefinition,
    { id, ...range }: RuleTest,
  ): Promise<{ readonly rule: RuntimeRule; readonly result: TrialResult }> {
    const { trial } = this.#options;
    const rules = this.#rules ?? RuntimeRules.none();
    const { rule, group, ownWatches: watches } = rules.preview(definition, id);
    if (group.rules[0]?.kind !== 'alerting') {
      throw new KymoError('bad_data', 'only what makes an alert can be tested');
    }
    try {
      if (this.#trials >= MAX_TRIALS) {
        throw new KymoError(
          'busy',
          `${MAX_TRIALS} rules are being tested already; try again later`,
        );
      }
      return {
        rule,
        result: await this.#counted(() => tryRule(trial, { ...range, group, watches })),
      };
    } catch (thrown) {
      const limit = thrown instanceof KymoError ? LIMITS[thrown.code] : undefined;
      if (limit !== undefined) this.#refused.set(limit, (this.#refused.get(limit) ?? 0) + 1);
      throw thrown;
    }
  }

  async #counted<T>(run: () => Promise<T>): Promise<T> {
    this.#trials++;
    try {
      return await run();
    } finally {
      this.#trials--;
    }
  }

  #open(): RuntimeRules {
    if (this.#rules !== undefined) return this.#rules;
    throw new KymoError('no_data_dir', 'rules made at run time need a folder; set data_dir');
  }

  #check({ group, watches }: RulePreview): void {
    checkGroup(this.#options.trial, group);
    this.#options.watches.checkAdded(watches);
  }

  #apply(): void {
    this.#failure = this.#attempt(() => {
      this.#replaceWatches();
      this.#options.reload();
    });
  }

  #replaceWatches(): void {
    this.#options.watches.replaceAdded(this.#rules?.watches ?? []);
  }

  #attempt(act: () => void): string | undefined {
    try {
      act();
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof KymoError)) throw thrown;
      return messageOf(thrown);
    }
  }
}
