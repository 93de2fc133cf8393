import { realpathSync } from 'node:fs';
import path from 'node:path';
import { Family, type FamilyDescriptor } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { listFolder, readOnce } from '../folder.js';
import { describeReading, parseSensorFile, type SensorFile } from '../hwmon-names.js';
import type { SystemOptions } from '../options.js';
import { NamePattern } from '../pattern.js';
import { SlowAttributes, type SlowAttribute } from '../slow-attributes.js';

const chipNames = {
  name: 'node_hwmon_chip_names',
  type: 'gauge',
  help: 'Name that the driver gives the chip; the value is always 1.',
  labels: ['chip', 'chip_name'],
} as const;
const sensorLabel = {
  name: 'node_hwmon_sensor_label',
  type: 'gauge',
  help: 'Name that the driver gives the sensor; the value is always 1.',
  labels: ['chip', 'sensor', 'label'],
} as const;

/** Sensors of the hardware: temperatures, fans, voltages, currents, powers. */
export function hwmon({ sysfs, clock, hwmon: options }: SystemOptions): Source {
  const folder = path.join(sysfs, 'class/hwmon');
  const excluded = new NamePattern('hwmon.chip_exclude', options.chipExclude);
  const names = new Family(chipNames);
  const label = new Family(sensorLabel);
  const families = new Map<string, Family>();
  const familyOf = (descriptor: FamilyDescriptor): Family => {
    let family = families.get(descriptor.name);
    if (family === undefined) {
      family = new Family({ ...descriptor, labels: ['chip', 'sensor'] });
      families.set(descriptor.name, family);
    }
    return family;
  };

  const listSensor = (chip: string, files: readonly SensorFile[]): SlowAttribute[] => {
    const { sensor } = files[0];
    const properties = new Set(files.map(({ property }) => property));
    return files.map(({ path, type, property, steady }): SlowAttribute => {
      if (property === 'label') {
        return { path, steady, stage: (writer, text) => label.set(writer, 1, chip, sensor, text) };
      }
      const { descriptor, convert } = describeReading({ type, property, properties });
      const family = familyOf(descriptor);
      return {
        path,
        steady,
        stage: (writer, text) => {
          const value = convert(text);
          if (!Number.isNaN(value)) family.set(writer, value, chip, sensor);
        },
      };
    });
  };

  const listChip = (chipFolder: string): SlowAttribute[] => {
    const chip = chipLabel(chipFolder);
    if (excluded.matches(chip)) return [];
    const sensors = new Map<string, Map<string, SensorFile>>();
    for (const at of [chipFolder, path.join(chipFolder, 'device')]) {
      for (const name of listFolder(at)) {
        const file = parseSensorFile(at, name);
        if (file === undefined) continue;
        const properties = sensors.get(file.sensor) ?? new Map<string, SensorFile>();
        properties.set(file.property, file);
        sensors.set(file.sensor, properties);
      }
    }
    const attributes = [...sensors.values()].flatMap((files) =>
      listSensor(chip, [...files.values()]),
    );
    attributes.push({
      path: path.join(chipFolder, 'name'),
      steady: true,
      stage: (writer, text) => {
        const name = clean(text);
        if (name !== '') names.set(writer, 1, chip, name);
      },
    });
    return attributes;
  };

  const list = (): SlowAttribute[] => {
    const chips = listFolder(folder);
    if (chips.length === 0) throw new NoData('this host has no hardware sensors');
    return chips.flatMap((name) => listChip(path.join(folder, name)));
  };
  const attributes = new SlowAttributes({ clock, list });
  return {
    name: 'hwmon',
    collect: (context) => attributes.collect(context),
    stop: () => attributes.close(),
  };
}

/**
 * A name for the chip that stays: hwmon's numbers depend on the order in which drivers were loaded, so
 * the device's path goes first, then the driver's name.
 */
function chipLabel(folder: string): string {
  const device = realPath(path.join(folder, 'device'));
  const name = device === undefined ? '' : clean(path.basename(device));
  if (device !== undefined && name !== '') {
    const bus = clean(path.basename(path.dirname(device)));
    return bus === '' ? name : `${bus}_${name}`;
  }
  const driver = clean(readOnce(path.join(folder, 'name')) ?? '');
  return driver === '' ? clean(path.basename(realPath(folder) ?? folder)) : driver;
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

/** As a part of a metric's name. */
function clean(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, '_')
    .replace(/^_+|_+$/g, '');
}
