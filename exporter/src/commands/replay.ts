import { setTimeout as wait } from 'node:timers/promises';
import { parseDuration } from '../lib/duration.js';
import { messageOf } from '../lib/errors.js';
import { expandGlobs } from '../rules/globs.js';
import { loadRuleFiles } from '../rules/load.js';
import { describeRuleProblem } from '../rules/problem.js';
import { readRecording, RecordingError, type Recording } from '../rules/replay/recording.js';
import { Replay } from '../rules/replay/replay.js';
import {
  alertTable,
  failureLine,
  formatTime,
  transitionLine,
  watchTable,
} from '../rules/replay/report.js';
import type { RuleGroup } from '../rules/rule.js';
import { defaultWatches } from '../rules/watches/default-watches.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';

const DETAILS = `The samples file is one of these; the first line tells which:

  OpenMetrics text in which every sample has a time stamp, in Unix seconds:
    node_load1{instance="web"} 0.42 1700000000
  One JSON object a line, as Prometheus's API answers range queries; or whole answers:
    {"metric":{"__name__":"node_load1"},"values":[[1700000000,"0.42"]]}

The last 10 minutes of a running exporter:
  curl -sG localhost:9797/api/v1/query --data-urlencode 'query={__name__!=""}[10m]' > samples.json

What the rules and watches compute is left out of the samples and computed anew.

  --rules <file…>
      Rule files, or patterns of them.
  --watches
      Score the series of the provided watches, too.
  --interval <duration>
      Time from one tick to the next. Default: 1s
  --speed <number>
      1 is as fast as it was, 60 a minute in a second; changes of alerts are then printed when they
      come. By default as fast as it can be done.
`;

/** Ticks between two looks at whether somebody wants the process to end. */
const BREATH = 1000;

interface ReplayArguments {
  readonly samples: string;
  readonly rules: readonly string[];
  readonly watches: boolean;
  /** Milliseconds. */
  readonly interval: number;
  /** 0: as fast as it can be done. */
  readonly speed: number;
}

export const replay: Command = {
  name: 'replay',
  summary: 'Runs rules and watches over recorded samples and says what would have fired when.',
  usage: [
    'kymo replay <samples file> --rules <file…> [--watches] [--interval 1s] [--speed <number>]',
  ],
  details: () => DETAILS.trimEnd(),
  run: runReplay,
};

async function runReplay({ args, print, complain }: Invocation): Promise<number> {
  const given = readArguments(args);
  const groups = loadRules(given.rules, complain);
  if (groups === undefined) return EXIT_FAILED;
  let recording: Recording;
  try {
    recording = await readRecording(given.samples);
  } catch (thrown) {
    if (!(thrown instanceof RecordingError)) throw thrown;
    complain(`${thrown.message}\n`);
    return EXIT_FAILED;
  }
  const run = new Replay({
    recording,
    groups,
    watches: given.watches ? defaultWatches : [],
    interval: given.interval,
    onTransition: (transition) => {
      if (given.speed > 0) print(transitionLine(transition));
    },
  });
  await play(run, given);
  const { episodes, watches, failures, leftOut, ticks } = run.result();
  if (given.speed > 0 && episodes.length > 0) print('\n');
  print(alertTable(episodes));
  if (given.watches) print(`\n${watchTable(watches)}`);
  const { series, samples, histograms, start, end } = recording;
  print(
    `\n${series.length} series with ${samples} samples from ${formatTime(start)} to ${formatTime(end)} UTC, ${ticks} ticks\n`,
  );
  if (leftOut > 0) print(`${leftOut} of the series are computed anew and were left out\n`);
  if (histograms > 0) complain(`warning: ${histograms} native histograms were left out\n`);
  for (const failure of failures) complain(failureLine(failure));
  return failures.length > 0 ? EXIT_FAILED : EXIT_FINE;
}

async function play(run: Replay, { interval, speed }: ReplayArguments): Promise<void> {
  for (let i = 1; run.step(); i++) {
    if (speed > 0) await wait(interval / speed);
    else if (i % BREATH === 0) await wait(0);
  }
}

function loadRules(
  patterns: readonly string[],
  complain: Invocation['complain'],
): readonly RuleGroup[] | undefined {
  const { files, unmatched } = expandGlobs(patterns, '.');
  for (const pattern of unmatched) complain(`${pattern}: there is no such file\n`);
  if (unmatched.length > 0) return undefined;
  const { groups, problems } = loadRuleFiles(files);
  for (const problem of problems) complain(`${describeRuleProblem(problem)}\n`);
  return problems.length > 0 ? undefined : groups;
}

/** @throws UsageError */
function readArguments(args: readonly string[]): ReplayArguments {
  const samples: string[] = [];
  const rules: string[] = [];
  let [watches, interval, speed] = [false, 1000, 0];
  let into = samples;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--rules') into = rules;
    else if (word === '--watches') watches = true;
    else if (word === '--interval') interval = readInterval(rest.shift());
    else if (word === '--speed') speed = readSpeed(rest.shift());
    else if (word.startsWith('-')) throw new UsageError(`there is no flag ${word} here`);
    else into.push(word);
  }
  if (samples.length === 0) throw new UsageError('give the samples file before any flag');
  if (samples.length > 1) throw new UsageError('give one samples file');
  if (rules.length === 0 && !watches) throw new UsageError('give rule files after --rules');
  return { samples: samples[0], rules, watches, interval, speed };
}

function readInterval(text = ''): number {
  try {
    const interval = parseDuration(text);
    if (interval > 0) return interval;
  } catch (thrown) {
    throw new UsageError(`--interval: ${messageOf(thrown)}`);
  }
  throw new UsageError('--interval: a tick takes longer than no time');
}

function readSpeed(text = ''): number {
  const speed = Number(text);
  if (text !== '' && speed > 0 && Number.isFinite(speed)) return speed;
  throw new UsageError(`--speed: "${text}" is no number above 0`);
}
