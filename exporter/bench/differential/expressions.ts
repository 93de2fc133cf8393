import type { Random } from './random.js';

const metrics = [
  'diff_requests_total',
  'diff_temperature_celsius',
  'diff_duration_seconds_bucket',
  'diff_odd',
  'diff_info',
];
const labels = ['job', 'instance', 'mode', 'le', 'kind', 'version'];
const matchers = [
  'job="api"',
  'job!="api"',
  'job=~"a.*|web"',
  'instance!~"a:.*"',
  'instance=~".+"',
  'mode=""',
  'mode=~"read|"',
  'kind!="special"',
];
const overTime = ['avg', 'min', 'max', 'sum', 'count', 'stddev', 'stdvar', 'last', 'present'];
const rangeFunctions = [
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'changes',
  'resets',
  'deriv',
];
const mathFunctions = [
  'abs',
  'ceil',
  'floor',
  'exp',
  'ln',
  'log2',
  'log10',
  'sqrt',
  'sgn',
  'sin',
  'atan',
  'deg',
  'hour',
  'day_of_week',
  'timestamp',
  'absent',
  'round',
  'sort',
];
const arithmetic = ['+', '-', '*', '/', '%', '^', 'atan2'];
const comparison = ['==', '!=', '>', '<', '>=', '<='];
const aggregations = ['sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar', 'group'];

/** Makes random expressions that are valid, of every kind of PromQL that 2.42 and 3.x share. */
export class ExpressionGenerator {
  readonly #random: Random;
  readonly #end: number;

  /** @param end Unix seconds that `@` may refer to. */
  constructor(random: Random, end: number) {
    this.#random = random;
    this.#end = end;
  }

  next(): string {
    return this.#random.chance(0.1) ? this.#scalar(3) : this.#vector(3);
  }

