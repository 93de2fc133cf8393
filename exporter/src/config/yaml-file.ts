import { readFileSync } from 'node:fs';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Scalar,
} from 'yaml';
import { messageOf } from '../lib/errors.js';
import type { Problem } from './config-error.js';
import type { Origin, RawEntry, RawValue } from './raw-value.js';

/** What a configuration file says. */
export interface FileContent {
  /** Absent where the file says nothing. */
  readonly root: RawValue | undefined;
  readonly problems: readonly Problem[];
}

const MAX_BYTES = 4 * 2 ** 20;
const MAX_DEPTH = 16;
/** Values that a file may have, aliases counted where they are used, which may be many times. */
const MAX_VALUES = 100_000;

/** Reads a configuration file; whatever is wrong becomes a problem. */
export function readConfigFile(file: string): FileContent {
  const at = (message: string): FileContent => ({
    root: undefined,
    problems: [{ origin: { kind: 'file', file, line: 1, column: 1 }, message }],
  });
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (thrown) {
    return at(`cannot be read: ${messageOf(thrown)}; give another with --config`);
  }
  if (bytes.length > MAX_BYTES) return at('is larger than 4MiB; that is no configuration');
  try {
    return readYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file);
  } catch {
    return at('is not UTF-8 text; save it as UTF-8');
  }
}

/** Reads YAML text; `file` is what positions name. */
export function readYaml(text: string, file: string): FileContent {
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    // Duplicate keys are found when reading, where their full key is known.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  } catch (thrown) {
    const origin: Origin = { kind: 'file', file, line: 1, column: 1 };
    return { root: undefined, problems: [{ origin, message: `is no YAML: ${messageOf(thrown)}` }] };
  }
  const originAt = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { kind: 'file', file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Problem[] = document.errors.map(({ pos, message }) => ({
    origin: originAt(pos[0]),
    message: `is no YAML here: ${message}`,
  }));
  if (problems.length > 0 || document.contents === null) return { root: undefined, problems };
  const converter = new Converter(document, originAt, text);
  const root = converter.convert(document.contents, 0);
  return { root: converter.problems.length > 0 ? undefined : root, problems: converter.problems };
}

/** Turns YAML nodes into raw values with their positions. */
class Converter {
  readonly problems: Problem[] = [];
  readonly #document: Document.Parsed;
  readonly #originAt: (offset: number) => Origin;
  readonly #text: string;
  #count = 0;

  constructor(document: Document.Parsed, originAt: (offset: number) => Origin, text: string) {
    this.#document = document;
    this.#originAt = originAt;
    this.#text = text;
  }

  convert(node: Node | null, depth: number, fallback = 0): RawValue {
    const origin = this.#originAt(node?.range?.[0] ?? fallback);
    const nothing: RawValue = { kind: 'scalar', value: null, source: '', origin };
    if (++this.#count > MAX_VALUES || depth > MAX_DEPTH) {
      const message =
        depth > MAX_DEPTH
          ? `is nested deeper than ${MAX_DEPTH} levels; no setting is`
          : `has more than ${MAX_VALUES} values; that is no configuration`;
      if (this.problems.length === 0) this.problems.push({ origin, message });
      return nothing;
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target !== undefined) return { ...this.convert(target, depth + 1), origin };
      this.problems.push({ origin, message: `there is no anchor &${node.source} before this` });
      return nothing;
    }
    if (isMap<Node, Node | null>(node)) {
      const entries = node.items.map(({ key, value }): RawEntry => {
        const offset = key.range?.[0] ?? 0;
        return {
          key: this.#keyText(key),
          keyOrigin: this.#originAt(offset),
          value: this.convert(value, depth + 1, offset),
        };
      });
      return { kind: 'map', entries, origin };
    }
    if (isSeq<Node | null>(node)) {
      const items = node.items.map((item) => this.convert(item, depth + 1, node.range?.[0]));
      return { kind: 'list', items, origin };
    }
    return isScalar(node) ? this.#scalar(node, origin) : nothing;
  }

  #scalar(node: Scalar, origin: Origin): RawValue {
    const { value } = node;
    const [start, end] = node.range ?? [0, 0];
    const source = node.source ?? this.#text.slice(start, end);
    const known =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (known) return { kind: 'scalar', value, source, origin };
    // Dates and binary data, which only a tag makes, are read as what they are written as.
    return { kind: 'scalar', value: value === null ? null : source, source, origin };
  }

  #keyText(key: Node): string {
    if (!isScalar(key)) return '';
    return typeof key.value === 'string' ? key.value : (key.source ?? '');
  }
}
