import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { NamePattern } from '../pattern.js';
import { Row, Table } from '../row.js';
import { UdevDevice } from '../udev.js';

const SECTOR = 512;
const SECONDS_PER_TICK = 0.001;

/** What the columns of /proc/diskstats behind the device's name are; older kernels have 11 or 15. */
const COLUMNS = [
  { name: 'reads_completed_total', help: 'Reads completed.' },
  { name: 'reads_merged_total', help: 'Reads merged with another.' },
  { name: 'read_bytes_total', help: 'Bytes read.', factor: SECTOR },
  {
    name: 'read_time_seconds_total',
    help: 'Seconds that all reads took together.',
    factor: SECONDS_PER_TICK,
  },
  { name: 'writes_completed_total', help: 'Writes completed.' },
  { name: 'writes_merged_total', help: 'Writes merged with another.' },
  { name: 'written_bytes_total', help: 'Bytes written.', factor: SECTOR },
  {
    name: 'write_time_seconds_total',
    help: 'Seconds that all writes took together.',
    factor: SECONDS_PER_TICK,
  },
  { name: 'io_now', help: 'Reads and writes in progress.', type: 'gauge' },
  {
    name: 'io_time_seconds_total',
    help: 'Seconds in which at least one read or write was in progress.',
    factor: SECONDS_PER_TICK,
  },
  {
    name: 'io_time_weighted_seconds_total',
    help: 'Seconds that reads and writes were in progress, times their number.',
    factor: SECONDS_PER_TICK,
  },
  { name: 'discards_completed_total', help: 'Discards completed.' },
  { name: 'discards_merged_total', help: 'Discards merged with another.' },
  { name: 'discarded_sectors_total', help: 'Sectors of 512 bytes discarded.' },
  {
    name: 'discard_time_seconds_total',
    help: 'Seconds that all discards took together.',
    factor: SECONDS_PER_TICK,
  },
  { name: 'flush_requests_total', help: 'Flush requests completed.' },
  {
    name: 'flush_requests_time_seconds_total',
    help: 'Seconds that all flush requests took together.',
    factor: SECONDS_PER_TICK,
  },
] as const;

const FACTORS = COLUMNS.map((column) => ('factor' in column ? column.factor : 1));

interface Disk {
  readonly row: Row;
  readonly udev: UdevDevice;
}

/** Reads, writes, discards and flushes of block devices, and what udev knows of them. */
export function diskstats({ procfs, rootfs, diskstats: options }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'diskstats'));
  const excluded = new NamePattern('diskstats.device_exclude', options.deviceExclude);
  const families = COLUMNS.map(
    (column) =>
      new Family({
        name: `node_disk_${column.name}`,
        type: 'type' in column ? column.type : 'counter',
        help: column.help,
        labels: ['device'],
      }),
  );
  const udevData = path.join(rootfs, 'run/udev/data');
  const disks = new Table<Disk>((key) => {
    const [major, minor, device] = key.split(' ', 3);
    return {
      row: new Row(families.map((family) => ({ family, labels: [device] }))),
      udev: new UdevDevice({ folder: udevData, device, major, minor }),
    };
  });
  return {
    name: 'diskstats',
    collect: ({ writer }) => {
      const scanner = file.scan();
      disks.begin();
      do {
        if (scanner.atLineEnd) continue;
        const at = scanner.position;
        const major = scanner.number();
        const minor = scanner.number();
        const device = scanner.word();
        if (scanner.atLineEnd) scanner.fail(at, 'numbers of the device, its name and counts');
        if (excluded.matches(device)) continue;
        const { row, udev } = disks.get(`${major} ${minor} ${device}`);
        for (let i = 0; i < FACTORS.length && !scanner.atLineEnd; i++) {
          row.set(writer, i, scanner.number() * FACTORS[i]);
        }
        udev.collect(writer);
      } while (scanner.nextLine());
      disks.end();
    },
    stop: () => file.close(),
  };
}
