import { declareSettings, type Config } from '../../src/config/settings.js';
import type { HostDefaults } from '../../src/config/source-settings.js';
import type { Declaration } from '../../src/config/declaration.js';

const hostDefaults: HostDefaults = {
  procfs: '/proc',
  sysfs: '/sys',
  rootfs: '/',
  diskstats: { deviceExclude: '^(ram|loop)\\d+$' },
  filesystem: {
    mountPointsExclude: '^/(dev|proc)($|/)',
    fsTypesExclude: '^tmpfs$',
    deadline: 5000,
    retryAfter: 300_000,
  },
  hwmon: { chipExclude: '^$' },
  netclass: { ignoredDevices: '^$' },
  netdev: { deviceExclude: '^lo$' },
  netstat: { fields: '^Tcp_' },
  textfile: { directory: '/var/lib/textfile' },
  vmstat: { fields: '^pg' },
};

const names = [
  ...['system', 'cpu', 'loadavg', 'diskstats', 'filesystem', 'hwmon', 'netclass', 'netdev'],
  ...['netstat', 'textfile', 'udp_queues', 'vmstat', 'process', 'http'],
];

/** The settings as the exporter declares them, with a few sources. */
export const declared: Declaration<Config> = declareSettings({
  hostname: 'host-1',
  hostDefaults,
  provided: {
    watches: [{ name: 'load', expr: 'node_load1' }],
    channels: [],
    bodyProblem: (text) => (text.includes('{{ bad }}') ? '1:4: there is no "bad"' : undefined),
  },
  sources: names.map((name) => ({
    name,
    description: `What ${name} yields.`,
    enabled: name !== 'udp_queues',
  })),
});
