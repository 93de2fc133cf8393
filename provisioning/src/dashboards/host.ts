import { dashboard } from '../dashboard.js';
import { absolute, color, falling, matching, named, rising } from '../fields.js';
import { gauges, timeSeries } from '../panels.js';
import { table } from '../tables.js';
import { asFigures, FIGURE, SELECTED } from '../query.js';

const DISKS = `device!~"(ram|loop|fd|sr|zram)[0-9]+", ${SELECTED}`;
const LINKS = `device!~"lo|(veth|ifb|docker|br-).*", ${SELECTED}`;
const FILES = `fstype!~"tmpfs|ramfs|squashfs|erofs|iso9660", ${SELECTED}`;

/** What is read or received goes up, what is written or sent goes down. */
const DOWN = matching('(written|sent)$', { 'custom.transform': 'negative-Y' });

const sum = (metric: string): string => `sum(${metric}{${SELECTED}})`;
const each = (metric: string): string => `sum by (device) (rate(${metric}{${DISKS}}[10s]))`;
const link = (metric: string): string => `sum by (device) (rate(${metric}{${LINKS}}[10s]))`;
const pressure = (resource: string, kind: string): string =>
  `max(rate(node_pressure_${resource}_${kind}_seconds_total{${SELECTED}}[10s]))`;

const processor = {
  title: 'Processor',
  panels: [
    gauges({
      title: 'CPU',
      description: 'Share of the CPU time that was used.',
      w: 4,
      unit: 'percentunit',
      decimals: 0,
      min: 0,
      max: 1,
      steps: rising(0.8, 0.95),
      queries: [
        {
          expr: `1 - avg(rate(node_cpu_seconds_total{mode="idle", ${SELECTED}}[5s]))`,
          legend: 'CPU',
        },
      ],
    }),
    timeSeries({
      title: 'CPU by mode',
      description: 'Share of the CPU time, on average over the CPUs, without idle.',
      w: 10,
      unit: 'percentunit',
      max: 1,
      stacked: true,
      queries: [
        {
          expr: `avg by (mode) (rate(node_cpu_seconds_total{mode!="idle", ${SELECTED}}[5s]))`,
          legend: '{{mode}}',
        },
      ],
    }),
    timeSeries({
      title: 'CPU by core',
      description: 'Share of the time that each core was used.',
      w: 10,
      unit: 'percentunit',
      max: 1,
      queries: [
        {
          expr: `1 - avg by (cpu) (rate(node_cpu_seconds_total{mode="idle", ${SELECTED}}[5s]))`,
          legend: 'core {{cpu}}',
        },
      ],
    }),
    timeSeries({
      title: 'Load',
      description:
        'Tasks that run or wait, on average over 1, 5 and 15 minutes, and the CPUs there are.',
      unit: 'short',
      queries: [
        { expr: sum('node_load1'), legend: '1 min' },
        { expr: sum('node_load5'), legend: '5 min' },
        { expr: sum('node_load15'), legend: '15 min' },
        {
          expr: `count(node_cpu_seconds_total{mode="idle", ${SELECTED}})`,
          legend: 'CPUs',
        },
      ],
      overrides: [
        named('CPUs', {
          ...color('text'),
          'custom.lineStyle': { fill: 'dash', dash: [6, 6] },
          'custom.fillOpacity': 0,
        }),
      ],
    }),
    timeSeries({
      title: 'Pressure',
      description:
        'Share of the time in which something waits for the resource (pressure stall information).',
      unit: 'percentunit',
      max: 1,
      queries: [
        { expr: pressure('cpu', 'waiting'), legend: 'CPU' },
        { expr: pressure('io', 'waiting'), legend: 'disks' },
        { expr: pressure('memory', 'waiting'), legend: 'memory' },
      ],
    }),
  ],
};

