import { existsSync } from 'node:fs';
import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { SystemFile } from '../file.js';
import { readOnce } from '../folder.js';
import type { SystemOptions } from '../options.js';

/** Network devices that are bonded into one, and how many of them work. */
export function bonding({ sysfs }: SystemOptions): Source {
  const folder = path.join(sysfs, 'class/net');
  const masters = new SystemFile(path.join(folder, 'bonding_masters'));
  const slaves = new Family({
    name: 'node_bonding_slaves',
    type: 'gauge',
    help: 'Devices that the bonding device consists of.',
    labels: ['master'],
  });
  const active = new Family({
    name: 'node_bonding_active',
    type: 'gauge',
    help: 'Devices of the bonding device whose link is up.',
    labels: ['master'],
  });
  const none = new NoData('bonding is not loaded');
  return {
    name: 'bonding',
    collect: ({ writer }) => {
      if (!existsSync(masters.path)) throw none;
      for (const master of words(masters.attribute())) {
        const names = words(readOnce(path.join(folder, master, 'bonding/slaves')));
        const states = names.map((name) => linkState(path.join(folder, master), name));
        slaves.set(writer, names.length, master);
        active.set(writer, states.filter((state) => state === 'up').length, master);
      }
    },
    stop: () => masters.close(),
  };
}

function linkState(master: string, slave: string): string | undefined {
  // Kernels before 3.17 call it slave_<name>.
  return (
    readOnce(path.join(master, `lower_${slave}`, 'bonding_slave/mii_status')) ??
    readOnce(path.join(master, `slave_${slave}`, 'bonding_slave/mii_status'))
  );
}

function words(text: string | undefined): string[] {
  return text?.split(/\s+/).filter((word) => word !== '') ?? [];
}
