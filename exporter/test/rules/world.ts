import { evaluateInstant } from '../../src/promql/engine.js';
import type { Transition } from '../../src/rules/alert.js';
import { RuleEngine, type RuleEngineOptions } from '../../src/rules/engine.js';
import { parseRules } from '../../src/rules/load.js';
import { Head } from '../../src/series/head.js';
import type { Labels } from '../../src/series/labels.js';
import type { SourceWriter } from '../../src/series/writer.js';

/** Samples of one tick: value by series, `undefined` for one that is gone. */
export type TickValues = Readonly<Record<string, number>>;

/** A head with one source and a rule engine, moved on tick by tick. */
export class World {
  readonly head: Head;
  readonly engine: RuleEngine;
  readonly transitions: Transition[] = [];
  time = 1_700_000_000_000;
  readonly tick: number;
  readonly #source: SourceWriter;

  constructor(rules: string, options: Partial<RuleEngineOptions> & { ownLabels?: Labels } = {}) {
    this.tick = options.tick ?? 1000;
    this.head = new Head({ ownLabels: options.ownLabels ?? {} });
    this.#source = this.head.source('test', { exposed: true });
    this.engine = new RuleEngine({
      reader: this.head,
      writer: (name) => this.head.source(name, { exposed: true, computed: true }),
      onTransition: (transition) => this.transitions.push(transition),
      ...options,
      tick: this.tick,
    });
    this.engine.replace(parseRules(rules, 'rules.yml'));
  }

  /** Writes `metric{id="…"}` for each entry of `values` and evaluates the rules. */
  step(values: TickValues, metric = 'level'): void {
    this.time += this.tick;
    const family = this.#source.family({ name: metric, type: 'gauge', help: 'A test.' });
    for (const [id, value] of Object.entries(values)) {
      this.#source.set(this.#source.series(family, id === '' ? {} : { id }), value);
    }
    this.#source.commit(this.time);
    this.engine.evaluate(this.time);
    this.head.endTick(this.time);
  }

  /** Samples of an instant by their labels. */
  query(expression: string): Record<string, number> {
    const { result } = evaluateInstant(expression, this.head, { time: this.time });
    if (result.type !== 'vector') throw new TypeError(`a ${result.type}`);
    return Object.fromEntries(
      result.samples.map(({ labels, value }) => [labels.toString(), value]),
    );
  }

  /** `from>to` of all transitions so far. */
  get changes(): string[] {
    return this.transitions.map(({ from, to }) => `${from}>${to}`);
  }
}