const memory = {
  title: 'Memory',
  panels: [
    gauges({
      title: 'Memory',
      description: 'Share of the memory that is in use and cannot be freed at once.',
      w: 4,
      unit: 'percentunit',
      decimals: 0,
      min: 0,
      max: 1,
      steps: rising(0.85, 0.95),
      queries: [
        {
          expr: `1 - ${sum('node_memory_MemAvailable_bytes')} / ${sum('node_memory_MemTotal_bytes')}`,
          legend: 'in use',
        },
      ],
    }),
    timeSeries({
      title: 'Memory by use',
      description:
        'The whole memory by what it is used for. Cache and buffers are freed when needed.',
      w: 10,
      unit: 'bytes',
      stacked: true,
      queries: [
        {
          expr: `${sum('node_memory_MemTotal_bytes')} - ${sum('node_memory_MemFree_bytes')} - ${sum('node_memory_Buffers_bytes')} - ${sum('node_memory_Cached_bytes')} - ${sum('node_memory_SReclaimable_bytes')}`,
          legend: 'used',
        },
        {
          expr: `${sum('node_memory_Cached_bytes')} + ${sum('node_memory_SReclaimable_bytes')}`,
          legend: 'cache',
        },
        { expr: sum('node_memory_Buffers_bytes'), legend: 'buffers' },
        { expr: sum('node_memory_MemFree_bytes'), legend: 'free' },
      ],
      overrides: [
        named('used', color('blue')),
        named('cache', color('green')),
        named('buffers', color('yellow')),
        named('free', { ...color('text'), 'custom.fillOpacity': 4 }),
      ],
    }),
    timeSeries({
      title: 'Swap and huge pages',
      description: 'Swap in use, and memory in huge pages: reserved, and transparent.',
      w: 10,
      unit: 'bytes',
      queries: [
        {
          expr: `${sum('node_memory_SwapTotal_bytes')} - ${sum('node_memory_SwapFree_bytes')}`,
          legend: 'swap in use',
        },
        { expr: sum('node_memory_SwapTotal_bytes'), legend: 'swap in all' },
        { expr: sum('node_memory_Hugetlb_bytes'), legend: 'huge pages' },
        { expr: sum('node_memory_AnonHugePages_bytes'), legend: 'transparent huge pages' },
      ],
    }),
  ],
};

const disks = {
  title: 'Disks and filesystems',
  panels: [
    timeSeries({
      title: 'Disk traffic',
      description: 'Bytes a second that are read (up) and written (down).',
      w: 8,
      unit: 'Bps',
      queries: [
        { expr: each('node_disk_read_bytes_total'), legend: '{{device}} read' },
        { expr: each('node_disk_written_bytes_total'), legend: '{{device}} written' },
      ],
      overrides: [DOWN],
    }),
    timeSeries({
      title: 'Disk busy',
      description: 'Share of the time in which the disk has something to do.',
      w: 8,
      unit: 'percentunit',
      queries: [{ expr: each('node_disk_io_time_seconds_total'), legend: '{{device}}' }],
    }),
    timeSeries({
      title: 'Disk operations',
      description: 'Operations a second that are read (up) and written (down).',
      w: 8,
      unit: 'iops',
      queries: [
        { expr: each('node_disk_reads_completed_total'), legend: '{{device}} read' },
        { expr: each('node_disk_writes_completed_total'), legend: '{{device}} written' },
      ],
      overrides: [DOWN],
    }),
    table({
      title: 'Filesystems',
      description:
        'How full filesystems are, and when they are full if they go on filling as in the last 10 minutes.',
      w: 24,
      h: 6,
      column: FIGURE,
      rows: { instance: 'Instance', mountpoint: 'Mounted at', device: 'Device' },
      figures: { used: 'Used', left: 'Full in', free: 'Free', size: 'Size' },
      sortBy: 'size',
      queries: [
        {
          expr: asFigures({
            used: `1 - node_filesystem_avail_bytes{${FILES}} / node_filesystem_size_bytes{${FILES}}`,
            left: `clamp_max(node_filesystem_avail_bytes{${FILES}} / (-deriv(node_filesystem_avail_bytes{${FILES}}[10m]) > 0) or node_filesystem_avail_bytes{${FILES}} * 0 + 31536000, 31536000)`,
            free: `node_filesystem_avail_bytes{${FILES}}`,
            size: `node_filesystem_size_bytes{${FILES}}`,
          }),
        },
      ],
      overrides: [
        named('Used', {
          unit: 'percentunit',
          min: 0,
          max: 1,
          thresholds: absolute(rising(0.8, 0.95)),
          'custom.cellOptions': { type: 'gauge', mode: 'basic' },
        }),
        named('Full in', {
          unit: 's',
          thresholds: absolute(falling(3600, 86_400)),
          mappings: [
            {
              type: 'range',
              options: {
                from: 31_535_999,
                to: 31_536_001,
                result: { text: 'not filling', index: 0 },
              },
            },
          ],
          'custom.cellOptions': { type: 'color-text' },
        }),
        named('Free', { unit: 'bytes' }),
        named('Size', { unit: 'bytes' }),
      ],
    }),
  ],
};

