import type { Clock } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import { evaluateInstant } from '../promql/engine.js';
import { prepare, type PreparedExpression, type PrepareOptions } from '../promql/prepared.js';
import type { VectorSample } from '../promql/result.js';
import { LabelSet, type Labels } from '../series/labels.js';
import type { SeriesReader } from '../series/reader.js';
import type { Transition } from './alert.js';
import type { FlapPolicy } from './alert-state.js';
import type { RuleExpression } from './rule.js';
import type { TemplateFunction } from './template/builtins.js';
import { templateFunctions } from './template/functions.js';
import { TemplateSample } from './template/values.js';

/** What all rules of an engine share. */
export interface RuleWorld {
  readonly reader: SeriesReader;
  readonly query: PrepareOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly externalLabels: ReadonlyMap<string, string>;
  readonly externalUrl: string;
  readonly templates: TemplateScope;
  readonly alertsPerRule: number;
  readonly flapping: FlapPolicy | undefined;
  readonly onTransition: (transition: Transition) => void;
  /** Told of each template that cannot be expanded. */
  readonly onTemplateError: () => void;
}

/** One evaluation of a rule. Milliseconds. */
export interface Evaluation {
  /** Unix milliseconds of the tick. */
  readonly time: number;
  /** What the expression is evaluated at, and its samples carry. */
  readonly at: number;
  readonly interval: number;
  readonly limit: number;
}

/** The samples of an expression at a time, in the order of the engine. */
export type Samples = readonly VectorSample[];

/** Evaluates the expression of a rule again and again. */
export class RuleQuery {
  readonly #prepared: PreparedExpression;

  constructor(expression: RuleExpression['expression'], world: RuleWorld) {
    this.#prepared = prepare(expression, world.reader, world.query);
  }

  /** @throws KymoError as the PromQL engine does */
  evaluate(at: number): Samples {
    const { result } = this.#prepared.evaluate(at);
    switch (result.type) {
      case 'vector':
        return result.samples;
      case 'scalar':
        return [{ labels: LabelSet.EMPTY, value: result.value, histogram: undefined }];
      default:
        throw new Error('rule result is not a vector or scalar');
    }
  }
}

export function mapOf(labels: LabelSet): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < labels.length; i++) map.set(labels.names[i], labels.values[i]);
  return map;
}

/** The functions of templates, made once for all rules. */
export class TemplateScope {
  /** Unix milliseconds of the evaluation that templates are expanded for. */
  time = 0;
  readonly functions: ReadonlyMap<string, TemplateFunction>;

  constructor({
    reader,
    query,
    externalUrl,
  }: {
    readonly reader: SeriesReader;
    readonly query: PrepareOptions;
    readonly externalUrl: string;
  }) {
    this.functions = templateFunctions({
      now: () => this.time,
      externalUrl,
      query: (text) => {
        const { result } = evaluateInstant(text, reader, { ...query, time: this.time });
        if (result.type === 'vector') {
          return result.samples.map(
            ({ labels, value, histogram }) => new TemplateSample(mapOf(labels), histogram ?? value),
          );
        }
        if (result.type === 'scalar') return [new TemplateSample(new Map(), result.value)];
        throw new Error('query result is not a vector or scalar');
      },
    });
  }
}

/** The labels with those of a rule, which come first; an empty one takes the label off. */
export function withRuleLabels(labels: LabelSet, own: Labels): LabelSet {
  const merged = labels.toObject();
  delete merged.__name__;
  return LabelSet.from(Object.assign(merged, own));
}
