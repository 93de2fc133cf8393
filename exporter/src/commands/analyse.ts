import { KymoError, messageOf } from '../lib/errors.js';
import { formatDuration, parseDuration } from '../lib/duration.js';
import { analyseSeries, MOST_SERIES } from './analyse/analyse-series.js';
import { reportText } from './analyse/report.js';
import { chosenSeries, readSamplesFile } from './analyse/samples-file.js';
import { gridOf, MOST_POINTS } from './analyse/spacing.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';

/** Points that may be forecast. */
const MOST_AHEAD = 1000;
const LEVEL = 0.95;

const DETAILS = `The file is one of these:

  .csv, .tsv: a header; the first column is the time (Unix seconds or milliseconds, or RFC 3339), each
    further column a series. Commas, semicolons or tabs; an empty field is a missing value, and times
    without a zone are UTC.
      time,requests,errors
      2026-01-31T09:15:00Z,120.5,0
    Or what /api/metrics/export writes.
  Any other: OpenMetrics text in which every sample has a time stamp, or the JSON of Prometheus's API,
    as \`kymo replay\` takes them.

Up to ${MOST_SERIES} series are analysed, each in up to ${MOST_POINTS.toLocaleString('en-US')} points. Of counters (…_total, …_count, …_sum,
…_bucket) the rate a second is looked at.

  --column <name>
      Only this series; may be given again. A name, or a name with labels: 'node_load1{instance="web"}'.
  --step <duration>
      Time from one point to the next; values in between are averaged. Default: as the file has it
  --horizon <duration>
      How far to forecast, up to ${MOST_AHEAD} steps. Default: a quarter of the file's range
  --until <number>
      A threshold: when will it be reached?
  --json
      Everything as one JSON object, with the fields of the HTTP API (docs/api.md).`;

interface AnalyseArguments {
  readonly file: string;
  readonly columns: readonly string[];
  /** Milliseconds. */
  readonly step?: number;
  readonly horizon?: number;
  readonly until?: number;
  readonly json: boolean;
}

export const analyse: Command = {
  name: 'analyse',
  summary: 'Tells statistics, anomalies, forecasts and insights of the series in a file.',
  usage: [
    'kymo analyse <file> [--column <name>] [--step 1m] [--horizon 6h] [--until <number>] [--json]',
  ],
  details: () => DETAILS,
  run: runAnalyse,
};

async function runAnalyse({ args, print, complain }: Invocation): Promise<number> {
  const given = readArguments(args);
  try {
    const series = chosenSeries(await readSamplesFile(given.file), given.columns);
    const grid = gridOf(series.slice(0, MOST_SERIES), given.step);
    const horizon = pointsAhead(given.horizon, grid);
    if (given.step !== undefined && grid.step > given.step) {
      complain(
        `kymo: a step of ${formatDuration(given.step)} would be too many points; it is ${formatDuration(grid.step)}\n`,
      );
    }
    const { until } = given;
    const wish = { horizon, level: LEVEL, ...(until === undefined ? {} : { until }) };
    const report = analyseSeries(series, grid, wish);
    print(given.json ? `${JSON.stringify(report)}\n` : reportText(report));
    return EXIT_FINE;
  } catch (thrown) {
    if (!(thrown instanceof KymoError) || thrown instanceof UsageError) throw thrown;
    complain(`kymo: ${thrown.message}\n`);
    return EXIT_FAILED;
  }
}

function pointsAhead(
  horizon: number | undefined,
  { step, length }: { readonly step: number; readonly length: number },
): number {
  if (horizon === undefined) return Math.min(MOST_AHEAD, Math.ceil(length / 4));
  const points = Math.ceil(horizon / step);
  if (points >= 1 && points <= MOST_AHEAD) return points;
  throw new UsageError(
    `--horizon: ${points} steps of ${formatDuration(step)}; up to ${MOST_AHEAD} are forecast, so choose a longer --step`,
  );
}

/** @throws UsageError */
function readArguments(args: readonly string[]): AnalyseArguments {
  const files: string[] = [];
  const columns: string[] = [];
  const read: { step?: number; horizon?: number; until?: number; json: boolean } = { json: false };
  const rest = args.flatMap((word) =>
    word.startsWith('--') && word.includes('=') ? word.split(/=(.*)/s).slice(0, 2) : [word],
  );
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--json') read.json = true;
    else if (word === '--column') columns.push(valueOf(word, rest.shift()));
    else if (word === '--step') read.step = durationOf(word, rest.shift());
    else if (word === '--horizon') read.horizon = durationOf(word, rest.shift());
    else if (word === '--until') read.until = numberOf(word, rest.shift());
    else if (word.startsWith('-')) throw new UsageError(`there is no flag ${word} here`);
    else files.push(word);
  }
  const [file, unexpected] = files;
  if (file === undefined) throw new UsageError('give the file to analyse');
  if (unexpected !== undefined)
    throw new UsageError(`"${unexpected}" is not expected; give one file`);
  return { file, columns, ...read };
}

function valueOf(flag: string, text: string | undefined): string {
  if (text !== undefined && text !== '') return text;
  throw new UsageError(`${flag} takes a value`);
}

function durationOf(flag: string, text: string | undefined): number {
  try {
    const duration = parseDuration(text ?? '');
    if (duration > 0) return duration;
  } catch (thrown) {
    throw new UsageError(`${flag}: ${messageOf(thrown)}`);
  }
  throw new UsageError(`${flag}: it must be longer than no time`);
}

function numberOf(flag: string, text: string | undefined): number {
  const number = Number(valueOf(flag, text));
  if (Number.isFinite(number)) return number;
  throw new UsageError(`${flag}: "${text}" is no number`);
}
