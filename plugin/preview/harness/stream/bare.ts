import { FieldType, type DataFrame, type DataQueryRequest } from '@grafana/data';
import type { BenchQuery } from './query.js';

type Labels = Readonly<Record<string, string>>;

interface Message {
  readonly type: string;
  readonly columns?: readonly { readonly labels: Labels }[];
  readonly time?: number;
  readonly values?: readonly number[];
}

interface Wanted {
  readonly refId: string;
  readonly expr: string;
  readonly request: DataQueryRequest<BenchQuery>;
}

interface Line {
  readonly labels: Labels;
  readonly values: number[];
}

/** Milliseconds between frames: the tick of the exporter of the benchmarks. */
const INTERVAL = 100;

/**
 * The least that shows an expression of an exporter as it comes: its past once, then a WebSocket through
 * Grafana's proxy, an array a series. No seam, no state, no second try.
 * @returns ends it
 */
export function watchBare(
  url: string,
  { refId, expr, request }: Wanted,
  emit: (frames: DataFrame[]) => void,
): () => void {
  let socket: WebSocket | undefined;
  let over = false;
  const window = request.range.to.valueOf() - request.range.from.valueOf();
  void pastOf(url, expr, request).then(({ times, lines }) => {
    emit([frameOf(refId, times, lines)]);
    // A range that ends in the past does not go on.
    if (over || request.rangeRaw?.to !== 'now') return;
    const take = ({ type, columns = [], time, values = [] }: Message): void => {
      if (type === 'hello') {
        socket?.send(JSON.stringify({ type: 'subscribe', id: refId, expr, interval: INTERVAL }));
      } else if (type === 'schema') {
        if (columns.length !== lines.length)
          throw new Error('the series are not those of the past');
      } else if (type === 'frame' && time !== undefined) {
        times.push(time);
        lines.forEach((line, at) => line.values.push(values[at]));
        while (times[0] < time - window) {
          times.shift();
          for (const line of lines) line.values.shift();
        }
        emit([frameOf(refId, times, lines)]);
      }
    };
    socket = new WebSocket(`${location.origin.replace('http', 'ws')}${url}/api/live`);
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data as string) as Message | Message[];
      for (const one of Array.isArray(message) ? message : [message]) take(one);
    };
  });
  return () => {
    over = true;
    socket?.close();
  };
}

async function pastOf(url: string, expr: string, { range }: DataQueryRequest<BenchQuery>) {
  const [start, end] = [range.from, range.to].map(
    (time) => (Math.floor(time.valueOf() / INTERVAL) * INTERVAL) / 1000,
  );
  const asked = new URLSearchParams({
    query: expr,
    start: start.toFixed(3),
    end: end.toFixed(3),
    step: (INTERVAL / 1000).toFixed(3),
  });
  const answer = await fetch(`${url}/api/v1/query_range?${asked}`);
  const { data } = (await answer.json()) as {
    data: { result: { metric: Labels; values: [number, string][] }[] };
  };
  const lines = data.result.map(({ metric, values }): Line => ({
    labels: metric,
    values: values.map(([, value]) => +value),
  }));
  const times = (data.result[0]?.values ?? []).map(([time]) => Math.round(time * 1000));
  return { times, lines };
}

const frameOf = (refId: string, times: readonly number[], lines: readonly Line[]): DataFrame => ({
  refId,
  length: times.length,
  fields: [
    { name: 'Time', type: FieldType.time, config: {}, values: [...times] },
    ...lines.map(({ labels, values }) => ({
      name: 'Value',
      type: FieldType.number,
      config: {},
      labels: { ...labels },
      values: [...values],
    })),
  ],
});
