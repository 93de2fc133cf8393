import { keyFigures, type KeyFigure } from '../../analysis/key-figures.js';
import { unitOf } from '../../analysis/tasks/expression.js';
import type { AskedFigure } from '../../analysis/tasks/insights.js';
import type { Grid } from '../../analysis/tasks/task.js';
import type { Answer } from '../dependencies.js';
import { earlierRanges } from './earlier.js';
import type { Question } from './question.js';
import { plainSelector, rateWindow } from './selector.js';

/** A figure, and what is around the selectors of its series where they are merely selected. */
type WantedFigure = KeyFigure & Pick<AskedFigure, 'around'>;

/** What stands out in `expr`, or in the key figures. */
export function insights(question: Question): Promise<Answer> {
  return answer(question, 'insights');
}

/** The key figures in short, with what stands out in them. */
export function summary(question: Question): Promise<Answer> {
  return answer(question, 'summary');
}

async function answer(question: Question, task: 'insights' | 'summary'): Promise<Answer> {
  const grid = question.grid();
  const limit = question.number('limit', { fallback: 10, min: 1, max: 100, whole: true });
  const wanted =
    task === 'insights' && question.parameters.has('expr')
      ? [ownFigure(question, grid)]
      : keyFigures;
  const figures = await Promise.all(wanted.map((figure) => asked(question, figure, grid)));
  return question.answer(task, { grid, figures, limit });
}

async function asked(question: Question, figure: WantedFigure, grid: Grid): Promise<AskedFigure> {
  const [body, earlier] = await Promise.all([
    question.range(figure.expr, grid),
    earlierRanges(question, figure.expr, grid),
  ]);
  return { ...figure, body, earlier };
}

/** The expression that is asked about; that a counter rises says nothing, so its rate is looked at. */
function ownFigure(question: Question, grid: Grid): WantedFigure {
  const { expr, parameters } = question;
  const selector = plainSelector(expr);
  const threshold = question.number('threshold', {
    fallback: NaN,
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
  });
  const common = {
    unit: parameters.has('unit') ? parameters.text('unit') : unitOf(selector?.name ?? ''),
    ...(Number.isNaN(threshold) ? {} : { threshold }),
  };
  if (selector === undefined) return { name: inShort(expr), expr, ...common };
  const name = selector.name === '' ? inShort(expr) : selector.name;
  if (!selector.counter) return { name, expr: selector.text, around: ['', ''], ...common };
  const around = ['rate(', `${rateWindow(grid.step)})`] as const;
  const rate = { name: `Rate of ${name}`, expr: around[0] + selector.text + around[1] };
  return { ...rate, ...common };
}

const LONGEST = 80;

function inShort(expr: string): string {
  const line = expr.replace(/\s+/g, ' ');
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
