import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';

/** Columns before the device: address, hardware type, flags, hardware address, mask. */
const COLUMNS_BEFORE_DEVICE = 5;

/** Entries of the ARP table. */
export function arp({ procfs }: SystemOptions): Source {
  const file = new SystemFile(path.join(procfs, 'net/arp'));
  const family = new Family({
    name: 'node_arp_entries',
    type: 'gauge',
    help: 'ARP entries of the device.',
    labels: ['device'],
  });
  return {
    name: 'arp',
    collect: ({ writer }) => {
      const scanner = file.scan();
      const entries = new Map<string, number>();
      while (scanner.nextLine()) {
        const at = scanner.position;
        scanner.skipWords(COLUMNS_BEFORE_DEVICE);
        const device = scanner.word();
        if (device === '') scanner.fail(at, 'an entry of six columns');
        entries.set(device, (entries.get(device) ?? 0) + 1);
      }
      for (const [device, count] of entries) family.set(writer, count, device);
    },
    stop: () => file.close(),
  };
}
