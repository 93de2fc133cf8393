import { FieldType, type DataFrame } from '@grafana/data';
import { toFrame } from '../../src/datasource/frames.js';
import { SeriesTable } from '../../src/datasource/live/table.js';
import { alertFrame, type AlertRow } from '../../src/shared/alert-frames.js';
import type { Trust } from '../../src/shared/trust.js';

export const SUBJECTS = [
  /** A series a card. */
  'kpi',
  /** Classic buckets, as the datasource answers them. */
  'heatmap',
  /** The same as Grafana's own frames of buckets, which count each bucket alone. */
  'rows',
  /** Six queries by protocol. */
  'protocols',
  /** A row an alert. */
  'alerts',
  /** A field an alert: its state over time. */
  'states',
] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Makes frames as the datasource does. */
export interface Feeder {
  /** Goes on by a step, and answers the frames that are shown then. */
  next(): DataFrame[];
}

/** Milliseconds between values. */
const STEP = 100;
const POINTS = 600;
/** Milliseconds that are shown. */
export const WINDOW = POINTS * STEP;
const COUNTS: Readonly<Record<Subject, number>> = {
  kpi: 50,
  heatmap: 60,
  rows: 60,
  protocols: 5,
  alerts: 100,
  states: 100,
};

/** @param count of series, or of alerts; by default as many as the benchmark asks for */
export function feederOf(subject: Subject, count: number = COUNTS[subject]): Feeder {
  const many = Array.from({ length: count }, (_, at) => at);
  switch (subject) {
    case 'kpi':
      return seriesFeeder([
        {
          legend: '{{card}}',
          labels: many.map((at) => ({ card: `card ${at}` })),
          value: (at, turn) => 100 + 40 * Math.sin(turn / 20 + at),
        },
      ]);
    case 'heatmap':
      return bucketFeeder(count);
    case 'rows': {
      const buckets = bucketFeeder(count);
      return { next: () => buckets.next().map(asRows) };
    }
    case 'protocols':
      return seriesFeeder(protocolQueries(count));
    case 'alerts':
      return alertFeeder(many);
    case 'states':
      return stateFeeder(many);
  }
}

type Labels = Readonly<Record<string, string>>;

interface Query {
  readonly legend: string;
  readonly labels: readonly Labels[];
  readonly value: (at: number, turn: number) => number;
}

/** A table a query, which grows by a row and is copied for the panel. */
function seriesFeeder(queries: readonly Query[]): Feeder {
  const began = Math.floor(Date.now() / STEP) * STEP - WINDOW;
  let turn = 0;
  const tables = queries.map((query) => ({ query, table: new SeriesTable() }));
  const grow = (): void => {
    const time = began + turn * STEP;
    for (const { query, table } of tables) {
      const columns = query.labels.map((labels) => ({ labels, unit: '', type: 'gauge' as const }));
      table.addFrame(
        time,
        columns,
        columns.map((_, at) => query.value(at, turn)),
      );
      table.trim(time - WINDOW);
    }
    turn += 1;
  };
  for (let point = 0; point < POINTS; point += 1) grow();
  return {
    next() {
      grow();
      return tables.map(({ query: { legend }, table }, at) => {
        const refId = String.fromCharCode(65 + at);
        return toFrame(table, { refId, expr: 'bench', legend }, trustAt(table.last ?? null));
      });
    },
  };
}

/** Live. */
export const trustAt = (last: number | null): Trust => ({
  state: 'live',
  transport: 'websocket',
  lag: 40,
  last,
  interval: STEP,
  dropped: 0,
});

/** Cumulative, as buckets are. */
const bucketFeeder = (count: number): Feeder =>
  seriesFeeder([
    {
      legend: '{{le}}',
      labels: Array.from({ length: count }, (_, at) => ({ le: `${0.0001 * 1.2 ** at}` })),
      value: (at, turn) => 200 / (1 + Math.exp((30 + 8 * Math.sin(turn / 50) - at) / 4)),
    },
  ]);

