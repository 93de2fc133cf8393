import { createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, describeProblem } from '../config/config-error.js';
import { KymoError, messageOf } from '../lib/errors.js';
import { createLogger } from '../lib/logger.js';
import { QueryParameters } from '../promql/api/parameters.js';
import { parseSeriesSelector } from '../promql/parse.js';
import { Head } from '../series/head.js';
import { History } from '../series/history/history.js';
import type { Matcher } from '../series/matcher.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';
import { exportHistory } from './history-export.js';
import { importHistory } from './history-import.js';
import { kymoOptions } from './kymo-options.js';
import { exporterSettings, settingsOfCall } from './settings.js';

const DETAILS = `Both work on the history in data_dir while no exporter uses it; a running one answers
/api/metrics/export.

export writes every sample as OpenMetrics text with time stamps, series by series, which
\`promtool tsdb create-blocks-from openmetrics\` takes too. Native histograms and the marks of where a
series ended are left out, since the text has no form for them.

  --start <time>, --end <time>
      Samples from there on and before there: Unix seconds or RFC 3339. Default: all
  --match <selector>
      Only the series of a selector, such as 'node_cpu_seconds_total{mode="idle"}'.
  --output <file>
      Where to write to. Default: the standard output

import reads such text. Samples of one series must be in order of time. Where the history has samples of
a series in the same minute already, new ones are left out and counted.

Settings are those of \`kymo start\`: --config, --data-dir, --history.raw and so on.`;

const OWN_FLAGS = {
  '--config': 'value',
  '--start': 'value',
  '--end': 'value',
  '--match': 'value',
  '--output': 'value',
} as const;

export const history: Command = {
  name: 'history',
  summary: 'Writes the history on disk as text, or reads it from text.',
  usage: [
    'kymo history export [--start <time>] [--end <time>] [--match <selector>] [--output <file>]',
    'kymo history import <file…>',
  ],
  details: () => DETAILS,
  run: runHistory,
};

async function runHistory(invocation: Invocation): Promise<number> {
  const { args, environment, complain } = invocation;
  const [verb, ...rest] = args;
  if (verb !== 'export' && verb !== 'import') {
    throw new UsageError('say what to do with the history: export or import');
  }
  const settings = settingsOfCall(exporterSettings(), { ...invocation, args: rest }, OWN_FLAGS);
  const { positionals, own } = settings.flags;
  const work =
    verb === 'export' ? exportingTo(own, positionals, invocation) : importingFrom(own, positionals);
  try {
    const { dataDir, history: options } = kymoOptions(settings.load().config, environment);
    const directory = path.join(dataDir ?? 'data', 'history');
    if (verb === 'export' && !existsSync(directory)) {
      throw new KymoError('no_history', `${directory}: there is no history; --data-dir says where`);
    }
    const store = await History.open(directory, {
      ...options,
      reader: new Head({ memory: 2 ** 20 }),
      logger: createLogger({ level: 'warn', format: 'text', write: complain }),
      now: () => Date.now(),
    });
    try {
      complain(`${await work(store)}\n`);
    } finally {
      await store.close();
    }
    return EXIT_FINE;
  } catch (thrown) {
    if (thrown instanceof ConfigError) {
      for (const problem of thrown.problems) complain(`kymo: ${describeProblem(problem)}\n`);
    } else if (thrown instanceof KymoError || isFileError(thrown)) {
      complain(`kymo: ${messageOf(thrown)}\n`);
    } else throw thrown;
    return EXIT_FAILED;
  }
}

type Flags = ReadonlyMap<string, string>;
type Work = (store: History) => Promise<string>;

function exportingTo(own: Flags, positionals: readonly string[], { print }: Invocation): Work {
  if (positionals.length > 0) {
    throw new UsageError(`"${positionals[0]}" is not expected; --output says where to write to`);
  }
  const range = {
    from: timeOf(own, '--start', -Infinity),
    to: timeOf(own, '--end', Infinity),
    matchers: matchersOf(own.get('--match')),
  };
  const output = own.get('--output');
  return async (store) => {
    const file = output === undefined ? undefined : createWriteStream(output);
    const write = async (text: string): Promise<void> => {
      if (file === undefined) print(text);
      else
        await new Promise<void>((resolve, reject) => {
          file.write(text, (error) => (error ? reject(error) : resolve()));
        });
    };
    const { series, samples, leftOut } = await exportHistory(store, range, write);
    if (file !== undefined) await new Promise((resolve) => file.end(resolve));
    const histograms = leftOut > 0 ? `; ${leftOut} native histograms were left out` : '';
    return `${samples} samples of ${series} series were written${histograms}`;
  };
}

function importingFrom(own: Flags, files: readonly string[]): Work {
  for (const flag of ['--start', '--end', '--match', '--output']) {
    if (own.has(flag)) throw new UsageError(`${flag} belongs to kymo history export`);
  }
  if (files.length === 0) throw new UsageError('give the files to import');
  return async (store) => {
    const { series, kept, present } = await importHistory(store, files);
    const left = present > 0 ? `; ${present} were left out, since that time is there already` : '';
    return `${kept} samples of ${series} series were taken over${left}`;
  };
}

function timeOf(own: Flags, flag: string, fallback: number): number {
  const text = own.get(flag);
  if (text === undefined) return fallback;
  try {
    return new QueryParameters(new URLSearchParams({ time: text })).time('time');
  } catch {
    throw new UsageError(`${flag}: "${text}" is no time; give Unix seconds or RFC 3339`);
  }
}

function matchersOf(text: string | undefined): readonly Matcher[] {
  if (text === undefined) return [];
  try {
    return parseSeriesSelector(text);
  } catch (thrown) {
    throw new UsageError(`--match: ${messageOf(thrown)}`);
  }
}

const isFileError = (thrown: unknown): boolean =>
  thrown instanceof Error && 'syscall' in thrown && 'code' in thrown;
