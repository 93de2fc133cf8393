import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { parseHex, type Scanner } from '../scanner.js';

/** Columns before the queues: number, local and remote address, state. */
const COLUMNS_BEFORE_QUEUES = 4;

/** Bytes of UDP datagrams that wait in the kernel. */
export function udpQueues({ procfs }: SystemOptions): Source {
  const files = [
    { ip: 'v4', file: new SystemFile(path.join(procfs, 'net/udp')) },
    { ip: 'v6', file: new SystemFile(path.join(procfs, 'net/udp6')) },
  ];
  const family = new Family({
    name: 'node_udp_queues',
    type: 'gauge',
    help: 'Bytes of UDP datagrams that wait in the kernel to be sent (tx) or to be read (rx).',
    labels: ['queue', 'ip'],
  });
  const none = new NoData('this kernel has no UDP');
  return {
    name: 'udp_queues',
    collect: ({ writer }) => {
      let found = 0;
      for (const { ip, file } of files) {
        const scanner = file.scanIfExists();
        if (scanner === undefined) continue;
        const { sent, received } = sumQueues(scanner);
        family.set(writer, sent, 'tx', ip);
        family.set(writer, received, 'rx', ip);
        found++;
      }
      if (found === 0) throw none;
    },
    stop: () => {
      for (const { file } of files) file.close();
    },
  };
}

/** One line a socket after the header; the queues are `tx:rx`, hexadecimal. */
function sumQueues(scanner: Scanner): { sent: number; received: number } {
  let sent = 0;
  let received = 0;
  while (scanner.nextLine()) {
    scanner.skipWords(COLUMNS_BEFORE_QUEUES);
    const at = scanner.position;
    const tx = parseHex(scanner.before(':') ?? '');
    const rx = parseHex(scanner.word());
    if (Number.isNaN(tx) || Number.isNaN(rx)) scanner.fail(at, 'queue lengths');
    sent += tx;
    received += rx;
  }
  return { sent, received };
}
