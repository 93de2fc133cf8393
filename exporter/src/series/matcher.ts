import { RE2JS } from 're2js';
import { KymoError, messageOf } from '../lib/errors.js';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/**
 * A text with anything before or after it, as most patterns are: `.*text.*`, `text.+`, `.+`. The
 * numbers are the least characters there, −1 where nothing may be.
 */
interface Fragment {
  readonly before: number;
  readonly text: string;
  readonly after: number;
}

const FRAGMENT = /^(\.[*+])?([^\\.+*?()[\]{}^$|]*)(\.[*+])?$/;

function fragmentOf(pattern: string): Fragment | undefined {
  const match = FRAGMENT.exec(pattern);
  if (match === null) return undefined;
  const [, before, text, after] = match;
  // A character outside of the basic plane counts as two here.
  if (before === '.+' && text === '' && after === '.+') return undefined;
  const least = (part: string | undefined): number =>
    part === undefined ? -1 : part === '.+' ? 1 : 0;
  return { before: least(before), text, after: least(after) };
}

function holds({ before, text, after }: Fragment, value: string): boolean {
  const rest = value.length - text.length;
  if (before < 0) return value.startsWith(text) && (after < 0 ? rest === 0 : rest >= after);
  if (after < 0) return value.endsWith(text) && rest >= before;
  const at = value.indexOf(text, before);
  return at >= 0 && at + text.length <= value.length - after;
}

/**
 * One label matcher as PromQL has it. Regular expressions are anchored at both ends and run on a
 * linear-time engine (RE2 syntax, `.` matches a newline too, as in Prometheus 3).
 */
export class Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  /**
   * The strings that the expression stands for where it is a plain alternation such as `a|b|c`, else
   * `undefined`. An index can look these up instead of testing every value.
   */
  readonly literals: readonly string[] | undefined;
  readonly #literalSet: ReadonlySet<string> | undefined;
  readonly #fragment: Fragment | undefined;
  readonly #pattern: RE2JS | undefined;

  /** @throws KymoError `bad_regex` for an expression that does not compile. */
  constructor(name: string, operator: MatchOperator, value: string) {
    this.name = name;
    this.operator = operator;
    this.value = value;
    if (operator === '=~' || operator === '!~') {
      if (/^[^\\.+*?()[\]{}^$]*$/.test(value)) {
        this.literals = value.split('|');
        this.#literalSet = new Set(this.literals);
        return;
      }
      this.#fragment = fragmentOf(value);
      if (this.#fragment === undefined) {
        try {
          this.#pattern = RE2JS.compile(`^(?s:${value})$`);
        } catch (thrown) {
          throw new KymoError(
            'bad_regex',
            `cannot parse the regular expression ${JSON.stringify(value)} of label ${name}: ${messageOf(thrown)}; RE2 syntax is expected`,
            { cause: thrown },
          );
        }
      }
    } else {
      this.literals = [value];
    }
  }

  /** Whether a series whose label has `value` (`''` where it has none) is selected. */
  matches(value: string): boolean {
    switch (this.operator) {
      case '=':
        return value === this.value;
      case '!=':
        return value !== this.value;
      case '=~':
        return this.#test(value);
      case '!~':
        return !this.#test(value);
    }
  }

  /** As PromQL writes it. */
  toString(): string {
    return `${this.name}${this.operator}${JSON.stringify(this.value)}`;
  }

  #test(value: string): boolean {
    if (this.#literalSet !== undefined) return this.#literalSet.has(value);
    if (this.#fragment !== undefined) return holds(this.#fragment, value);
    return this.#pattern?.matches(value) ?? false;
  }
}
