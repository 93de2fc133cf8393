import path from 'node:path';
import { Family } from '../../family.js';
import type { Source } from '../../source.js';
import { SystemFile } from '../file.js';
import { listFolder } from '../folder.js';
import type { SystemOptions } from '../options.js';
import { TimeZone } from '../time-zone.js';

const SECONDS_PER_MINUTE = 60;

interface ClockSource {
  readonly device: string;
  readonly available: SystemFile;
  readonly current: SystemFile;
}

/** The host's time, its time zone and the hardware that its clock runs on. */
export function time({ sysfs, clock }: SystemOptions): Source {
  const seconds = new Family({
    name: 'node_time_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'The time of this host, in Unix time.',
  });
  const offset = new Family({
    name: 'node_time_zone_offset_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'What the time zone of this host adds to UTC.',
    labels: ['time_zone'],
  });
  const available = new Family({
    name: 'node_time_clocksource_available_info',
    type: 'gauge',
    help: 'Clock sources that the kernel can use; the value is always 1.',
    labels: ['device', 'clocksource'],
  });
  const current = new Family({
    name: 'node_time_clocksource_current_info',
    type: 'gauge',
    help: 'The clock source that the kernel uses; the value is always 1.',
    labels: ['device', 'clocksource'],
  });
  const zone = new TimeZone();
  const folder = path.join(sysfs, 'devices/system/clocksource');
  let sources: readonly ClockSource[] | undefined;
  return {
    name: 'time',
    collect: ({ writer }) => {
      const now = clock.now();
      seconds.set(writer, now / 1000);
      const minutes = -new Date(now).getTimezoneOffset();
      offset.set(writer, minutes * SECONDS_PER_MINUTE, zone.abbreviation(minutes));
      sources ??= listClockSources(folder);
      for (const source of sources) {
        const names = source.available.attribute() ?? '';
        for (const name of names.split(' ')) {
          if (name !== '') available.set(writer, 1, source.device, name);
        }
        const used = source.current.attribute();
        if (used !== undefined) current.set(writer, 1, source.device, used);
      }
    },
    stop: () => {
      for (const source of sources ?? []) {
        source.available.close();
        source.current.close();
      }
      sources = undefined;
    },
  };
}

/** They come with the kernel, so they are listed once. */
function listClockSources(folder: string): ClockSource[] {
  return listFolder(folder)
    .filter((name) => /^clocksource\d+$/.test(name))
    .map((name) => ({
      device: name.slice('clocksource'.length),
      available: new SystemFile(path.join(folder, name, 'available_clocksource')),
      current: new SystemFile(path.join(folder, name, 'current_clocksource')),
    }));
}
