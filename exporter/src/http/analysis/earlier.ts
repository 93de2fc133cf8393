import type { EarlierRange } from '../../analysis/tasks/earlier.js';
import type { Grid } from '../../analysis/tasks/task.js';
import { QueryFailure, type Question } from './question.js';

const DAY = 86_400_000;

/** The values of the period before and of the same time yesterday and last week. */
export function earlierRanges(
  question: Question,
  expr: string,
  grid: Grid,
): Promise<EarlierRange[]> {
  const offsets = [
    { with: 'period_before', offset: grid.step * grid.length },
    { with: 'yesterday', offset: DAY },
    { with: 'last_week', offset: 7 * DAY },
  ] as const;
  return Promise.all(
    offsets.map(async (range) => {
      try {
        const shifted = { ...grid, start: grid.start - range.offset };
        return { ...range, body: await question.range(expr, shifted) };
      } catch (thrown) {
        if (!(thrown instanceof QueryFailure)) throw thrown;
        return { ...range, problem: thrown.reason };
      }
    }),
  );
}
