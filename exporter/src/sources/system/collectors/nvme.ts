import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { SystemFile } from '../file.js';
import { listFolder } from '../folder.js';
import type { SystemOptions } from '../options.js';
import { Table } from '../row.js';

/** Labels and the files in /sys/class/nvme/<device> that they show. */
const FILES = {
  firmware_revision: 'firmware_rev',
  model: 'model',
  serial: 'serial',
  state: 'state',
};

/** NVMe controllers. */
export function nvme({ sysfs }: SystemOptions): Source {
  const folder = path.join(sysfs, 'class/nvme');
  const family = new Family({
    name: 'node_nvme_info',
    type: 'gauge',
    help: 'NVMe controller and its state; the value is always 1.',
    labels: ['device', ...Object.keys(FILES)],
  });
  const devices = new Table(
    (name) => Object.values(FILES).map((file) => new SystemFile(path.join(folder, name, file))),
    (files) => files.forEach((file) => file.close()),
  );
  const none = new NoData('this host has no NVMe controller');
  return {
    name: 'nvme',
    collect: ({ writer }) => {
      const names = listFolder(folder);
      devices.begin();
      for (const name of names) {
        const values = devices.get(name).map((file) => file.attribute() ?? '');
        family.set(writer, 1, name, ...values);
      }
      devices.end();
      if (names.length === 0) throw none;
    },
    stop: () => devices.clear(),
  };
}
