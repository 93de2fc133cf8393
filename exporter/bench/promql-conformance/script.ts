import { unquote } from '../../src/promql/literals.js';
import { parseDuration } from '../../src/promql/durations.js';
import { parseSeriesLine, type SeriesLine } from '../../src/promql/series-notation.js';

export interface LoadCommand {
  readonly kind: 'load';
  readonly line: number;
  /** Milliseconds between values. */
  readonly step: number;
  /** Whether classic histograms are loaded as histograms with custom buckets too. */
  readonly withCustomBuckets: boolean;
  readonly series: readonly SeriesLine[];
  /** Whether start times are given, which samples here do not have. */
  readonly startTimes: boolean;
}

interface Expectation {
  readonly kind: 'ordered' | 'fail' | 'warn' | 'no_warn' | 'info' | 'no_info';
  /** Absent: any message will do. */
  readonly matches?: (message: string) => boolean;
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly expression: string;
  /** Milliseconds; equal for an instant. */
  readonly start: number;
  readonly end: number;
  /** 0 for an instant. */
  readonly step: number;
  readonly expectations: readonly Expectation[];
  readonly expectedScalar: number | undefined;
  readonly expectedString: string | undefined;
  readonly expected: readonly SeriesLine[];
  /** Times of an expected range vector in place of those of the query. */
  readonly rangeVector: { start: number; end: number; step: number } | undefined;
}

export type Command = { readonly kind: 'clear'; readonly line: number } | LoadCommand | EvalCommand;

/** Reads a file in the format of Prometheus's engine tests. */
export function parseScript(text: string): Command[] {
  const lines = text.split('\n').map((line) => (/^\s*#/.test(line) ? '' : line.trim()));
  const commands: Command[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i];
    const number = i + 1;
    i++;
    if (line === '') continue;
    const block: string[] = [];
    const takesBlock = !/^clear\b/i.test(line);
    while (takesBlock && i < lines.length && lines[i] !== '') block.push(lines[i++]);
    if (/^clear\b/i.test(line)) commands.push({ kind: 'clear', line: number });
    else if (/^load/i.test(line)) commands.push(parseLoad(line, block, number));
    else if (/^eval/i.test(line)) {
      const command = parseEval(line, block, number);
      commands.push(command);
      // A scalar ends its command; whatever follows is a command of its own.
      if (command.expectedScalar !== undefined) {
        const used = block.findIndex((entry) => isNumber(entry)) + 1;
        i -= block.length - used;
      }
    } else throw new Error(`line ${number}: unknown command "${line}"`);
  }
  return commands;
}

function parseLoad(line: string, block: readonly string[], number: number): LoadCommand {
  const match = /^load(_with_nhcb)?\s+(\S+)$/i.exec(line);
  if (match === null) throw new Error(`line ${number}: cannot read "${line}"`);
  const isStart = (entry: string): boolean => /^[^\s]*@st\s/.test(entry);
  return {
    kind: 'load',
    line: number,
    step: parseTime(match[2]),
    withCustomBuckets: match[1] !== undefined,
    series: block.filter((entry) => !isStart(entry)).map(parseSeriesLine),
    startTimes: block.some(isStart),
  };
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d[\d_]*(\.\d*)?(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?|0x[\da-f]+|inf|nan)$/i.test(text);
}

function parseEval(line: string, block: readonly string[], number: number): EvalCommand {
  const instant = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/.exec(
    line,
  );
  const range =
    /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/.exec(
      line,
    );
  const expectations: Expectation[] = [];
  let expectedScalar: number | undefined;
  let expectedString: string | undefined;
  let rangeVector: EvalCommand['rangeVector'];
  const expected: SeriesLine[] = [];
  const modifier = instant?.[1] ?? range?.[1];
  if (modifier !== undefined) expectations.push({ kind: modifier as Expectation['kind'] });
  for (const entry of block) {
    const vector = /^expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/.exec(entry);
    const legacy = /^expected_fail_(message|regexp)\s+(.+)$/.exec(entry);
    if (vector !== null) {
      const [start, end, step] = vector.slice(1).map(parseTime);
      rangeVector = { start, end, step };
    } else if (entry.startsWith('expect string ')) {
      expectedString = unquote(entry.slice('expect string '.length).trim());
    } else if (legacy !== null) {
      const [, kind, text] = legacy;
      expectations.push({
        kind: 'fail',
        matches: matching(kind === 'regexp' ? 'regex' : 'msg', text),
      });
    } else if (/^expect(\s|$)/.test(entry)) {
      expectations.push(parseExpectation(entry, number));
    } else if (isNumber(entry)) {
      expectedScalar = Number(entry.replace(/inf/i, 'Infinity').replace(/_/g, ''));
      break;
    } else {
      expected.push(parseSeriesLine(entry));
    }
  }
  const rest = { kind: 'eval', line: number, expectations, expected, rangeVector } as const;
  const results = { expectedScalar, expectedString };
  if (range !== null) {
    const [start, end, step] = range.slice(2, 5).map(parseTime);
    return { ...rest, ...results, expression: range[5], start, end, step };
  }
  if (instant === null) throw new Error(`line ${number}: cannot read "${line}"`);
  const time = parseTime(instant[2]);
  return { ...rest, ...results, expression: instant[3], start: time, end: time, step: 0 };
}

function matching(kind: string, text: string): (message: string) => boolean {
  if (kind === 'msg') return (message) => message === text;
  const pattern = new RegExp(text, 's');
  return (message) => pattern.test(message);
}

function parseExpectation(entry: string, number: number): Expectation {
  const match = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/.exec(
    entry,
  );
  if (match === null) throw new Error(`line ${number}: cannot read "${entry}"`);
  const kind = match[1] as Expectation['kind'];
  if (match[2] === undefined) return { kind };
  return { kind, matches: matching(match[2], match[3].trim()) };
}

/** Milliseconds of a duration or a number of seconds. */
function parseTime(text: string): number {
  const trimmed = text.trim();
  return /^[+-]?[\d.]+$/.test(trimmed) ? Number(trimmed) * 1000 : parseDuration(trimmed);
}
