import { LOG_LEVELS } from '../lib/logger.js';
import { formatDuration } from '../lib/duration.js';
import { MAX_TICK, MIN_TICK } from '../lib/ticker.js';
import { labelMap, listOf } from './compound-types.js';
import { assemble, group, setting, type ConfigOf, type Declaration } from './declaration.js';
import { duration, integer, port, rate, size } from './number-types.js';
import { outputMembers, type ProvidedLists } from './output-settings.js';
import {
  sourceMembers,
  sourceOptions,
  type HostDefaults,
  type SourceOptions,
  type SourceSwitch,
} from './source-settings.js';
import { filePath, host, oneOf, timeZone, url } from './text-types.js';

const MIB = 2 ** 20;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface DeclarationOptions {
  /** Name of this host: the default of the label `instance`. */
  readonly hostname: string;
  /** Every source that can be switched. */
  readonly sources: readonly SourceSwitch[];
  readonly hostDefaults: HostDefaults;
  readonly provided: ProvidedLists;
}

/** Everything but the sources, which are declared by what there is. */
function generalMembers(hostname: string) {
  return {
    listen: group('Where the exporter listens.', {
      host: setting({
        type: host(),
        default: '127.0.0.1',
        description: 'Address to listen on; `0.0.0.0` or `::` for all addresses of this host.',
      }),
      port: setting({
        type: port(),
        default: 9797,
        description: 'Port to listen on; 0 picks a free one, which is printed.',
      }),
      hosts: setting({
        type: listOf(host({ any: true })),
        default: [],
        description:
          'Names under which the exporter is reached, as in the `Host` header, beside `localhost` ' +
          'and IP addresses; `*` for any. By default none where it listens on a loopback address, ' +
          'and any elsewhere, since a scraper may use any.',
      }),
      drain: setting({
        type: duration({ max: 300_000 }),
        default: 500,
        description:
          'Time between the end of readiness (`/-/ready` answers 503) and the end of listening, in ' +
          'which load balancers can look elsewhere.',
      }),
    }),
    tick: setting({
      type: duration({ min: MIN_TICK, max: MAX_TICK }),
      default: 1000,
      description: 'Time between two collections.',
    }),
    external_url: setting({
      type: url({ empty: true }),
      default: '',
      description:
        'Where people find this exporter, for links in alerts; the address that it listens on by default.',
    }),
    data_dir: setting({
      type: filePath(),
      default: './data',
      description:
        'Folder for state that outlives a restart: history, alerts and rules made at run time.',
    }),
    series: group('The samples that are kept in memory, and the limits of what is taken in.', {
      retention: setting({
        type: duration({ min: 60_000, max: 7 * 86_400_000 }),
        default: 900_000,
        description: 'How long samples are kept.',
      }),
      memory: setting({
        type: size({ min: 16 * MIB }),
        default: 512 * MIB,
        description: 'Memory that samples may take; past it the oldest go first, and are counted.',
      }),
      limit: setting({
        type: integer({ min: 1000, max: 10_000_000 }),
        default: 200_000,
        description: 'Series at a time; past it a family has one overflow series for the rest.',
      }),
      ttl: setting({
        type: duration({ min: 1000 }),
        default: 300_000,
        description: 'Time after which a pushed series that gets no sample becomes stale.',
      }),
      max_labels: setting({
        type: integer({ min: 8, max: 1024 }),
        default: 64,
        description: 'Labels of a series, with its name.',
      }),
      max_label_name: setting({
        type: integer({ min: 16, max: 4096 }),
        default: 256,
        description: "UTF-16 code units of a label's name.",
      }),
      max_label_value: setting({
        type: integer({ min: 16, max: 65_536 }),
        default: 2048,
        description: "UTF-16 code units of a label's value.",
      }),
    }),
    history: group('What is kept on disk, in `data_dir`, of all series.', {
      raw: setting({
        type: duration({ min: 60_000 }),
        default: DAY,
        description: 'How long every sample is kept.',
      }),
      minute: setting({
        type: duration({ min: 2 * HOUR }),
        default: DAY,
        description: 'How long a bucket a minute is kept.',
      }),
      hour: setting({
        type: duration({ min: 2 * DAY }),
        default: 30 * DAY,
        description: 'How long a bucket an hour is kept.',
      }),
      day: setting({
        type: duration({ min: 2 * DAY }),
        default: 365 * DAY,
        description: 'How long a bucket a day is kept.',
      }),
      size: setting({
        type: size({ min: 16 * MIB }),
        default: 1024 * MIB,
        description:
          'Size of all files; past it the oldest go first: samples, then minutes, hours and days.',
      }),
      flush: setting({
        type: duration({ min: 1000, max: 300_000 }),
        default: 5000,
        description: 'What a crash may lose at most.',
      }),
      timezone: setting({
        type: timeZone(),
        default: 'UTC',
        description: 'Where days begin: a name of the IANA time zone database.',
      }),
    }),
    labels: setting({
      type: labelMap(),
      default: { instance: hostname, job: 'kymo' },
      description:
        'Labels of every own series in the API and in live, but not on `/metrics`, where the ' +
        'scraper adds its own. They are added to the default ones; an empty value takes one away.',
      join: (given, byDefault) =>
        Object.fromEntries(
          Object.entries({ ...byDefault, ...given }).filter(([, value]) => value !== ''),
        ),
    }),
    collect: group('How sources are collected.', {
      deadline: setting({
        type: duration({ min: 10, max: MAX_TICK }),
        default: 5000,
        description:
          'Time that one source may take on a tick before it counts as failed. The default is ' +
          'lowered to four fifths of the tick where that is less.',
      }),
    }),
    http: group("Limits of the exporter's own HTTP server.", {
      body_limit: setting({
        type: size({ min: 1024, max: 1024 * MIB }),
        default: 16 * MIB,
        description:
          'Size of a request body; past it the answer is 413. A remote write request may unpack to ' +
          'four times that.',
      }),
      rate: setting({
        type: rate({ min: 1 }),
        default: 100,
        description:
          'Requests an address, counted apart for `/metrics`, for `/-/` and for the rest; past it ' +
          "the answer is 429. Ten seconds' worth may come at once.",
      }),
      max_connections: setting({
        type: integer({ min: 8, max: 1_000_000 }),
        default: 12_000,
        description: 'Open connections; further ones are closed at once.',
      }),
      headers_timeout: setting({
        type: duration({ min: 100, max: 3_600_000 }),
        default: 10_000,
        description: 'Time for the headers of a request to arrive.',
      }),
      request_timeout: setting({
        type: duration({ min: 100, max: 3_600_000 }),
        default: 60_000,
        description: 'Time for a whole request to arrive.',
      }),
      keep_alive: setting({
        type: duration({ min: 100, max: 3_600_000 }),
        default: 65_000,
        description:
          'Time that a connection stays open without a next request. The default is longer than ' +
          'scrapers commonly wait between two.',
      }),
      idle_timeout: setting({
        type: duration({ min: 100, max: 86_400_000 }),
        default: 300_000,
        description: 'Time in which nothing moves although an answer is due or unread.',
      }),
    }),
    query: group('What a query to the Prometheus HTTP API may cost.', {
      timeout: setting({
        type: duration({ min: 100, max: 3_600_000 }),
        default: 30_000,
        description: 'Time that a query may take; also the most that it may ask for by `timeout`.',
      }),
      max_samples: setting({
        type: integer({ min: 1000 }),
        default: 20_000_000,
        description: 'Samples that a query may hold at a time.',
      }),
      max_samples_read: setting({
        type: integer({ min: 1000 }),
        default: 200_000_000,
        description: 'Samples that a query may read in all.',
      }),
      max_points: setting({
        type: integer({ min: 10, max: 1_000_000 }),
        default: 11_000,
        description: 'Points of each series of a range query.',
      }),
      lookback: setting({
        type: duration({ min: 1000, max: 86_400_000 }),
        default: 300_000,
        description: 'Time that a sample stays current where no newer one and no end is known.',
      }),
    }),
    analysis: group('What analyses of the past and forecasts may cost (`/api/metrics/`).', {
      timeout: setting({
        type: duration({ min: 100, max: 3_600_000 }),
        default: 20_000,
        description: 'Time that an analysis may take once its samples have been read.',
      }),
      max_waiting: setting({
        type: integer({ min: 1, max: 10_000 }),
        default: 32,
        description:
          'Analyses that are under way or wait for their turn; further ones are answered 503.',
      }),
    }),
    rule_test: group('What trying a rule over the past may cost (`/api/rules/test`).', {
      max_history: setting({
        type: size({ min: 1024 * 1024 }),
        default: 8 * MIB,
        description:
          'History that one test may read, as it lies on disk; past it the answer is 400. In memory it is about ' +
          'ten times as much, and a longer range makes ticks wait for longer slices.',
      }),
    }),
    log: group('The log on the standard output.', {
      level: setting({
        type: oneOf(LOG_LEVELS),
        default: 'info',
        description: 'The least level that is written.',
        reloadable: true,
      }),
      format: setting({
        type: oneOf(['auto', 'json', 'text']),
        default: 'auto',
        description: 'One JSON object a line, or lines to read; `auto` is `text` on a terminal.',
      }),
    }),
  };
}

