import { messageOf } from '../lib/errors.js';
import { printExpression } from '../promql/print.js';
import type { SourceWriter } from '../series/writer.js';
import type { AlertingState } from './alerting.js';
import type { RecordingState } from './recording.js';
import type { Rule, RuleGroup } from './rule.js';
import type { RuleWorld } from './rule-run.js';

export type RuleHealth = 'unknown' | 'ok' | 'err';

/** A rule with what its evaluations have come to. */
export class RuleState {
  readonly rule: Rule;
  readonly run: AlertingState | RecordingState;
  /** The expression as Prometheus prints it. */
  readonly query: string;
  health: RuleHealth = 'unknown';
  lastError = '';
  /** Unix milliseconds, 0 for never. */
  lastEvaluation = 0;
  /** Seconds. */
  duration = 0;

  constructor(run: AlertingState | RecordingState) {
    this.run = run;
    this.rule = run.rule;
    this.query = printExpression(run.rule.expression);
  }

  get writer(): SourceWriter {
    return this.run.writer;
  }
}

export interface GroupOptions {
  readonly group: RuleGroup;
  readonly rules: readonly RuleState[];
  readonly world: RuleWorld;
  /** Milliseconds, a multiple of the tick. */
  readonly interval: number;
  readonly tick: number;
}

/** Rules that are evaluated together, in order. */
export class GroupState {
  readonly group: RuleGroup;
  readonly rules: readonly RuleState[];
  readonly interval: number;
  /** Unix milliseconds, 0 for never. */
  lastEvaluation = 0;
  /** Seconds. */
  duration = 0;
  readonly #world: RuleWorld;
  readonly #offset: number;
  #slot: number | undefined;

  constructor({ group, rules, world, interval, tick }: GroupOptions) {
    this.group = group;
    this.rules = rules;
    this.interval = interval;
    this.#world = world;
    // Groups of a minute do not all run at the full minute.
    this.#offset = (hashOf(`${group.file};${group.name}`) % Math.round(interval / tick)) * tick;
  }

  /** Goes on where a group of the same name was. */
  follow(before: GroupState): void {
    this.lastEvaluation = before.lastEvaluation;
    this.duration = before.duration;
    if (before.interval === this.interval) this.#slot = before.#slot;
  }

  /** Evaluates all rules in order if it is time (Unix ms). @returns whether it was */
  evaluate(time: number, observe: (seconds: number, failed: boolean) => void): boolean {
    const slot = Math.floor((time - this.#offset) / this.interval);
    if (slot === this.#slot) return false;
    this.#slot = slot;
    const { clock } = this.#world;
    const { queryOffset, limit } = this.group;
    const evaluation = { time, at: time - queryOffset, interval: this.interval, limit };
    const begun = clock.monotonic();
    let from = begun;
    for (const state of this.rules) {
      const failed = this.#evaluateRule(state, evaluation);
      const now = clock.monotonic();
      state.duration = (now - from) / 1000;
      state.lastEvaluation = time;
      observe(state.duration, failed);
      from = now;
    }
    this.lastEvaluation = time;
    this.duration = (from - begun) / 1000;
    return true;
  }

  #evaluateRule(state: RuleState, evaluation: Parameters<RecordingState['evaluate']>[0]): boolean {
    try {
      state.run.evaluate(evaluation);
    } catch (thrown) {
      const message = messageOf(thrown);
      if (state.health !== 'err' || state.lastError !== message) {
        const { file, name: group } = this.group;
        const fields = { file, group, rule: state.rule.name, line: state.rule.place.line };
        this.#world.logger.warn('a rule failed', { ...fields, error: message });
      }
      state.writer.discard();
      state.health = 'err';
      state.lastError = message;
      return true;
    }
    state.health = 'ok';
    state.lastError = '';
    return false;
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
