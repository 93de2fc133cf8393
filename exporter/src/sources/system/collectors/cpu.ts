import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { Row, Table } from '../row.js';
import type { Scanner } from '../scanner.js';
import { ThrottleCounts } from '../throttle.js';

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Columns of /proc/stat; `guest` and `guest_nice` follow. */
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];
const GUEST_MODES = ['user', 'nice'];
const IDLE = MODES.indexOf('idle');
/**
 * The kernel's idle and iowait times may go back by a little, which a counter must not. More than
 * this many ticks mean that the CPU was taken away and came back.
 */
const JUMP_BACK = 3 * TICKS_PER_SECOND;

/** One CPU: its series and the highest times seen. */
interface Cpu {
  readonly row: Row;
  readonly ticks: number[];
}

/** Time that each CPU spent in each mode, CPUs that are isolated, and thermal throttling. */
export function cpu({ procfs, sysfs }: SystemOptions): Source {
  const seconds = new Family({
    name: 'node_cpu_seconds_total',
    type: 'counter',
    help: 'Seconds that the CPUs spent in each mode.',
    labels: ['cpu', 'mode'],
  });
  const guest = new Family({
    name: 'node_cpu_guest_seconds_total',
    type: 'counter',
    help: 'Seconds that the CPUs spent in guests (virtual machines) for each mode; they are part of the times in mode user and nice too.',
    labels: ['cpu', 'mode'],
  });
  const isolated = new Family({
    name: 'node_cpu_isolated',
    type: 'gauge',
    help: 'CPUs that are kept free of the scheduler, from /sys/devices/system/cpu/isolated.',
    labels: ['cpu'],
  });
  const cpus = new Table<Cpu>((name) => ({
    row: new Row([
      ...MODES.map((mode) => ({ family: seconds, labels: [name, mode] })),
      ...GUEST_MODES.map((mode) => ({ family: guest, labels: [name, mode] })),
    ]),
    ticks: [],
  }));
  const stat = new SystemFile(path.join(procfs, 'stat'));
  const isolatedList = new SystemFile(path.join(sysfs, 'devices/system/cpu/isolated'));
  const throttles = new ThrottleCounts(path.join(sysfs, 'devices/system/cpu'));
  let isolatedText: string | undefined;
  let isolatedCpus: string[] = [];

  return {
    name: 'cpu',
    collect: ({ writer }) => {
      const scanner = stat.scan();
      cpus.begin();
      do {
        const at = scanner.position;
        const word = scanner.word();
        if (!word.startsWith('cpu') || word === 'cpu') continue;
        if (!/^cpu\d+$/.test(word)) scanner.fail(at, 'a CPU');
        const { row, ticks } = cpus.get(word.slice(3));
        readTicks(scanner, ticks);
        for (let i = 0; i < ticks.length; i++) {
          row.set(writer, i, ticks[i] / TICKS_PER_SECOND);
        }
      } while (scanner.nextLine());
      cpus.end();

      const text = isolatedList.attribute();
      if (text !== isolatedText) {
        isolatedText = text;
        isolatedCpus = expandCpuList(text ?? '');
      }
      for (const name of isolatedCpus) isolated.set(writer, 1, name);

      throttles.collect(writer, cpus.size);
    },
    stop: () => {
      stat.close();
      isolatedList.close();
      throttles.close();
    },
  };
}

const columns: number[] = [];

/** Reads the columns of one CPU and keeps the highest of each. */
function readTicks(scanner: Scanner, ticks: number[]): void {
  columns.length = 0;
  while (columns.length < MODES.length + GUEST_MODES.length && !scanner.atLineEnd) {
    columns.push(scanner.number());
  }
  if (ticks[IDLE] - columns[IDLE] >= JUMP_BACK) ticks.length = 0;
  for (let i = 0; i < columns.length; i++) if (!(columns[i] < ticks[i])) ticks[i] = columns[i];
}

/** The CPUs of a list as the kernel writes it: `0-2,7`. */
export function expandCpuList(text: string): string[] {
  const cpus: string[] = [];
  for (const part of text.split(',')) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (range === null) continue;
    const first = Number(range[1]);
    const last = range[2] === undefined ? first : Number(range[2]);
    for (let cpu = first; cpu <= last; cpu++) cpus.push(String(cpu));
  }
  return cpus;
}