const network = {
  title: 'Network',
  panels: [
    timeSeries({
      title: 'Traffic',
      description: 'Bytes a second that are received (up) and sent (down).',
      w: 8,
      unit: 'Bps',
      queries: [
        { expr: link('node_network_receive_bytes_total'), legend: '{{device}} received' },
        { expr: link('node_network_transmit_bytes_total'), legend: '{{device}} sent' },
      ],
      overrides: [DOWN],
    }),
    timeSeries({
      title: 'Errors and drops',
      description: 'Packets a second that were faulty or dropped.',
      w: 8,
      unit: 'pps',
      custom: { axisSoftMax: 1 },
      queries: [
        {
          expr: `${link('node_network_receive_errs_total')} + ${link('node_network_transmit_errs_total')}`,
          legend: '{{device}} errors',
        },
        {
          expr: `${link('node_network_receive_drop_total')} + ${link('node_network_transmit_drop_total')}`,
          legend: '{{device}} drops',
        },
      ],
    }),
    timeSeries({
      title: 'Sockets',
      description: 'TCP connections that are established, in use and waiting for their end.',
      w: 8,
      unit: 'short',
      queries: [
        { expr: sum('node_netstat_Tcp_CurrEstab'), legend: 'established' },
        { expr: sum('node_sockstat_TCP_inuse'), legend: 'in use' },
        { expr: sum('node_sockstat_TCP_tw'), legend: 'time wait' },
      ],
    }),
  ],
};

const day = {
  title: 'Last 24 hours',
  panels: [
    timeSeries({
      title: 'CPU of a day',
      description: 'Share of the CPU time that was used.',
      w: 8,
      unit: 'percentunit',
      last: '24h',
      queries: [
        {
          expr: `1 - avg(rate(node_cpu_seconds_total{mode="idle", ${SELECTED}}[$__rate_interval]))`,
          legend: 'CPU',
        },
      ],
    }),
    timeSeries({
      title: 'Memory of a day',
      description: 'Memory that is in use and cannot be freed at once.',
      w: 8,
      unit: 'bytes',
      last: '24h',
      queries: [
        {
          expr: `${sum('node_memory_MemTotal_bytes')} - ${sum('node_memory_MemAvailable_bytes')}`,
          legend: 'in use',
        },
      ],
    }),
    timeSeries({
      title: 'Network of a day',
      description: 'Bytes a second that are received (up) and sent (down).',
      w: 8,
      unit: 'Bps',
      last: '24h',
      queries: [
        {
          expr: `sum(rate(node_network_receive_bytes_total{${LINKS}}[$__rate_interval]))`,
          legend: 'received',
        },
        {
          expr: `sum(rate(node_network_transmit_bytes_total{${LINKS}}[$__rate_interval]))`,
          legend: 'sent',
        },
      ],
      overrides: [DOWN],
    }),
  ],
};

export const host = dashboard({
  uid: 'kymo-host',
  title: 'Host',
  description: 'The machine, by the names of node_exporter.',
  last: '15m',
  sections: [processor, memory, disks, network, day],
});
