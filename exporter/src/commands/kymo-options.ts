import type { Config } from '../config/settings.js';
import type { KymoOptions } from '../kymo.js';

/** What the exporter is made with, of its configuration. */
export function kymoOptions(config: Config): KymoOptions {
  const { listen, series, sources, http, query } = config;
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
    instrument: sources.http.enabled,
  };
}
