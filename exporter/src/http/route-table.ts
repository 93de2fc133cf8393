/** A route as the documentation lists it. */
interface DocumentedRoute {
  readonly path: string;
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[];
  readonly summary: string;
  /** Whether methods other than GET change something, and are therefore not taken from everybody. */
  readonly writes?: boolean;
  /** Whether it is there in the demo only. */
  readonly demo?: boolean;
}

const prometheus = (name: string, summary: string, form = false): DocumentedRoute => ({
  path: `/api/v1/${name}`,
  methods: form ? ['GET', 'POST'] : ['GET'],
  summary,
});

/** Every route there is. HEAD is taken wherever GET is. */
export const routeTable: readonly DocumentedRoute[] = [
  {
    path: '/',
    methods: ['GET'],
    summary: 'The live preview; where it is not built, what `/about` answers.',
  },
  {
    path: '/about',
    methods: ['GET'],
    summary: 'A page that says what runs here and links to the rest.',
  },
  {
    path: '/assets/:name',
    methods: ['GET'],
    summary: 'Scripts of the live preview, to be cached for good: their names change with them.',
  },
  {
    path: '/metrics',
    methods: ['GET'],
    summary:
      'Everything that this exporter collects and computes, in text format 0.0.4 or OpenMetrics 1.0 as `Accept` asks.',
  },
  {
    path: '/federate',
    methods: ['GET'],
    summary: 'Newest samples of the series that `match[]` selects.',
  },
  {
    path: '/api/health',
    methods: ['GET'],
    summary:
      'State of each source with its last error, and what is wrong with rules and history; 503 while starting and draining.',
  },
  {
    path: '/api/stats',
    methods: ['GET'],
    summary: 'Series, memory, ticks, drops and refused requests.',
  },
  {
    path: '/api/caller',
    methods: ['GET'],
    summary:
      'Who the exporter takes the caller for, whether their changes are taken, and why not: `{name, role, mayWrite, refusal, reason, remedy}`; `refusal` is `role`, `secret`, `identity`, `unavailable` or `write`, see [security.md](security.md).',
  },
  { path: '/-/healthy', methods: ['GET'], summary: '200 while the process lives.' },
  {
    path: '/-/ready',
    methods: ['GET'],
    summary: '200 while it wants traffic, 503 with the reason while it does not.',
  },
  {
    path: '/-/reload',
    methods: ['POST'],
    summary: 'Reads the configuration again; 400 with what is wrong, and the old one stays.',
    writes: true,
  },
  {
    path: '/api/alerts',
    methods: ['GET'],
    summary:
      'Alerts with their state and who has acknowledged them; those resolved for 15 minutes.',
  },
  {
    path: '/api/alerts/summary',
    methods: ['GET'],
    summary:
      'How many of them there are by state, severity and whether they are acknowledged: `{total, counts}`, short however many there are.',
  },
  {
    path: '/api/alerts/history',
    methods: ['GET'],
    summary:
      'Past transitions and acknowledgements of 30 days, the newest first; `start`, `end`, `fingerprint`, `limit`.',
  },
  {
    path: '/api/alerts/:fingerprint/acknowledge',
    methods: ['POST', 'DELETE'],
    summary:
      'POST `{"by": "ada", "comment": "on it", "until": "2030-01-01T00:00:00Z"}` acknowledges an alert until then, or until it resolves; DELETE takes it back.',
    writes: true,
  },
  {
    path: '/api/metrics/current',
    methods: ['GET'],
    summary:
      'Values of `expr` (PromQL; the key figures by default) at the last tick, with `ETag`; 204 where `since`, a time or the ETag of an earlier answer, is not older, see [live-protocol.md](live-protocol.md#polling).',
  },
  {
    path: '/api/metrics/anomalies',
    methods: ['GET'],
    summary:
      'Scores of `expr` (PromQL) from `start` to `end` by `step`, as a watch would have given them: value, score, expected value and band of each point, and the anomalies with the detectors that found them.',
  },
  {
    path: '/api/metrics/history',
    methods: ['GET'],
    summary:
      'Buckets of a `granularity` (`minute`, `hour`, `day`) with count, sum, avg, min, max and percentiles, see [api.md](api.md) for this and the next seven.',
  },
  {
    path: '/api/metrics/heatmap',
    methods: ['GET'],
    summary: 'A distribution (`le` buckets, exponential histograms) or series over time, columnar.',
  },
  {
    path: '/api/metrics/statistics',
    methods: ['GET'],
    summary:
      'Figures, percentiles, shape, trend and changes of level; beside the period before, yesterday and last week.',
  },
  {
    path: '/api/metrics/forecast',
    methods: ['GET'],
    summary: 'What is expected next, with an interval at `level`, and when `until` is reached.',
  },
  {
    path: '/api/metrics/correlations',
    methods: ['GET'],
    summary: 'Series that moved with `expr`, and those whose score rose before its own.',
  },
  {
    path: '/api/metrics/insights',
    methods: ['GET'],
    summary: 'What stands out in `expr`, or in the key figures, in sentences.',
  },
  {
    path: '/api/metrics/summary',
    methods: ['GET'],
    summary: 'The key figures in short, and what stands out in them.',
  },
  {
    path: '/api/metrics/export',
    methods: ['GET'],
    summary: 'Values of `expr` as a file: `format=csv`, `json` or `openmetrics`.',
  },
  {
    path: '/api/watches',
    methods: ['GET'],
    summary: 'Expressions that are scored on every tick.',
  },
  {
    path: '/api/watches/:name',
    methods: ['GET'],
    summary: 'Why each series of a watch has the score it has.',
  },
  {
    path: '/api/rules',
    methods: ['GET', 'POST'],
    summary:
      'Rules made at run time, with their PromQL; POST `{"condition": …}` or `{"rule": …}` makes one, which is on disk and in effect when it is answered.',
    writes: true,
  },
  {
    path: '/api/rules/state',
    methods: ['GET'],
    summary:
      'All rules that are in effect, with file and line, state, health and last evaluation; with the id of `/api/rules` where they were made at run time.',
  },
  {
    path: '/api/rules/:id',
    methods: ['GET', 'PUT', 'DELETE'],
    summary: 'One of them; PUT changes it as POST makes one, DELETE takes it out.',
    writes: true,
  },
  {
    path: '/api/rules/test',
    methods: ['POST'],
    summary:
      'When a rule would have been pending, firing and resolved: `{"condition": … or "rule": …, "start", "end", "step"}`, the last 15 minutes at the tick by default.',
    writes: true,
  },
  {
    path: '/api/live',
    methods: ['GET'],
    summary: 'Live streams over WebSocket, see [live-protocol.md](live-protocol.md).',
  },
  {
    path: '/api/live/channels',
    methods: ['GET'],
    summary: 'Channels of Grafana Live: name, `expr`, `interval` (ms), labels; and the Grafanas.',
  },
  {
    path: '/api/simulate',
    methods: ['GET', 'POST'],
    summary: 'Faults of the demo; POST `{"fault": "latency", "duration": "30s"}` starts one.',
    writes: true,
    demo: true,
  },
  prometheus('query', 'Evaluates an expression at one time.', true),
  prometheus('query_range', 'Evaluates an expression over a range of time.', true),
  prometheus('query_exemplars', 'Newest exemplars of the series in an expression.', true),
  prometheus('series', 'Series that selectors match.', true),
  prometheus('labels', 'Names of labels.', true),
  prometheus('label/:name/values', 'Values of a label.'),
  prometheus('format_query', 'The expression, laid out.', true),
  prometheus('metadata', 'Type, help and unit of metrics.'),
  prometheus('targets', 'The exporter as the one target there is.'),
  prometheus('rules', 'Groups of rules, with their alerts.'),
  prometheus('alerts', 'Alerts that are pending or fire.'),
  prometheus('status/buildinfo', 'The version of Prometheus whose API this is, and our own.'),
  prometheus('status/runtimeinfo', 'Start, time and retention.'),
  {
    path: '/api/v1/write',
    methods: ['POST'],
    summary: 'Takes remote write 1.0 (protobuf, snappy).',
    writes: true,
  },
];

/** The Markdown document of all routes. */
export function routesDocument(): string {
  const rows = routeTable.map(({ path, methods, summary, writes, demo }) => {
    const marks = [writes === true ? ' Changes are not taken from everybody.' : ''];
    if (demo === true) marks.push(' In the demo only.');
    return `| \`${methods.join('`, `')}\` | \`${path}\` | ${summary}${marks.join('')} |`;
  });
  return [
    '# HTTP',
    '<!-- Generated by `npm run docs` from exporter/src/http/route-table.ts; do not edit. -->',
    'HEAD is taken wherever GET is. Every error is JSON, `{"status": "error", "errorType": …, ' +
      '"error": …}`, with the HTTP status that fits, and never a stack trace. Reading is open on the ' +
      'address that the exporter listens on; changes are taken from this machine, not through a proxy, ' +
      'and from Editors and Admins of a Grafana that is trusted ([security.md](security.md)). Requests for a host name that is not listed in `listen.hosts`, and those of ' +
      'pages of another origin, are refused. Limits are settings (see [configuration.md]' +
      '(configuration.md)) and counted in `/api/stats` and `kymo_http_refused_requests_total`.',
    ['| method | path | what |', '| --- | --- | --- |', ...rows].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}
