import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import type { Scanner } from '../scanner.js';

/** Columns of /proc/net/stat/nf_conntrack that are collected, summed over the CPUs. */
const COLUMNS = {
  found: 'Entries searched for and found.',
  invalid: 'Packets that cannot be tracked.',
  ignore: 'Packets that already belong to an entry.',
  insert: 'Entries inserted.',
  insert_failed: 'Entries that could not be inserted, most often because they were there already.',
  drop: 'Packets dropped because tracking failed.',
  early_drop: 'Entries dropped to make room for new ones in a full table.',
  search_restart: 'Searches begun again because the table was being resized.',
};

/** The connection tracking table of netfilter: how full it is, and what it refused. */
export function conntrack({ procfs }: SystemOptions): Source {
  const entries = {
    file: new SystemFile(path.join(procfs, 'sys/net/netfilter/nf_conntrack_count')),
    family: new Family({
      name: 'node_nf_conntrack_entries',
      type: 'gauge',
      help: 'Connections that are tracked.',
    }),
  };
  const limit = {
    file: new SystemFile(path.join(procfs, 'sys/net/netfilter/nf_conntrack_max')),
    family: new Family({
      name: 'node_nf_conntrack_entries_limit',
      type: 'gauge',
      help: 'Connections that can be tracked at most.',
    }),
  };
  const statistics = new SystemFile(path.join(procfs, 'net/stat/nf_conntrack'));
  const families = new Map<string, Family>(
    Object.entries(COLUMNS).map(([column, help]) => [
      column,
      new Family({ name: `node_nf_conntrack_stat_${column}`, type: 'gauge', help }),
    ]),
  );
  const none = new NoData('connection tracking is not loaded');
  return {
    name: 'conntrack',
    collect: ({ writer }) => {
      for (const { file, family } of [entries, limit]) {
        const scanner = file.scanIfExists();
        if (scanner === undefined) throw none;
        family.set(writer, scanner.number());
      }
      const scanner = statistics.scanIfExists();
      if (scanner === undefined) return;
      for (const [column, sum] of sumColumns(scanner)) families.get(column)?.set(writer, sum);
    },
    stop: () => {
      for (const file of [entries.file, limit.file, statistics]) file.close();
    },
  };
}

/** A line of column names, then one line of hexadecimal numbers a CPU. */
function sumColumns(scanner: Scanner): Map<string, number> {
  const names: string[] = [];
  while (!scanner.atLineEnd) names.push(scanner.word());
  const sums = new Map<string, number>();
  while (scanner.nextLine()) {
    for (const name of names) sums.set(name, (sums.get(name) ?? 0) + scanner.hex());
  }
  return sums;
}
