import type { Page } from 'playwright-core';

export interface ShownFrame {
  /** Unix milliseconds. */
  readonly times: number[];
  readonly fields: { labels: Record<string, string>; values: (number | null)[] }[];
  /** How our datasource says that its values come. */
  readonly transport: string | undefined;
  /** The time axis of the panel, Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** The frame that a panel shows, from the scene that Grafana keeps for the page. */
export function shownFrame(page: Page, title: string): Promise<ShownFrame> {
  return page.evaluate((wanted) => {
    interface Part {
      readonly state: {
        readonly title?: string;
        readonly $data?: Part;
        readonly data?: {
          readonly timeRange: Readonly<Record<'from' | 'to', { valueOf(): number }>>;
          readonly series: readonly {
            readonly meta?: {
              readonly custom?: { readonly kymo?: { readonly transport: string } };
            };
            readonly fields: readonly {
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
    let found: Part | undefined;
    const look = (part: Part): void => {
      if (part.state.title === wanted && part.state.$data !== undefined) found = part;
      part.forEachChild(look);
    };
    look(scene);
    const data = found?.state.$data?.state.data;
    const frame = data?.series[0];
    const [time, ...values] = frame?.fields ?? [];
    return {
      from: data?.timeRange.from.valueOf() ?? NaN,
      to: data?.timeRange.to.valueOf() ?? NaN,
      transport: frame?.meta?.custom?.kymo?.transport,
      times: [...((time?.values ?? []) as number[])],
      fields: values.map((field) => ({ labels: field.labels ?? {}, values: [...field.values] })),
    };
  }, title);
}
