import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Scalar,
} from 'yaml';
import { messageOf } from '../lib/errors.js';
import type { RuleProblem } from './problem.js';
import type { Place } from './rule.js';

/** A value of a YAML file with its place. */
export type YamlValue =
  | {
      readonly kind: 'scalar';
      readonly value: string | number | boolean | null;
      /** As text: of a number or boolean as it is written. */
      readonly text: string;
      readonly place: Place;
      /** The place of a character of the text. */
      readonly placeOf: (offset: number) => Place;
    }
  | { readonly kind: 'list'; readonly items: readonly YamlValue[]; readonly place: Place }
  | { readonly kind: 'map'; readonly entries: readonly YamlEntry[]; readonly place: Place };

export type YamlScalar = Extract<YamlValue, { kind: 'scalar' }>;
export type YamlMap = Extract<YamlValue, { kind: 'map' }>;

export interface YamlEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: YamlValue;
}

const MAX_DEPTH = 16;
/** Aliases count where they are used. */
const MAX_VALUES = 1_000_000;

/** Reads the first document of a YAML text; `undefined` where it is empty or broken. */
export function readYamlText(
  text: string,
  file: string,
  problems: RuleProblem[],
): YamlValue | undefined {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  let document: Document.Parsed | undefined;
  try {
    // Merge keys (<<) are YAML 1.1, which Prometheus reads too.
    const options = { lineCounter: lines, prettyErrors: false, merge: true } as const;
    const documents = parseAllDocuments(text, options);
    document = 'empty' in documents ? undefined : documents[0];
  } catch (thrown) {
    const place = { file, line: 1, column: 1 };
    problems.push({ place, message: `is no YAML: ${messageOf(thrown)}` });
    return undefined;
  }
  for (const { pos, message } of document?.errors ?? []) {
    problems.push({ place: placeAt(pos[0]), message: `is no YAML here: ${message}` });
  }
  if (document === undefined || document.errors.length > 0) return undefined;
  if (document.contents === null) return undefined;
  return new Converter({ document, text, placeAt, problems }).convert(document.contents, 0);
}

interface Source {
  readonly document: Document.Parsed;
  readonly text: string;
  readonly placeAt: (offset: number) => Place;
  readonly problems: RuleProblem[];
}

class Converter {
  readonly #source: Source;
  #count = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  convert(node: Node | null, depth: number, fallback = 0): YamlValue {
    const { document, placeAt, problems } = this.#source;
    const offset = node?.range?.[0] ?? fallback;
    const place = placeAt(offset);
    const nothing: YamlScalar = {
      kind: 'scalar',
      value: null,
      text: '',
      place,
      placeOf: () => place,
    };
    if (++this.#count > MAX_VALUES || depth > MAX_DEPTH) {
      const message = `is nested deeper than ${MAX_DEPTH} levels or has more than ${MAX_VALUES} values; an alias may contain itself`;
      if (!problems.some((problem) => problem.message === message)) {
        problems.push({ place, message });
      }
      return nothing;
    }
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target !== undefined) return { ...this.convert(target, depth + 1), place };
      problems.push({ place, message: `there is no anchor &${node.source} before this` });
      return nothing;
    }
    if (isMap<Node, Node | null>(node)) {
      const entries: YamlEntry[] = [];
      for (const { key, value } of node.items) {
        const keyOffset = key.range?.[0] ?? offset;
        const converted = this.convert(value, depth + 1, keyOffset);
        const name = keyText(key);
        if (name === '<<')
          entries.push(
            ...merged(
              converted,
              node.items.map((i) => keyText(i.key)),
            ),
          );
        else entries.push({ key: name, keyPlace: placeAt(keyOffset), value: converted });
      }
      return { kind: 'map', entries, place };
    }
    if (isSeq<Node | null>(node)) {
      const items = node.items.map((item) => this.convert(item, depth + 1, offset));
      return { kind: 'list', items, place };
    }
    return isScalar(node) ? this.#scalar(node, place) : nothing;
  }

  #scalar(node: Scalar, place: Place): YamlScalar {
    const { value } = node;
    const plain =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const text = typeof value === 'string' ? value : value === null ? '' : (node.source ?? '');
    const { text: source, placeAt } = this.#source;
    return {
      kind: 'scalar',
      value: plain ? value : value === null ? null : text,
      text,
      place,
      placeOf: (offset) => placeAt(sourceOffset(node, source, text.slice(0, offset)) ?? 0),
    };
  }
}

/** What a merge key brings in, unless the map has it itself. */
function merged(value: YamlValue, own: readonly string[]): YamlEntry[] {
  if (value.kind === 'list') return value.items.flatMap((item) => merged(item, own));
  return value.kind === 'map' ? value.entries.filter(({ key }) => !own.includes(key)) : [];
}

function keyText(key: Node): string {
  if (!isScalar(key)) return '';
  return typeof key.value === 'string' ? key.value : (key.source ?? '');
}

/**
 * Where in the file the character of a scalar stands that follows `before`: as many characters that
 * are no white space on, since folding and indentation change white space only.
 */
function sourceOffset(node: Scalar, source: string, before: string): number | undefined {
  const range = node.range;
  if (!range) return undefined;
  let at = range[0];
  const style = source[at];
  const block = style === '|' || style === '>';
  if (block) at = source.indexOf('\n', at) + 1;
  else if (style === '"' || style === "'") at++;
  const skipSpace = (): void => {
    while (at < range[1] && /\s/.test(source[at])) at++;
  };
  for (const character of before.replace(/\s+/g, '')) {
    skipSpace();
    const escaped = (style === '"' && source[at] === '\\') || (style === "'" && source[at] === "'");
    at += escaped ? 2 : character.length;
  }
  skipSpace();
  return Math.min(at, range[1]);
}
