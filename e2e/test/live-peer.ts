import { labelsKey, type Row } from './live-client.js';

interface Matrix {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

interface Range {
  /** Unix milliseconds, both inclusive. */
  readonly start: number;
  readonly end: number;
}

/** What the Prometheus API of an exporter answers for each second of a range, by Unix milliseconds. */
export async function queryRange(
  url: string,
  query: string,
  { start, end }: Range,
): Promise<Map<number, Row>> {
  const search = new URLSearchParams({
    query,
    start: String(start / 1000),
    end: String(end / 1000),
    step: '1',
  });
  const response = await fetch(`${url}/api/v1/query_range?${search.toString()}`);
  if (!response.ok) throw new Error(await response.text());
  const rows = new Map<number, Map<string, unknown>>();
  for (const { metric, values } of ((await response.json()) as Matrix).data.result) {
    for (const [time, value] of values) {
      const row = rows.get(time * 1000) ?? new Map<string, unknown>();
      rows.set(time * 1000, row.set(labelsKey(metric), liveValue(value)));
    }
  }
  return rows;
}

/** A value of the Prometheus API as live frames have it. */
function liveValue(text: string): unknown {
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * As {@link queryRange}, for the seconds in which the exporter ran a tick: on a machine that is too
 * busy it may be late for one, and then live streams have no frame.
 */
export async function queryTicks(
  url: string,
  query: string,
  range: Range,
): Promise<Map<number, Row>> {
  const ran = await queryRange(url, 'timestamp(kymo_build_info)', range);
  const rows = await queryRange(url, query, range);
  const ticks = [...ran].filter(([time, row]) => [...row.values()].includes(time / 1000));
  return new Map(ticks.map(([time]) => [time, rows.get(time) ?? new Map<string, unknown>()]));
}
