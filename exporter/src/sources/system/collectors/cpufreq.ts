import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { listFolder } from '../folder.js';
import type { SystemOptions } from '../options.js';
import { SlowAttributes, type SlowAttribute } from '../slow-attributes.js';

const HERTZ_PER_KILOHERTZ = 1000;

/** Files in /sys/devices/system/cpu/<cpu>/cpufreq; some kernels take 10 ms to tell a current one. */
const FILES = [
  {
    file: 'cpuinfo_cur_freq',
    name: 'frequency_hertz',
    help: 'Frequency that the CPU thread runs at, as the hardware tells it.',
  },
  {
    file: 'cpuinfo_min_freq',
    name: 'frequency_min_hertz',
    help: 'Lowest frequency that the CPU thread can run at.',
    steady: true,
  },
  {
    file: 'cpuinfo_max_freq',
    name: 'frequency_max_hertz',
    help: 'Highest frequency that the CPU thread can run at.',
    steady: true,
  },
  {
    file: 'scaling_cur_freq',
    name: 'scaling_frequency_hertz',
    help: 'Frequency that the CPU thread runs at, as the kernel has set it.',
  },
  {
    file: 'scaling_min_freq',
    name: 'scaling_frequency_min_hertz',
    help: 'Lowest frequency that the kernel may set.',
    steady: true,
  },
  {
    file: 'scaling_max_freq',
    name: 'scaling_frequency_max_hertz',
    help: 'Highest frequency that the kernel may set.',
    steady: true,
  },
];

/** Frequencies of the CPUs. */
export function cpufreq({ sysfs, clock }: SystemOptions): Source {
  const folder = path.join(sysfs, 'devices/system/cpu');
  const families = FILES.map(
    ({ name, help }) =>
      new Family({
        name: `node_cpu_${name}`,
        type: 'gauge',
        unit: 'hertz',
        help,
        labels: ['cpu'],
      }),
  );
  const list = (): SlowAttribute[] => {
    const attributes = listCpus(folder).flatMap(
      (cpu) =>
        FILES.map(({ file, steady }, i) => ({
          path: path.join(folder, `cpu${cpu}`, 'cpufreq', file),
          steady,
          stage: (writer, text) => {
            const kilohertz = Number(text);
            if (kilohertz >= 0) families[i].set(writer, kilohertz * HERTZ_PER_KILOHERTZ, cpu);
          },
        })) satisfies SlowAttribute[],
    );
    if (attributes.length === 0) throw new NoData('no CPU of this host tells its frequency');
    return attributes;
  };
  const attributes = new SlowAttributes({ clock, list });
  return {
    name: 'cpufreq',
    collect: (context) => attributes.collect(context),
    stop: () => attributes.close(),
  };
}

/** Numbers of the CPUs that have a frequency to tell. */
function listCpus(folder: string): string[] {
  return listFolder(folder)
    .filter((name) => /^cpu\d+$/.test(name))
    .filter((name) => listFolder(path.join(folder, name)).includes('cpufreq'))
    .map((name) => name.slice('cpu'.length));
}
