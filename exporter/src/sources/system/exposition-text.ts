import type { Labels } from '../../series/labels.js';
import type { FamilyMetadata, MetricType } from '../../series/metadata.js';
import type { SampleSuffix } from '../../series/writer.js';

export interface TextSample {
  readonly suffix: SampleSuffix;
  readonly labels: Labels;
  readonly value: number;
}

export interface TextFamily {
  /** The help is `''` where the text has none. */
  readonly metadata: FamilyMetadata;
  readonly samples: readonly TextSample[];
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|(?=\}))/y;
const TYPES = new Map<string, MetricType>([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'unknown'],
]);
const SUFFIXES: Readonly<Record<string, readonly SampleSuffix[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
};

/**
 * Reads the Prometheus text format 0.0.4.
 * @throws Error that names the line, also for a time stamp, which a file of metrics may not carry
 */
export function parseExpositionText(text: string): TextFamily[] {
  const families = new Map<string, { type?: MetricType; help?: string; samples: TextSample[] }>();
  const family = (name: string) => {
    let found = families.get(name);
    if (found === undefined) {
      found = { samples: [] };
      families.set(name, found);
    }
    return found;
  };
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trim();
    try {
      if (line === '') continue;
      if (line.startsWith('#')) {
        const [, keyword, name, rest = ''] =
          /^#\s*(HELP|TYPE)\s+(\S+)(?:\s+(.*))?$/.exec(line) ?? [];
        if (keyword === 'HELP') family(name).help = unescape(rest);
        if (keyword === 'TYPE') {
          const type = TYPES.get(rest);
          if (type === undefined) throw new Error(`unknown type ${JSON.stringify(rest)}`);
          family(name).type = type;
        }
        continue;
      }
      const { name, labels, value } = parseSample(line);
      const [base, suffix] = split(name, (candidate) => families.get(candidate)?.type);
      family(base).samples.push({ suffix, labels, value });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Error(`line ${i + 1}: ${reason}`, { cause: thrown });
    }
  }
  return [...families].map(([name, { type = 'unknown', help = '', samples }]) => ({
    metadata: { name, type, help },
    samples,
  }));
}

/** A sample's family and which part of it it is. */
function split(
  name: string,
  typeOf: (name: string) => MetricType | undefined,
): [string, SampleSuffix] {
  for (const suffix of ['_bucket', '_sum', '_count'] as const) {
    if (!name.endsWith(suffix)) continue;
    const base = name.slice(0, -suffix.length);
    if (SUFFIXES[typeOf(base) ?? '']?.includes(suffix)) return [base, suffix];
  }
  return [name, ''];
}

function parseSample(line: string): { name: string; labels: Labels; value: number } {
  NAME.lastIndex = 0;
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw new Error('expected the name of a metric');
  let at = name.length;
  while (line[at] === ' ' || line[at] === '\t') at++;
  const labels: Record<string, string> = {};
  if (line[at] === '{') {
    at++;
    LABEL.lastIndex = at;
    for (let match = LABEL.exec(line); match !== null; match = LABEL.exec(line)) {
      at = LABEL.lastIndex;
      if (Object.hasOwn(labels, match[1])) throw new Error(`label ${match[1]} is there twice`);
      labels[match[1]] = unescape(match[2]);
    }
    while (line[at] === ' ' || line[at] === '\t') at++;
    if (line[at] !== '}') throw new Error('expected labels as name="value" and }');
    at++;
  }
  const [value, time] = line.slice(at).trim().split(/\s+/);
  if (time !== undefined) throw new Error('time stamps are not supported here');
  return { name, labels, value: parseValue(value) };
}

function parseValue(text: string): number {
  const infinity = /^([+-]?)inf$/i.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const value = text === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw new Error(`expected a number, found ${JSON.stringify(text)}`);
  return value;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