interface Switched {
  readonly enabled: boolean;
}
type SourcesConfig = Readonly<Record<string, Switched>> & {
  readonly [K in keyof SourceOptions]: Switched & ConfigOf<SourceOptions[K]>;
};

/**
 * The whole configuration, all values in base units: milliseconds, bytes, times a second. Its sections
 * and names are those of the settings.
 */
export type Config = ConfigOf<ReturnType<typeof generalMembers>> &
  ConfigOf<ReturnType<typeof outputMembers>> & {
    readonly sources: SourcesConfig;
  };

/** Every setting there is. */
export function declareSettings(options: DeclarationOptions): Declaration<Config> {
  const { sources } = options;
  const general = { ...generalMembers(options.hostname), ...outputMembers(options.provided) };
  const sourceSections = group(
    'What is collected.',
    sourceMembers(sources, sourceOptions(options.hostDefaults)),
  );
  const members = { ...general, sources: sourceSections };
  return {
    members,
    // The members of a section whose names are data are known to the caller of sourceMembers only.
    assemble: (valueOf) => assemble(members, valueOf) as unknown as Config,
    otherVariables: [
      'KYMO_CONFIG',
      'KYMO_STRESS_SECONDS',
      'KYMO_GRAFANA_URL',
      'KYMO_GRAFANA_TOKEN',
      'KYMO_GRAFANA_TOKEN_FILE',
      'KYMO_GRAFANA_SECRET',
      'KYMO_GRAFANA_SECRET_FILE',
      'KYMO_GRAFANA_ISSUER',
      'KYMO_GRAFANA_ORG',
    ],
    adjustments: [
      {
        key: 'collect.deadline',
        adjust: ({ collect, tick }) => {
          const value = Math.floor(tick * 0.8);
          return collect.deadline > value
            ? { value, reason: 'lowered to fit the tick' }
            : undefined;
        },
      },
      {
        key: 'series.ttl',
        adjust: ({ series }) =>
          series.ttl > series.retention
            ? { value: series.retention, reason: 'lowered to series.retention' }
            : undefined,
      },
      {
        key: 'http.headers_timeout',
        adjust: ({ http }) =>
          http.headers_timeout > http.request_timeout
            ? { value: http.request_timeout, reason: 'lowered to http.request_timeout' }
            : undefined,
      },
    ],
    contradictions: [
      {
        keys: ['collect.deadline', 'tick'],
        problem: ({ collect, tick }) =>
          collect.deadline > tick
            ? `collect.deadline (${formatDuration(collect.deadline)}) is longer than the tick ` +
              `(${formatDuration(tick)}), so that one slow source would make ticks late; lower it ` +
              'or raise the tick'
            : undefined,
      },
      {
        keys: ['series.ttl', 'series.retention'],
        problem: ({ series }) =>
          series.ttl > series.retention
            ? `series.ttl (${formatDuration(series.ttl)}) is longer than series.retention ` +
              `(${formatDuration(series.retention)}): a series would lose all its samples before ` +
              'it becomes stale; lower series.ttl or raise series.retention'
            : undefined,
      },
      {
        keys: ['series.ttl', 'tick'],
        problem: ({ series, tick }) =>
          series.ttl < 2 * tick
            ? `series.ttl (${formatDuration(series.ttl)}) is less than two ticks ` +
              `(${formatDuration(tick)} each): pushed series would become stale between two ` +
              'pushes; raise series.ttl or lower the tick'
            : undefined,
      },
      {
        keys: ['series.retention', 'tick'],
        problem: ({ series, tick }) =>
          series.retention < 5 * tick
            ? `series.retention (${formatDuration(series.retention)}) holds fewer than five ticks ` +
              `(${formatDuration(tick)} each); raise series.retention or lower the tick`
            : undefined,
      },
      {
        keys: ['http.headers_timeout', 'http.request_timeout'],
        problem: ({ http }) =>
          http.headers_timeout > http.request_timeout
            ? `http.headers_timeout (${formatDuration(http.headers_timeout)}) is longer than ` +
              `http.request_timeout (${formatDuration(http.request_timeout)}), which covers the ` +
              'headers too; lower it or raise http.request_timeout'
            : undefined,
      },
    ],
  };
}
