import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { childrenOf, selectorsOf, type Expression } from '../src/promql/ast.js';
import { parseExpression } from '../src/promql/parse.js';
import { METRIC_NAME } from '../src/series/labels.js';
import { checkCommand } from './promql-conformance/check.js';
import { parseScript, type EvalCommand } from './promql-conformance/script.js';
import { Store } from './promql-conformance/store.js';

/** What a case needs beyond PromQL over floats. */
type Need = 'plain' | 'native histograms' | 'info' | 'experimental' | 'start times';

const NEEDS: readonly Need[] = [
  'plain',
  'native histograms',
  'info',
  'experimental',
  'start times',
];

interface Tally {
  passed: number;
  total: number;
}

/**
 * Runs Prometheus's own engine tests and reports passed of total by file and by what cases need.
 *
 * `npm run bench -- promql-conformance <folder with .test files> [--failures]`
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const folder = args.find((arg) => !arg.startsWith('--'));
  if (folder === undefined) {
    throw new Error('name the folder of the .test files: promql/promqltest/testdata of Prometheus');
  }
  const showFailures = args.includes('--failures');
  const byFile: Record<string, Record<string, string>> = {};
  const totals = new Map<Need, Tally>();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.test'))
    .sort()) {
    const tallies = runFile(path.join(folder, file), showFailures);
    byFile[file] = {};
    for (const need of NEEDS) {
      const { passed, total } = tallies.get(need) ?? { passed: 0, total: 0 };
      if (total > 0) byFile[file][need] = `${passed}/${total}`;
      const sum = totals.get(need) ?? { passed: 0, total: 0 };
      totals.set(need, { passed: sum.passed + passed, total: sum.total + total });
    }
  }
  console.table(byFile);
  console.log(JSON.stringify({ bench: 'promql-conformance', ...Object.fromEntries(totals) }));
}

function runFile(file: string, showFailures: boolean): Map<Need, Tally> {
  const store = new Store();
  const tallies = new Map<Need, Tally>();
  for (const command of parseScript(readFileSync(file, 'utf8'))) {
    if (command.kind === 'clear') store.clear();
    else if (command.kind === 'load') store.load(command);
    else {
      const wrong = checkCommand(command, store.reader);
      const need = needOf(command, store);
      const { passed, total } = tallies.get(need) ?? { passed: 0, total: 0 };
      tallies.set(need, { passed: passed + (wrong === undefined ? 1 : 0), total: total + 1 });
      if (wrong !== undefined && showFailures) {
        console.log(
          `${path.basename(file)}:${command.line} [${need}] ${command.expression}\n    ${wrong}`,
        );
      }
    }
  }
  return tallies;
}

const EXPERIMENTAL =
  /\b(mad_over_time|ts_of_\w+|sort_by_label(_desc)?|limitk|limit_ratio|histogram_quantiles|double_exponential_smoothing|start_timestamp|max_of|min_of|step|range|anchored|smoothed|fill(_left|_right)?)\b|(?<!@ *)\b(start|end)\(\)/;

function needOf(command: EvalCommand, store: Store): Need {
  const { expression } = command;
  if (/\binfo\(/.test(expression)) return 'info';
  if (store.startTimes) return 'start times';
  if (EXPERIMENTAL.test(expression) || hasDurationArithmetic(expression)) return 'experimental';
  if (command.expected.some(({ values }) => values.some(({ kind }) => kind === 'histogram'))) {
    return 'native histograms';
  }
  return touchesHistograms(expression, store) ? 'native histograms' : 'plain';
}

function parsed(text: string): Expression | undefined {
  try {
    return parseExpression(text);
  } catch {
    return undefined;
  }
}

function hasDurationArithmetic(text: string): boolean {
  const check = (expression: Expression): boolean => {
    if (expression.kind === 'matrix' && expression.range.kind !== 'number') return true;
    if (expression.kind === 'subquery') {
      const durations = [expression.range, expression.step, expression.offset];
      if (durations.some((duration) => duration !== undefined && duration.kind !== 'number')) {
        return true;
      }
    }
    if (expression.kind === 'selector' && expression.offset !== undefined) {
      if (expression.offset.kind !== 'number') return true;
    }
    return childrenOf(expression).some(check);
  };
  const expression = parsed(text);
  return expression !== undefined && check(expression);
}

function touchesHistograms(text: string, store: Store): boolean {
  const expression = parsed(text);
  if (expression === undefined) return false;
  return selectorsOf(expression).some(({ matchers }) => {
    const names = matchers.filter(({ name }) => name === METRIC_NAME);
    return [...store.histogramMetrics].some((metric) =>
      names.every((matcher) => matcher.matches(metric)),
    );
  });
}
