import type { Page } from 'playwright-core';

/** What a panel got from our datasource as the answer to one PromQL expression. */
export interface ShownAnswer {
  /** Title of the panel. */
  readonly panel: string;
  /** PromQL as the datasource says it has asked it, with all variables replaced. */
  readonly expr: string;
  /** Unix milliseconds. */
  readonly times: readonly number[];
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly values: readonly (number | null)[];
  }[];
}

/**
 * What every panel of a dashboard has got, before any transformation, from the scenes that Grafana keeps for
 * the page. Of analyses it is the curve itself: bands, scores and forecasts are in other fields.
 */
export async function shownAnswers(page: Page): Promise<ShownAnswer[]> {
  const answers = await page.evaluate(() => {
    interface Part {
      readonly state: {
        readonly title?: string;
        readonly queries?: readonly unknown[];
        readonly data?: {
          readonly series: readonly {
            readonly meta?: { readonly executedQueryString?: string };
            readonly fields: readonly {
              readonly name: string;
              readonly labels?: Record<string, string>;
              readonly values: readonly (number | null)[];
            }[];
          }[];
        };
      };
      forEachChild(call: (child: Part) => void): void;
    }
    const { __grafanaSceneContext: scene } = globalThis as unknown as {
      __grafanaSceneContext: Part;
    };
    const found: ShownAnswer[] = [];
    const look = (part: Part, above: string): void => {
      const { title: panel = above, queries, data } = part.state;
      for (const { meta, fields } of queries === undefined ? [] : (data?.series ?? [])) {
        const [time, ...others] = fields;
        const series = others
          .filter(({ name }) => /^(value|avg|min|max)$/i.test(name))
          .map(({ labels = {}, values }) => ({ labels, values: [...values] }));
        const expr = meta?.executedQueryString;
        if (expr === undefined || series.length === 0) continue;
        found.push({ panel, expr, times: [...time.values] as number[], series });
      }
      part.forEachChild((child) => look(child, panel));
    };
    look(scene, '');
    return found;
  });
  return answers.map(asExpression);
}

const SPANS: Readonly<Record<string, readonly [range: string, milliseconds: number]>> = {
  minute: ['1m', 60_000],
  hour: ['1h', 3_600_000],
  day: ['1d', 86_400_000],
};

/**
 * What is told of buckets of history, `avg by minute of up (stored)`, as the same in PromQL. The newest bucket
 * is left out, as it goes on.
 */
function asExpression(answer: ShownAnswer): ShownAnswer {
  const bucket = /^(avg|min|max) by (minute|hour|day) of (.*) \(\w+\)$/s.exec(answer.expr);
  if (bucket === null) return answer;
  const [, statistic, granularity, selector] = bucket;
  const [range, length] = SPANS[granularity];
  return {
    ...answer,
    expr: `${statistic}_over_time(${selector}[${range}])`,
    // A bucket has the samples of its first moment and not those of the next one's.
    times: answer.times.slice(0, -1).map((start) => start + length - 500),
    series: answer.series.map(({ labels, values }) => ({ labels, values: values.slice(0, -1) })),
  };
}
