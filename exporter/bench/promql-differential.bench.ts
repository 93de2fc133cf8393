import { parseArgs } from 'node:util';
import { recordedSeries } from './differential/data.js';
import { ExpressionGenerator } from './differential/expressions.js';
import { startPeers } from './differential/peers.js';
import { Random } from './differential/random.js';
import { remoteWrite } from './differential/remote-write.js';

/**
 * Asks the exporter and a real Prometheus, fed with the same samples by remote write, the same random
 * questions, instant and range, and lists every difference.
 *
 * `npm run bench -- promql-differential [--prometheus <binary>] [--count 2000] [--seed 1]`
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      prometheus: { type: 'string', default: 'prometheus' },
      count: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      show: { type: 'string', default: '20' },
    },
  });
  const { kymo, prometheus, stop } = await startPeers({ binary: values.prometheus });
  try {
    const random = new Random(Number(values.seed));
    const end = Math.floor(Date.now() / 1000) * 1000 - 2000;
    const series = recordedSeries(random, end);
    await remoteWrite(`${prometheus}/api/v1/write`, series);
    await remoteWrite(`${kymo}/api/v1/write`, series);
    const generator = new ExpressionGenerator(random, end / 1000);
    const tally: Tally = { asked: 0, same: 0, answers: 0, bothRefused: 0, differences: [] };
    for (let i = 0; i < Number(values.count); i++) {
      const expression = generator.next();
      const instant = new URLSearchParams({ query: expression, time: String(end / 1000 - 30) });
      const range = new URLSearchParams({
        query: expression,
        start: String(end / 1000 - 240),
        end: String(end / 1000 - 5),
        step: '15',
      });
      await compare(tally, {
        kymo,
        prometheus,
        endpoint: 'query',
        expression,
        parameters: instant,
      });
      await compare(tally, {
        kymo,
        prometheus,
        endpoint: 'query_range',
        expression,
        parameters: range,
      });
    }
    for (const difference of tally.differences.slice(0, Number(values.show))) {
      console.log(difference);
    }
    const { asked, same, answers, bothRefused, differences } = tally;
    console.log(
      `${asked} questions: ${same} the same (${answers} with data, ${bothRefused} refused by both), ${differences.length} different`,
    );
    console.log(
      JSON.stringify({ bench: 'promql-differential', asked, same, different: differences.length }),
    );
  } finally {
    stop();
  }
}

interface Tally {
  asked: number;
  same: number;
  answers: number;
  bothRefused: number;
  readonly differences: string[];
}

interface Question {
  readonly kymo: string;
  readonly prometheus: string;
  readonly endpoint: 'query' | 'query_range';
  readonly expression: string;
  readonly parameters: URLSearchParams;
}

interface Answer {
  readonly status: 'success' | 'error';
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: unknown };
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

async function compare(tally: Tally, question: Question): Promise<void> {
  const { kymo, prometheus, endpoint, expression, parameters } = question;
  const ask = async (base: string): Promise<Answer> =>
    (await (await fetch(`${base}/api/v1/${endpoint}?${parameters.toString()}`)).json()) as Answer;
  const [ours, theirs] = await Promise.all([ask(kymo), ask(prometheus)]);
  tally.asked++;
  const difference = differenceOf(ours, theirs);
  if (difference === undefined) {
    tally.same++;
    if (theirs.status === 'error') tally.bothRefused++;
    else if (JSON.stringify(theirs.data?.result) !== '[]') tally.answers++;
  } else tally.differences.push(`${endpoint} ${expression}\n    ${difference}`);
}

function differenceOf(ours: Answer, theirs: Answer): string | undefined {
  if (ours.status !== theirs.status) {
    return `ours ${ours.status} ${ours.error ?? ''}; theirs ${theirs.status} ${theirs.error ?? ''}`;
  }
  if (ours.status === 'error') {
    return ours.errorType === theirs.errorType
      ? undefined
      : `ours ${ours.errorType}: ${ours.error}; theirs ${theirs.errorType}: ${theirs.error}`;
  }
  const a = canonical(ours);
  const b = canonical(theirs);
  for (const [key, points] of b) {
    const own = a.get(key);
    if (own === undefined) return `ours lacks ${key}`;
    for (const [time, value] of points) {
      const mine = own.get(time);
      if (mine === undefined) return `ours lacks ${key} at ${time}`;
      if (!close(mine, value)) return `${key} at ${time}: ours ${mine}, theirs ${value}`;
    }
    if (own.size !== points.size)
      return `ours has ${own.size} points of ${key}, theirs ${points.size}`;
  }
  for (const key of a.keys()) if (!b.has(key)) return `theirs lacks ${key}`;
  return undefined;
}

/** Points by time by series. */
function canonical({ data }: Answer): Map<string, Map<number, string>> {
  const byKey = new Map<string, Map<number, string>>();
  if (data === undefined) return byKey;
  if (data.resultType === 'scalar' || data.resultType === 'string') {
    const [time, value] = data.result as [number, string];
    return byKey.set(data.resultType, new Map([[time, value]]));
  }
  for (const { metric, value, values } of data.result as Series[]) {
    const key = JSON.stringify(Object.entries(metric).sort());
    byKey.set(key, new Map(values ?? (value === undefined ? [] : [value])));
  }
  return byKey;
}

function close(a: string, b: string): boolean {
  if (a === b) return true;
  const x = Number(a.replace('Inf', 'Infinity'));
  const y = Number(b.replace('Inf', 'Infinity'));
  if (Number.isNaN(x) || Number.isNaN(y)) return a === b;
  return Math.abs(x - y) <= 1e-9 * Math.max(1e-9, Math.abs(x), Math.abs(y));
}