  #duration(): string {
    return this.#random.pick(['5s', '10s', '30s', '1m', '90s', '2m', '5m']);
  }

  #modifiers(): string {
    const random = this.#random;
    let text = '';
    if (random.chance(0.1)) text += ` @ ${this.#end - random.below(300)}`;
    else if (random.chance(0.05)) text += random.pick([' @ start()', ' @ end()']);
    if (random.chance(0.15)) text += ` offset ${random.pick(['', '-'])}${this.#duration()}`;
    return text;
  }

  #selector(name = this.#random.pick(metrics)): string {
    const random = this.#random;
    const chosen = new Set<string>();
    while (random.chance(0.35)) chosen.add(random.pick(matchers));
    return chosen.size === 0 ? name : `${name}{${[...chosen].join(',')}}`;
  }

  #range(depth: number): string {
    const random = this.#random;
    if (depth > 0 && random.chance(0.15)) {
      const step = random.pick(['5s', '10s', '15s']);
      return `(${this.#vector(depth - 1)})[${random.pick(['30s', '1m', '2m'])}:${step}]${this.#modifiers()}`;
    }
    return `${this.#selector()}[${this.#duration()}]${this.#modifiers()}`;
  }

  #grouping(): string {
    const random = this.#random;
    if (random.chance(0.3)) return '';
    const names = labels.filter(() => random.chance(0.35));
    return ` ${random.pick(['by', 'without'])} (${names.join(', ')})`;
  }

  #scalar(depth: number): string {
    const random = this.#random;
    const choice = random.below(depth > 0 ? 6 : 2);
    switch (choice) {
      case 0:
        return random.pick(['0', '1', '2', '0.5', '-3', '1e3', '100', 'NaN', 'Inf']);
      case 1:
        return random.pick(['time()', 'pi()', '7']);
      case 2:
        return `scalar(${this.#vector(depth - 1)})`;
      case 3:
        return `(${this.#scalar(depth - 1)} ${random.pick(comparison)} bool ${this.#scalar(depth - 1)})`;
      default:
        return `(${this.#scalar(depth - 1)} ${random.pick(arithmetic)} ${this.#scalar(depth - 1)})`;
    }
  }

  #vector(depth: number): string {
    const random = this.#random;
    if (depth === 0) return `${this.#selector()}${this.#modifiers()}`;
    switch (random.below(15)) {
      case 0:
        return `${this.#selector()}${this.#modifiers()}`;
      case 1:
      case 2:
        return `${random.pick(rangeFunctions)}(${this.#range(depth)})`;
      case 3:
        return `${random.pick(overTime)}_over_time(${this.#range(depth)})`;
      case 4:
        return random.pick([
          `quantile_over_time(${random.pick(['0.5', '0.99', '0', '1', '-1', '2'])}, ${this.#range(depth)})`,
          `predict_linear(${this.#range(depth)}, ${random.pick(['60', '-10', '0'])})`,
        ]);
      case 5:
      case 6:
        return `${random.pick(aggregations)}${this.#grouping()} (${this.#vector(depth - 1)})`;
      case 7:
        return random.pick([
          `quantile${this.#grouping()} (${random.pick(['0.5', '0.9', '-1', '1.5'])}, ${this.#vector(depth - 1)})`,
          `count_values${this.#grouping()} ("value", ${this.#vector(depth - 1)})`,
          `topk${this.#grouping()} (100, ${this.#vector(depth - 1)})`,
          `bottomk${this.#grouping()} (100, ${this.#vector(depth - 1)})`,
        ]);
      case 8:
        return `(${this.#vector(depth - 1)} ${random.pick(arithmetic)} ${this.#scalar(depth - 1)})`;
      case 9:
        return `(${this.#vector(depth - 1)} ${random.pick(comparison)}${random.pick(['', ' bool'])} ${this.#scalar(depth - 1)})`;
      case 10:
        return this.#matched(depth);
      case 11:
        return `(${this.#vector(depth - 1)} ${random.pick(['and', 'or', 'unless'])}${random.pick([
          '',
          ' on (job)',
          ' ignoring (mode, instance)',
        ])} ${this.#vector(depth - 1)})`;
      case 12:
        return `${random.pick(mathFunctions)}(${this.#vector(depth - 1)})`;
      case 13:
        return random.pick([
          `label_replace(${this.#vector(depth - 1)}, "shard", "$1", "instance", "(.):.*")`,
          `label_join(${this.#vector(depth - 1)}, "both", "-", "job", "instance")`,
          `clamp(${this.#vector(depth - 1)}, -10, 10)`,
          `clamp_min(${this.#vector(depth - 1)}, ${this.#scalar(depth - 1)})`,
          `-${this.#selector()}`,
          `vector(${this.#scalar(depth - 1)})`,
          `absent_over_time(${this.#range(depth)})`,
        ]);
      default:
        return `histogram_quantile(${random.pick(['0.5', '0.9', '0.99', '1.1', 'NaN'])}, sum by (le${random.pick(
          ['', ', job'],
        )}) (rate(${this.#selector('diff_duration_seconds_bucket')}[${random.pick(['30s', '1m'])}])))`;
    }
  }

  /** Binary operators whose sides really match, one to one and many to one. */
  #matched(depth: number): string {
    const random = this.#random;
    const operator = random.pick([...arithmetic, ...comparison]);
    const bool = comparison.includes(operator) && random.chance(0.4) ? ' bool' : '';
    return random.pick([
      `(diff_requests_total ${operator}${bool} ignoring (mode) group_left sum without (mode) (${this.#selector('diff_requests_total')}))`,
      `(diff_requests_total ${operator}${bool} on (job) group_left (version) diff_info)`,
      `(diff_info ${operator}${bool} on (job) group_right (version) diff_temperature_celsius)`,
      `(sum by (job) (${this.#vector(depth - 1)}) ${operator}${bool} sum by (job) (${this.#vector(depth - 1)}))`,
      `(${this.#vector(depth - 1)} ${operator}${bool} ${this.#vector(depth - 1)})`,
    ]);
  }
}
