import type { Config } from '../config/settings.js';
import type { KymoOptions } from '../kymo.js';
import { pushedGrafanas, trustedGrafanas } from './grafanas.js';
import { secretOf } from './secret-files.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the exporter is made with, of its configuration.
 * @throws KymoError `bad_secret_file`
 */
export function kymoOptions(config: Config, environment: Environment): KymoOptions {
  const { listen, series, history, sources, http, query, analysis } = config;
  const { system, diskstats, filesystem, hwmon, netclass, netdev, netstat, textfile, vmstat } =
    sources;
  const ofHost = (name: string): boolean => !['system', 'process', 'http'].includes(name);
  return {
    listen: {
      host: listen.host,
      port: listen.port,
      // None given is not "no names": then it depends on the address.
      hosts: listen.hosts.length === 0 ? undefined : listen.hosts,
      drain: listen.drain,
    },
    tick: config.tick,
    series: {
      retention: series.retention,
      memory: series.memory,
      limit: series.limit,
      ttl: series.ttl,
      maxLabels: series.max_labels,
      maxLabelName: series.max_label_name,
      maxLabelValue: series.max_label_value,
    },
    labels: config.labels,
    dataDir: config.data_dir,
    history: {
      raw: history.raw,
      minute: history.minute,
      hour: history.hour,
      day: history.day,
      size: history.size,
      flush: history.flush,
      timeZone: history.timezone,
    },
    ...(config.external_url === '' ? {} : { externalUrl: config.external_url }),
    rules: {
      files: config.rules,
      alertmanagers: config.alertmanagers.map((url) => ({ url })),
      receivers: receivers(config),
      resendDelay: config.alerts.resend,
      silences: config.alerts.silences,
      externalLabels: config.alerts.labels,
    },
    watches: config.watches.map(({ name, expr, limit, forecast }) => ({
      name,
      expr,
      ...(limit === undefined ? {} : { limit }),
      ...(forecast === undefined ? {} : { forecast }),
    })),
    live: {
      limits: {
        maxClients: config.live.max_clients,
        maxSubscriptions: config.live.max_subscriptions,
        rate: config.live.rate,
      },
      channels: config.live.channels.map(({ name, expr, interval, labels }) => ({
        name,
        expr,
        ...(interval === undefined ? {} : { interval }),
        ...(labels === undefined ? {} : { labels }),
      })),
      grafanas: pushedGrafanas(config, environment),
    },
    sources: {
      enabled: Object.fromEntries(
        Object.entries(sources).map(([name, { enabled }]) => [
          name,
          enabled && (system.enabled || !ofHost(name)),
        ]),
      ),
      deadline: config.collect.deadline,
      system: {
        procfs: system.procfs,
        sysfs: system.sysfs,
        rootfs: system.rootfs,
        diskstats: { deviceExclude: diskstats.device_exclude },
        filesystem: {
          mountPointsExclude: filesystem.mount_points_exclude,
          fsTypesExclude: filesystem.fs_types_exclude,
          deadline: filesystem.deadline,
          retryAfter: filesystem.retry_after,
        },
        hwmon: { chipExclude: hwmon.chip_exclude },
        netclass: { ignoredDevices: netclass.ignored_devices },
        netdev: { deviceExclude: netdev.device_exclude },
        netstat: { fields: netstat.fields },
        textfile: { directory: textfile.directory },
        vmstat: { fields: vmstat.fields },
      },
      http: { slow: sources.http.slow, maxLabelSets: sources.http.max_label_sets },
    },
    http: {
      grafanas: trustedGrafanas(config, environment),
      rate: http.rate,
      bodyLimit: http.body_limit,
      maxConnections: http.max_connections,
      timeouts: {
        headers: http.headers_timeout,
        request: http.request_timeout,
        keepAlive: http.keep_alive,
        idle: http.idle_timeout,
      },
    },
    query: {
      timeout: query.timeout,
      maxSamples: query.max_samples,
      maxSamplesRead: query.max_samples_read,
      maxPoints: query.max_points,
      lookback: query.lookback,
    },
    ruleTest: { maxHistory: config.rule_test.max_history },
    analysis: { timeout: analysis.timeout, maxWaiting: analysis.max_waiting },
    instrument: sources.http.enabled,
  };
}

type Receivers = NonNullable<NonNullable<KymoOptions['rules']>['receivers']>;

function receivers(config: Config): Receivers {
  return config.receivers.map((receiver) => {
    const {
      name,
      url,
      body,
      content_type: contentType,
      severity,
      send_resolved: sendResolved,
    } = receiver;
    const bearer = secretOf(`receivers (${name})`, {
      value: receiver.token,
      file: receiver.token_file,
    });
    return {
      name,
      url,
      ...(bearer === undefined ? {} : { auth: { bearer } }),
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(severity === undefined ? {} : { severity }),
      ...(sendResolved === undefined ? {} : { sendResolved }),
    };
  });
}
