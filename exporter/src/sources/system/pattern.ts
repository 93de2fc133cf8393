import { RE2JS } from 're2js';
import { KymoError, messageOf } from '../../lib/errors.js';

const MAX_REMEMBERED = 4096;

/**
 * A regular expression (RE2 syntax, anchored only where it says so) for names that come again every
 * tick: it is run once for each name.
 */
export class NamePattern {
  readonly #pattern: RE2JS;
  readonly #answers = new Map<string, boolean>();

  /**
   * @param setting where the expression comes from, for the message
   * @throws KymoError `bad_regex` for an expression that does not compile
   */
  constructor(setting: string, expression: string) {
    try {
      this.#pattern = RE2JS.compile(expression);
    } catch (thrown) {
      throw new KymoError(
        'bad_regex',
        `cannot parse the regular expression ${JSON.stringify(expression)} of ${setting}: ${messageOf(thrown)}; RE2 syntax is expected`,
        { cause: thrown },
      );
    }
  }

  matches(name: string): boolean {
    let answer = this.#answers.get(name);
    if (answer === undefined) {
      answer = this.#pattern.test(name);
      // Names of short-lived devices (of containers, say) would pile up.
      if (this.#answers.size >= MAX_REMEMBERED) this.#answers.clear();
      this.#answers.set(name, answer);
    }
    return answer;
  }
}
