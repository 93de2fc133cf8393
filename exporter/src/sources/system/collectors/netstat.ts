import path from 'node:path';
import type { SourceWriter } from '../../../series/writer.js';
import type { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { NamePattern } from '../pattern.js';
import { FamiliesByName } from '../row.js';
import type { Scanner } from '../scanner.js';

/** Counters of IP, ICMP, TCP and UDP, of which a setting chooses the fields. */
export function netstat({ procfs, netstat: options }: SystemOptions): Source {
  const wanted = new NamePattern('netstat.fields', options.fields);
  const families = new FamiliesByName((field) =>
    wanted.matches(field)
      ? {
          name: `node_netstat_${field}`,
          type: 'unknown',
          help: `Statistic ${field.replace('_', ' ')} of the network stack.`,
        }
      : undefined,
  );
  const files = ['net/netstat', 'net/snmp'].map((name) => ({
    file: new SystemFile(path.join(procfs, name)),
    headers: [] as (Header | undefined)[],
  }));
  const file6 = new SystemFile(path.join(procfs, 'net/snmp6'));
  return {
    name: 'netstat',
    collect: ({ writer }) => {
      for (const { file, headers } of files) collectTables(file, { writer, families, headers });
      collectFields6(file6, { writer, families });
    },
    stop: () => {
      for (const { file } of files) file.close();
      file6.close();
    },
  };
}

/** The first line of a pair, kept from the last reading. */
interface Header {
  readonly line: Buffer;
  readonly protocol: string;
  /** By column; undefined for one that is not collected. */
  readonly families: readonly (Family | undefined)[];
}

interface Destination {
  readonly writer: SourceWriter;
  readonly families: FamiliesByName;
}

/** Pairs of lines: `Tcp: ActiveOpens PassiveOpens …` and `Tcp: 12 3 …`. */
function collectTables(
  file: SystemFile,
  { writer, families, headers }: Destination & { headers: (Header | undefined)[] },
): void {
  const scanner = file.scan();
  for (let pair = 0; !scanner.atEnd; pair++, scanner.nextLine()) {
    let header = headers[pair];
    if (header === undefined || !scanner.skipLineIfEqual(header.line)) {
      header = readHeader(scanner, families);
      headers[pair] = header;
    }
    const at = scanner.position;
    if (scanner.before(':') !== header.protocol) {
      scanner.fail(at, `the values of ${header.protocol}`);
    }
    for (const family of header.families) {
      if (family === undefined) scanner.skipWords(1);
      else family.set(writer, scanner.number());
    }
  }
}

function readHeader(scanner: Scanner, families: FamiliesByName): Header {
  const line = scanner.copyLine();
  const at = scanner.position;
  const protocol = scanner.before(':') ?? scanner.fail(at, 'a protocol and a colon');
  const columns: (Family | undefined)[] = [];
  while (!scanner.atLineEnd) columns.push(families.get(`${protocol}_${scanner.word()}`));
  scanner.nextLine();
  return { line, protocol, families: columns };
}

/** Lines of a name, which begins with the protocol, and a value: `Ip6InReceives 12`. */
function collectFields6(file: SystemFile, { writer, families }: Destination): void {
  const scanner = file.scanIfExists();
  // Absent where IPv6 is off.
  if (scanner === undefined) return;
  do {
    const name = scanner.word();
    const six = name.indexOf('6');
    if (six < 0) continue;
    const family = families.get(`${name.slice(0, six + 1)}_${name.slice(six + 1)}`);
    family?.set(writer, scanner.number());
  } while (scanner.nextLine());
}
