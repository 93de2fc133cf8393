import { messageOf } from '../../lib/errors.js';
import { nearest } from '../../lib/nearest.js';
import { typeOf, type Expression } from '../../promql/ast.js';
import { parseDuration } from '../../promql/durations.js';
import { isPlainLabelName } from '../../promql/literals.js';
import { parseExpression } from '../../promql/parse.js';
import type { Labels } from '../../series/labels.js';
import type { ConditionProblem } from './condition.js';

/** An object of a document whose fields are read one by one; what is wrong is collected. */
export class Fields {
  readonly path: string;
  readonly #problems: ConditionProblem[];
  readonly #values: Readonly<Record<string, unknown>>;

  private constructor(
    values: Readonly<Record<string, unknown>>,
    path: string,
    problems: ConditionProblem[],
  ) {
    this.#values = values;
    this.path = path;
    this.#problems = problems;
  }

  /** `undefined`, and a problem, for anything but an object that has no other fields than `known`. */
  static of(
    value: unknown,
    {
      path,
      known,
      problems,
    }: { path: string; known: readonly string[]; problems: ConditionProblem[] },
  ): Fields | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      problems.push({ path, message: `is to be an object with ${known.join(', ')}` });
      return undefined;
    }
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue;
      const meant = nearest(name, known);
      const hint = meant === undefined ? `known: ${known.join(', ')}` : `did you mean ${meant}?`;
      problems.push({ path: join(path, name), message: `is not known; ${hint}` });
    }
    return new Fields(value as Record<string, unknown>, path, problems);
  }

  /** Fields that are given; null counts as not given. */
  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  report(name: string, message: string): undefined {
    this.#problems.push({ path: name === '' ? this.path : this.at(name), message });
    return undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return value;
    return this.report(name, `is to be a text, not ${shown(value)}`);
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    return this.report(name, `is to be a number, not ${shown(value)}`);
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.report(name, `is to be true or false, not ${shown(value)}`);
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const value = this.value(name);
    const found = known.find((word) => word === value);
    if (value === undefined || found !== undefined) return found;
    const meant = typeof value === 'string' ? nearest(value, known) : undefined;
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    return this.report(name, `is one of ${known.join(', ')}, not ${shown(value)}${hint}`);
  }

  /** A duration as it is written. */
  duration(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const remedy = 'write for example 30s, 5m or 1h30m';
    if (typeof value !== 'string') {
      return this.report(name, `is to be a duration with its unit, not ${shown(value)}; ${remedy}`);
    }
    try {
      parseDuration(value);
      return value;
    } catch (thrown) {
      return this.report(name, `${messageOf(thrown)}; ${remedy}`);
    }
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const fits = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (fits) return value;
    return this.report(name, `is to be a list of texts, not ${shown(value)}`);
  }

  /** Label names with their values; numbers and booleans are taken as they are written. */
  labels(name: string): Labels {
    const value = this.value(name);
    if (value === undefined) return {};
    const labels: Record<string, string> = {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.report(name, `is to be an object of names and texts, not ${shown(value)}`);
      return labels;
    }
    for (const [label, text] of Object.entries(value as Record<string, unknown>)) {
      const at = `${name}.${label}`;
      if (!isPlainLabelName(label)) this.report(at, 'is no name; use letters, digits and _');
      else if (typeof text === 'string') labels[label] = text;
      else if (typeof text === 'number' || typeof text === 'boolean') labels[label] = String(text);
      else this.report(at, `is to be a text, not ${shown(text)}`);
    }
    return labels;
  }

  /** An instant vector. */
  expression(name: string): Expression | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    try {
      const expression = parseExpression(text);
      const type = typeOf(expression);
      if (type === 'vector') return expression;
      const remedies: Partial<Record<typeof type, string>> = {
        matrix: '; take the range off, or put a function such as rate(…) around it',
        scalar: '; put vector(…) around it',
      };
      return this.report(name, `is to be an instant vector, not a ${type}${remedies[type] ?? ''}`);
    } catch (thrown) {
      return this.report(name, messageOf(thrown));
    }
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** What was given, short enough to be quoted. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
