import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { NamePattern } from '../pattern.js';
import { Row, Table } from '../row.js';

/** The columns of /proc/net/dev behind the device's name. */
const COLUMNS = [
  'receive_bytes',
  'receive_packets',
  'receive_errs',
  'receive_drop',
  'receive_fifo',
  'receive_frame',
  'receive_compressed',
  'receive_multicast',
  'transmit_bytes',
  'transmit_packets',
  'transmit_errs',
  'transmit_drop',
  'transmit_fifo',
  'transmit_colls',
  'transmit_carrier',
  'transmit_compressed',
];
/** The one statistic that only sysfs tells. */
const NO_HANDLER = COLUMNS.length;
const HEADER_LINES = 2;

interface Device {
  readonly row: Row;
  readonly noHandler: SystemFile;
}

/** Bytes, packets and errors of network devices. */
export function netdev({ procfs, sysfs, netdev: options }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'net/dev'));
  const excluded = new NamePattern('netdev.device_exclude', options.deviceExclude);
  const families = [...COLUMNS, 'receive_nohandler'].map(
    (name) =>
      new Family({
        name: `node_network_${name}_total`,
        type: 'counter',
        help: `Statistic ${name} of the network device.`,
        labels: ['device'],
      }),
  );
  const devices = new Table<Device>(
    (name) => ({
      row: new Row(families.map((family) => ({ family, labels: [name] }))),
      noHandler: new SystemFile(path.join(sysfs, 'class/net', name, 'statistics/rx_nohandler')),
    }),
    ({ noHandler }) => noHandler.close(),
  );
  return {
    name: 'netdev',
    collect: ({ writer }) => {
      const scanner = file.scan();
      for (let i = 0; i < HEADER_LINES; i++) scanner.nextLine();
      devices.begin();
      for (; !scanner.atEnd; scanner.nextLine()) {
        const at = scanner.position;
        const name = scanner.before(':') ?? scanner.fail(at, 'a device and a colon');
        if (excluded.matches(name)) continue;
        const { row } = devices.get(name);
        for (let i = 0; i < COLUMNS.length && !scanner.atLineEnd; i++) {
          row.set(writer, i, scanner.number());
        }
      }
      devices.end();
      for (const { row, noHandler } of devices.values()) {
        const value = noHandler.numericAttribute();
        if (value !== undefined) row.set(writer, NO_HANDLER, value);
      }
    },
    stop: () => {
      file.close();
      devices.clear();
    },
  };
}
