import { promqlSpan } from '../../analysis/insights/wording.js';
import type { Grid } from '../../analysis/tasks/task.js';
import type { Answer } from '../dependencies.js';
import type { Question } from './question.js';
import { plainSelector, type PlainSelector } from './selector.js';

/** Columns of an answer, where the step is not told and at most. */
const COLUMNS = 240;
const MOST_COLUMNS = 1000;

export async function heatmap(question: Question): Promise<Answer> {
  const { expr } = question;
  const grid = question.grid({ points: COLUMNS, mostPoints: MOST_COLUMNS, lengthen: true });
  const selector = plainSelector(expr);
  const query = selector === undefined ? expr : await distributionOf(question, selector, grid);
  return question.answer('heatmap', { grid, body: await question.range(query, grid) });
}

/** Of histograms that are merely selected, what came in each step; all else as it is. */
async function distributionOf(
  question: Question,
  selector: PlainSelector,
  grid: Grid,
): Promise<string> {
  const { text, name } = selector;
  // An increase needs two samples.
  const window = promqlSpan(Math.max(grid.step, 2 * question.options.tick));
  if (name.endsWith('_bucket')) return `sum by (le) (increase(${text}[${window}]))`;
  if (!(await hasHistograms(question, text, grid))) return text;
  return `sum(increase(${text}[${window}]))`;
}

/** Whether exponential histograms are among the series, looked for at ten times. */
async function hasHistograms(question: Question, text: string, grid: Grid): Promise<boolean> {
  const step = Math.max(grid.step, (grid.length * grid.step) / 10);
  const length = Math.floor(((grid.length - 1) * grid.step) / step) + 1;
  const end = grid.start + (grid.length - 1) * grid.step;
  const looks = { start: end - (length - 1) * step, step, length };
  const body = await question.range(`count(histogram_count(${text})) > 0`, looks);
  const { data } = JSON.parse(new TextDecoder().decode(body)) as {
    readonly data: { readonly result: readonly unknown[] };
  };
  return data.result.length > 0;
}
