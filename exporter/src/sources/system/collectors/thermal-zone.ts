import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { listFolder, readOnce } from '../folder.js';
import type { SystemOptions } from '../options.js';
import { SlowAttributes, type SlowAttribute } from '../slow-attributes.js';

const MILLIDEGREES = 1000;

/** Temperatures that the kernel cools by, and what it cools with. */
export function thermalZone({ sysfs, clock }: SystemOptions): Source {
  const folder = path.join(sysfs, 'class/thermal');
  const temperature = new Family({
    name: 'node_thermal_zone_temp',
    type: 'gauge',
    help: 'Temperature of the zone in degrees Celsius.',
    labels: ['zone', 'type'],
  });
  const current = new Family({
    name: 'node_cooling_device_cur_state',
    type: 'gauge',
    help: 'How hard the cooling device works, from 0 to its highest state.',
    labels: ['name', 'type'],
  });
  const highest = new Family({
    name: 'node_cooling_device_max_state',
    type: 'gauge',
    help: 'Highest state of the cooling device.',
    labels: ['name', 'type'],
  });
  const list = (): SlowAttribute[] => {
    const attributes: SlowAttribute[] = [];
    for (const device of listFolder(folder)) {
      const match = /^(thermal_zone|cooling_device)(\d+)$/.exec(device);
      if (match === null) continue;
      const [, kind, number] = match;
      const type = readOnce(path.join(folder, device, 'type')) ?? '';
      const add = (file: string, family: Family, divisor: number): void => {
        const stage: SlowAttribute['stage'] = (writer, text) => {
          const value = text.trim() === '' ? NaN : Number(text);
          if (!Number.isNaN(value)) family.set(writer, value / divisor, number, type);
        };
        attributes.push({ path: path.join(folder, device, file), stage });
      };
      if (kind === 'thermal_zone') add('temp', temperature, MILLIDEGREES);
      else {
        add('cur_state', current, 1);
        add('max_state', highest, 1);
      }
    }
    if (attributes.length === 0) throw new NoData('this host has no thermal zones');
    return attributes;
  };
  const attributes = new SlowAttributes({ clock, list });
  return {
    name: 'thermal_zone',
    collect: (context) => attributes.collect(context),
    stop: () => attributes.close(),
  };
}
