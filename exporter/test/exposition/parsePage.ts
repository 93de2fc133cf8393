import { parseBound } from '../../src/exposition/bounds.js';

/** A sample or a metadata line of a page, as plain data; labels sorted by name. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    /** Seconds. */
    readonly time?: number;
  };
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  readonly samples: ParsedSample[];
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,?)/y;
const VALUE = /(NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)/y;

/**
 * Reads a page of either format; stricter than any real parser: it takes only the one spelling that
 * we write, and throws for anything else.
 */
export function parsePage(text: string): ParsedFamily[] {
  const families: ParsedFamily[] = [];
  const help = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE|UNIT|EOF) ?([^ ]*) ?([^]*)$/.exec(line);
    const family = families.at(-1);
    if (comment === null) {
      if (family === undefined) throw new Error(`sample before # TYPE: ${line}`);
      family.samples.push(new LineReader(line).sample());
    } else if (comment[1] === 'HELP') {
      help.set(comment[2], unescape(comment[3]));
    } else if (comment[1] === 'TYPE') {
      const [, , name, type] = comment;
      families.push({ name, type, help: help.get(name) ?? '', unit: '', samples: [] });
    } else if (comment[1] === 'UNIT') {
      if (family?.name !== comment[2]) throw new Error(`unit of another family: ${line}`);
      families[families.length - 1] = { ...family, unit: comment[3] };
    }
  }
  return families;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, special: string) => (special === 'n' ? '\n' : special));
}

class LineReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  sample(): ParsedSample {
    const [name] = this.#match(NAME);
    const labels = this.#line[this.#at] === '{' ? this.#labels() : {};
    this.#expect(' ');
    const value = this.#number();
    if (this.#at === this.#line.length) return { name, labels, value };
    this.#expect(' # ');
    const exemplar = { labels: this.#labels(), value: (this.#expect(' '), this.#number()) };
    if (this.#at === this.#line.length) return { name, labels, value, exemplar };
    this.#expect(' ');
    return { name, labels, value, exemplar: { ...exemplar, time: this.#number() } };
  }

  #labels(): Record<string, string> {
    const labels: Record<string, string> = {};
    this.#expect('{');
    while (this.#line[this.#at] !== '}') {
      const [, name, value, comma] = this.#match(LABEL);
      if (name in labels) throw new Error(`${name} twice in ${this.#line}`);
      labels[name] = unescape(value);
      if ((comma === '') !== (this.#line[this.#at] === '}')) throw new Error(this.#line);
    }
    this.#expect('}');
    return labels;
  }

  #number(): number {
    const [text] = this.#match(VALUE);
    return text === 'NaN' ? NaN : parseBound(text);
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#line);
    if (match === null) throw new Error(`no ${pattern.source} at ${this.#at} of ${this.#line}`);
    this.#at = pattern.lastIndex;
    return match;
  }

  #expect(text: string): void {
    if (!this.#line.startsWith(text, this.#at)) {
      throw new Error(`no ${JSON.stringify(text)} at ${this.#at} of ${this.#line}`);
    }
    this.#at += text.length;
  }
}
