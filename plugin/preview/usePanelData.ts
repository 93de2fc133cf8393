import {
  CoreApp,
  dateTime,
  LoadingState,
  type DataFrame,
  type DataQueryError,
  type TimeRange,
} from '@grafana/data';
import { useEffect, useState } from 'react';
import type { KymoQuery } from '../src/datasource/query.js';
import type { PageDataSource } from './page.js';

export interface Answer {
  readonly state: LoadingState;
  readonly frames: DataFrame[];
  readonly errors: DataQueryError[] | undefined;
}

/** Values across a screen: more would not be seen, and would only be heavier. */
const MOST_POINTS = 900;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300].map((seconds) => seconds * 1000);

/** Milliseconds between values of a window of so many milliseconds. */
export function intervalOf(window: number): number {
  return STEPS.find((step) => window / step <= MOST_POINTS) ?? STEPS[STEPS.length - 1];
}

/** The range from `window` milliseconds ago to now. */
export function rangeOf(window: number, now: number): TimeRange {
  return {
    from: dateTime(now - window),
    to: dateTime(now),
    raw: { from: `now-${window / 1000}s`, to: 'now' },
  };
}

/** What the datasource answers, and goes on answering, to some queries. */
export function usePanelData(
  datasource: PageDataSource,
  targets: readonly KymoQuery[],
  window: number,
): Answer {
  const [answer, setAnswer] = useState<Answer>({
    state: LoadingState.Loading,
    frames: [],
    errors: undefined,
  });
  // What is asked, in words: targets are made anew by every rendering.
  const asked = JSON.stringify(targets);
  useEffect(() => {
    const interval = intervalOf(window);
    const subscription = datasource
      .query({
        app: CoreApp.Dashboard,
        requestId: asked,
        timezone: 'browser',
        startTime: Date.now(),
        range: rangeOf(window, Date.now()),
        interval: `${interval}ms`,
        intervalMs: interval,
        maxDataPoints: MOST_POINTS,
        scopedVars: {},
        targets: JSON.parse(asked) as KymoQuery[],
      })
      .subscribe(({ data, errors, state = LoadingState.Done }) => {
        // The last good frames stay while new ones are waited for.
        setAnswer((before) => ({
          state,
          errors,
          frames:
            state === LoadingState.Loading && data.length === 0
              ? before.frames
              : (data as DataFrame[]),
        }));
      });
    return () => subscription.unsubscribe();
  }, [datasource, asked, window]);
  return answer;
}
