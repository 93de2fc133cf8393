import type { DataFrame } from '@grafana/data';
import {
  catchError,
  combineLatest,
  defer,
  exhaustMap,
  map,
  of,
  scan,
  startWith,
  takeWhile,
  timer,
  type Observable,
} from 'rxjs';
import type { AnalysisPart } from '../../shared/analysis-frames.js';
import { isFinal, messageOf } from '../live/past.js';
import { SeriesTable } from '../live/table.js';
import { toFrame } from '../frames.js';
import type { Part } from '../parts.js';
import { anomalyFrames } from './anomalies.js';
import { analysisFrame } from './fields.js';
import { correlationFrames } from './correlations.js';
import { forecastFrames, horizonOf } from './forecast.js';
import { insightsFrame } from './insights.js';
import { analysedOf, describedOf, type Doors, type Target } from './kind.js';
import { shortPast } from './short-past.js';
import { statisticsFrame } from './statistics.js';

/** Milliseconds between two analyses of what goes on. */
const SOONEST = 15_000;
const LATEST = 300_000;
const OF_WINDOW = 60;

/**
 * All that is found in the values of a target. Each part comes when it is there, and is asked for again
 * from time to time where the values go on; one that cannot be had says why, and the others are shown.
 * @param now Unix milliseconds
 */
export function findingsOf(
  target: Target,
  doors: Doors,
  now: () => number,
): Observable<readonly DataFrame[]> {
  const every = Math.min(LATEST, Math.max(SOONEST, target.window / OF_WINDOW));
  const times = target.isLive ? timer(0, every) : of(0);
  const inTurn = oneAtATime();
  const asks = Object.entries(PARTS) as [AnalysisPart, PartOfTarget][];
  const parts = asks.map(([part, ask]) => {
    let refused = false;
    return times.pipe(
      takeWhile(() => !refused),
      exhaustMap(() =>
        defer(() => inTurn(() => ask(target.isLive ? upTo(target, now()) : target, doors))).pipe(
          catchError((thrown: unknown) => {
            refused = isFinal(thrown);
            return of(problem(target, part, thrown));
          }),
        ),
      ),
      // What was found a moment ago is better than nothing.
      scan((last: DataFrame[], next) => (isProblem(next) && last.length > 0 ? last : next), []),
      startWith([] as DataFrame[]),
    );
  });
  return combineLatest(parts).pipe(map((found) => found.flat()));
}

/** The values of a target with what is found in them. */
export function withFindings(values: Part, found: readonly DataFrame[]): Part {
  const shown = found.map((frame) => {
    const why = shortPast(frame, values.frames);
    return why === undefined
      ? frame
      : analysisFrame(frame.refId ?? '', { part: 'forecast', problem: why }, []);
  });
  return { ...values, frames: [...values.frames.map(asValue), ...shown] };
}

/**
 * Asks one after the other: a browser has few connections to a host, and the values of all panels need
 * them sooner than what is found in one.
 */
function oneAtATime(): <T>(ask: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const turn = last.then(ask, ask);
    last = turn;
    return turn;
  };
}

type PartOfTarget = (target: Target, doors: Doors) => Promise<DataFrame[]>;

const queryOf = ({ query, expr }: Target) => ({ ...query, expr });

const PARTS: Readonly<Partial<Record<AnalysisPart, PartOfTarget>>> = {
  anomalies: async (target, { analysis, unitOf }) => {
    const answer = await analysis.anomalies(analysedOf(target));
    return anomalyFrames(answer, queryOf(target), await unitOf(target.expr));
  },
  previous: async (target, { prometheus, unitOf }) => {
    const { start, end, step, expr } = analysedOf(target);
    const past = { expr, step, start: start - target.window, end: end - target.window };
    const series = await prometheus.range(past);
    const unit = await unitOf(expr);
    return series.map((one) => {
      const table = new SeriesTable();
      const samples = one.samples.map(([time, value]) => [time + target.window, value] as const);
      table.addSeries([{ labels: one.labels, samples }]);
      const frame = toFrame(table, { ...queryOf(target), unit });
      const series = frame.fields[1].config.displayNameFromDS;
      return { ...frame, name: 'previous', meta: { custom: { part: 'previous', series } } };
    });
  },
  forecast: async (target, { analysis, unitOf }) => {
    const answer = await analysis.forecast(analysedOf(target), horizonOf(target));
    return forecastFrames(answer, queryOf(target), await unitOf(target.expr));
  },
  statistics: async (target, { analysis, unitOf }) => {
    const answer = await analysis.statistics(describedOf(target));
    return [statisticsFrame(answer, queryOf(target), await unitOf(target.expr))];
  },
  insights: async (target, { analysis, baseUnitOf }) => {
    const unit = await baseUnitOf(target.expr);
    return [insightsFrame(await analysis.insights(describedOf(target), unit), queryOf(target))];
  },
  correlations: async (target, { analysis }) =>
    correlationFrames(await analysis.correlations(analysedOf(target)), queryOf(target)),
};

const upTo = (target: Target, end: number): Target => ({
  ...target,
  end,
  start: end - target.window,
});

function problem({ query }: Target, part: AnalysisPart, thrown: unknown): DataFrame[] {
  return [analysisFrame(query.refId, { part, problem: messageOf(thrown) }, [])];
}

const isProblem = (frames: readonly DataFrame[]): boolean =>
  frames.some(({ fields }) => fields.length === 0);

function asValue(frame: DataFrame): DataFrame {
  const custom = { ...(frame.meta?.custom as object | undefined), part: 'value' };
  return { ...frame, name: 'value', meta: { ...frame.meta, custom } };
}
