import type { DataFrame } from '@grafana/data';
import { toFrame } from '../../src/datasource/frames.js';
import { SeriesTable } from '../../src/datasource/live/table.js';
import type { KymoQuery } from '../../src/datasource/query.js';
import { alertFrame, type AlertRow } from '../../src/shared/alert-frames.js';
import type { AlertCurve } from '../../src/shared/alerts-door.js';
import type { Trust } from '../../src/shared/trust.js';

interface Wanted {
  readonly trust: Trust;
  /** Whether there are any series. */
  readonly filled: boolean;
  /** Unix milliseconds. */
  readonly start: number;
  readonly end: number;
}

const STEP = 1000;
const PROTOCOLS = ['http1', 'http2', 'websocket', 'grpc'];
const BOUNDS = ['0.0005', '0.001', '0.005', '0.01', '0.05', '0.1', '0.5', '1', '+Inf'];

/** Values of no real run, the same ones every time, that fit a query of the preview. */
export function framesOf(query: KymoQuery, { trust, filled, start, end }: Wanted): DataFrame[] {
  if (query.kind === 'alerts') {
    const meta = { kymo: trust, datasource: 'kymo' };
    return [alertFrame(filled ? alertsAt(end) : [], query.refId, meta)];
  }
  const table = new SeriesTable();
  const level = levelOf(query.expr);
  const first = Math.ceil(start / STEP) * STEP;
  (filled ? labelsOf(query.expr) : []).forEach((labels, at) => {
    const samples: [number, number][] = [];
    for (let time = first; time <= end; time += STEP) {
      samples.push([time, level * (at + 1) * (1 + 0.3 * Math.sin(time / 17_000 + at))]);
    }
    table.addSeries([{ labels, samples }]);
  });
  const frame = toFrame(table, query, trust);
  if (query.kind !== 'analysis') return [frame];
  return [{ ...frame, meta: { ...frame.meta, custom: { kymo: trust, part: 'value' } } }];
}

/** About how large values of an expression are. */
function levelOf(expr: string): number {
  if (expr.includes('latency')) return 0.03;
  if (expr.includes('ratio')) return 0.002;
  if (expr.includes('cpu')) return 0.2;
  if (expr.includes('Swap')) return 2e8;
  if (expr.includes('memory')) return 4e9;
  if (expr.includes('load')) return 0.8;
  return 12;
}

type Labels = Readonly<Record<string, string>>;
const each = (name: string, values: readonly string[], more: Labels = {}): Labels[] =>
  values.map((value) => ({ ...more, [name]: value }));

/** The labels of the series that an expression answers. */
function labelsOf(expr: string): Labels[] {
  if (expr.includes('by (le)')) return each('le', BOUNDS);
  if (expr.includes('by (http_route)')) return each('http_route', ['/', '/cart', '/orders/:id']);
  if (expr.includes('by (cpu)')) return each('cpu', ['0', '1', '2', '3']);
  if (expr.includes('by (protocol, state)')) return byProtocol('state', ['active', 'idle']);
  if (expr.includes('by (protocol, health)')) return byProtocol('health', ['healthy', 'warning']);
  if (expr.includes('by (protocol)') || expr.includes('protocol!=""')) {
    return each('protocol', PROTOCOLS);
  }
  return [{}];
}

const byProtocol = (name: string, values: readonly string[]): Labels[] =>
  PROTOCOLS.flatMap((protocol) => each(name, values, { protocol }));

/** An alert of which nothing is known. */
export const NO_ALERT = {
  threshold: null,
  unit: null,
  operator: null,
  explanation: null,
  runbook: null,
  acknowledgedBy: null,
  comment: null,
  acknowledgedAt: null,
  until: null,
  flapping: false,
  resolvedAt: null,
  group: null,
  expr: null,
  compared: null,
  annotations: {},
};

/** The value around the start of an alert: it rises. */
export function curveAround(since: number): AlertCurve {
  const times = Array.from({ length: 60 }, (_, at) => since + (at - 30) * 5000);
  const values = times.map((_, at) => (at < 25 ? 2 + Math.sin(at) : at - 22 + Math.cos(at)));
  return { times, values };
}

function alertsAt(end: number): AlertRow[] {
  return [
    {
      ...NO_ALERT,
      since: end - 95_000,
      firedAt: end - 90_000,
      state: 'firing',
      severity: 'critical',
      name: 'HttpErrorRatioHigh',
      value: 0.23,
      operator: '>',
      threshold: 0.1,
      unit: 'percentunit',
      summary: 'grpc: 23 % of the requests fail',
      explanation: 'More than 10 % are answered with an error. Expected are 0 to 2 %.',
      runbook: 'https://runbooks.example/errors',
      labels: { alertname: 'HttpErrorRatioHigh', severity: 'critical', protocol: 'grpc' },
      fingerprint: 'a',
    },
    {
      ...NO_ALERT,
      since: end - 600_000,
      firedAt: end - 590_000,
      state: 'firing',
      severity: 'warning',
      name: 'HostLoadHigh',
      value: 2.4,
      summary: 'more waits for the processors than they can do',
      labels: { alertname: 'HostLoadHigh', severity: 'warning', instance: 'a' },
      acknowledgedBy: 'ada',
      comment: 'a backup runs',
      acknowledgedAt: end - 300_000,
      fingerprint: 'b',
    },
  ];
}