function asRows(frame: DataFrame): DataFrame {
  const [time, ...buckets] = [...frame.fields].sort(
    (a, b) => boundOf(a.labels) - boundOf(b.labels),
  );
  const fields = buckets.map((field, at) => {
    const below = at === 0 ? [] : (buckets[at - 1].values as number[]);
    const values = (field.values as number[]).map((value, row) => value - (below[row] ?? 0));
    return { ...field, name: field.labels?.le ?? '', labels: undefined, values };
  });
  const type = 'heatmap-rows' as NonNullable<DataFrame['meta']>['type'];
  return { ...frame, fields: [time, ...fields], meta: { ...frame.meta, type } };
}

const boundOf = (labels: Labels | undefined): number => Number(labels?.le ?? -Infinity);

function protocolQueries(count: number): Query[] {
  const protocols = ['http1', 'http2', 'http3', 'websocket', 'grpc', 'tcp', 'udp'].slice(0, count);
  const wave = (level: number) => (at: number, turn: number) =>
    level * (at + 1) * (1 + 0.3 * Math.sin(turn / 20 + at));
  const by = (name: string, values: readonly string[]): Labels[] =>
    protocols.flatMap((protocol) => values.map((value) => ({ protocol, [name]: value })));
  const alone = protocols.map((protocol) => ({ protocol }));
  return [
    { legend: '{{protocol}}', labels: alone, value: wave(120) },
    { legend: '{{protocol}}', labels: alone, value: wave(0.02) },
    { legend: '{{protocol}}', labels: alone, value: wave(0.002) },
    { legend: '', labels: by('state', ['active', 'idle']), value: wave(12) },
    { legend: '', labels: by('health', ['healthy', 'warning', 'error']), value: wave(4) },
    { legend: '{{protocol}}', labels: alone, value: wave(3) },
  ];
}

const SEVERITIES = ['critical', 'warning', 'info'];
/** Turns in which an alert changes its state twice: a minute. */
const HELD = 600;
const stateOf = (at: number, turn: number): 'firing' | 'pending' =>
  (turn + at * 7) % HELD < HELD / 3 ? 'pending' : 'firing';

/** Alerts of which each has another value every time, and some another state. */
function alertFeeder(many: readonly number[]): Feeder {
  const began = Date.now() - WINDOW;
  let turn = 0;
  return {
    next() {
      turn += 1;
      const meta = { kymo: trustAt(Date.now()), datasource: 'bench' };
      const rows = many.map((at) => alertAt(at, turn, began - at * 1000));
      return [alertFrame(rows, 'A', meta)];
    },
  };
}

function alertAt(at: number, turn: number, since: number): AlertRow {
  const severity = SEVERITIES[at % SEVERITIES.length];
  const host = `host-${Math.floor(at / 4)}`;
  const disk = `disk-${at % 4}`;
  return {
    since,
    state: stateOf(at, turn),
    severity,
    name: 'DiskNearlyFull',
    value: 80 + 10 * Math.sin(turn / 20 + at),
    operator: '>',
    threshold: 80,
    unit: 'percent',
    summary: `${host}: ${disk} will be full soon`,
    explanation: null,
    labels: { alertname: 'DiskNearlyFull', severity, host, disk, team: 'storage' },
    runbook: 'https://runbooks.example/disk',
    acknowledgedBy: null,
    comment: null,
    acknowledgedAt: null,
    until: null,
    flapping: false,
    firedAt: since + 1000,
    resolvedAt: null,
    group: 'disks',
    expr: 'disk_used_ratio * 100 > 80',
    compared: 'disk_used_ratio * 100',
    annotations: { summary: `${host}: ${disk} will be full soon` },
    fingerprint: `${at}`,
  };
}

/** The states of the same alerts, as Grafana's state timeline shows them. */
function stateFeeder(many: readonly number[]): Feeder {
  const began = Math.floor(Date.now() / STEP) * STEP - WINDOW;
  let turn = 0;
  return {
    next() {
      turn += 1;
      const rows = Array.from({ length: POINTS }, (_, row) => turn + row);
      const meta = { custom: { kymo: trustAt(began + (turn + POINTS) * STEP) } };
      const times = rows.map((row) => began + row * STEP);
      const time = { name: 'Time', type: FieldType.time, config: {}, values: times };
      const states = many.map((at) => ({
        name: `DiskNearlyFull ${at}`,
        type: FieldType.string,
        config: {},
        values: rows.map((row) => stateOf(at, row)),
      }));
      return [{ refId: 'A', length: POINTS, fields: [time, ...states], meta }];
    },
  };
}
