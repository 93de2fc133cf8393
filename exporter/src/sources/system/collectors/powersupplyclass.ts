import path from 'node:path';
import { Family, type FamilyDescriptor } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { listFolder } from '../folder.js';
import type { SystemOptions } from '../options.js';
import { SlowAttributes, type SlowAttribute } from '../slow-attributes.js';

const MICRO = 1e6;
const TENTHS = 10;

/** Files whose series is not named as they are. */
const NAMES: Readonly<Record<string, string>> = {
  cycle_count: 'cyclecount',
  time_to_empty_now: 'time_to_empty_seconds',
  time_to_full_now: 'time_to_full_seconds',
  current_now: 'current_ampere',
  energy_now: 'energy_watthour',
  voltage_now: 'voltage_volt',
  charge_now: 'charge_ampere',
  power_now: 'power_watt',
};
const PLAIN =
  'authentic calibrate capacity capacity_alert_max capacity_alert_min cycle_count online present ' +
  'time_to_empty_now time_to_full_now';
const IN_MILLIONTHS =
  'current_boot current_max current_now energy_empty energy_empty_design energy_full ' +
  'energy_full_design energy_now voltage_boot voltage_max voltage_max_design voltage_min ' +
  'voltage_min_design voltage_now voltage_ocv charge_control_limit charge_control_limit_max ' +
  'charge_counter charge_empty charge_empty_design charge_full charge_full_design charge_now ' +
  'charge_term_current constant_charge_current constant_charge_current_max ' +
  'constant_charge_voltage constant_charge_voltage_max precharge_current input_current_limit ' +
  'power_now';
const TEMPERATURES =
  'temp temp_alert_max temp_alert_min temp_ambient temp_ambient_max temp_ambient_min temp_max temp_min';
/** Files that tell a word; they are labels of one series. The last of them every supply has. */
const WORDS =
  'capacity_level charge_type health manufacturer model_name serial_number status technology ' +
  'usb_type scope type';

interface NumericFile {
  readonly file: string;
  readonly divisor: number;
  readonly descriptor: FamilyDescriptor;
}

const numeric = (files: string, divisor: number, suffix = ''): NumericFile[] =>
  files.split(' ').map((file) => ({
    file,
    divisor,
    descriptor: {
      name: `node_power_supply_${NAMES[file] ?? file}${suffix}`,
      type: 'gauge',
      help: `Property ${file} of the power supply.`,
      labels: ['power_supply'],
    },
  }));

/** Batteries, mains and USB power. Firmware answers for them, which may take long. */
export function powersupplyclass({ sysfs, clock }: SystemOptions): Source {
  const folder = path.join(sysfs, 'class/power_supply');
  const files = [
    ...numeric(PLAIN, 1),
    ...numeric(IN_MILLIONTHS, MICRO),
    ...numeric(TEMPERATURES, TENTHS, '_celsius'),
  ].map((file) => ({ ...file, family: new Family(file.descriptor) }));
  const words = WORDS.split(' ');
  const info = new Family({
    name: 'node_power_supply_info',
    type: 'gauge',
    help: 'What the power supply tells in words; the value is always 1.',
    labels: ['power_supply', ...words],
  });

  const listSupply = (supply: string): SlowAttribute[] => {
    const at = path.join(folder, supply);
    const present = new Set(listFolder(at));
    const values = new Map<string, string>();
    const attributes: SlowAttribute[] = [];
    for (const word of words) {
      if (!present.has(word)) continue;
      attributes.push({
        path: path.join(at, word),
        stage: (writer, text) => {
          values.set(word, text.trim());
          if (word !== 'type') return;
          info.set(writer, 1, supply, ...words.map((label) => values.get(label) ?? ''));
          values.clear();
        },
      });
    }
    for (const { file, family, divisor } of files) {
      if (!present.has(file)) continue;
      attributes.push({
        path: path.join(at, file),
        stage: (writer, text) => {
          const value = text.trim() === '' ? NaN : Number(text);
          if (!Number.isNaN(value)) family.set(writer, value / divisor, supply);
        },
      });
    }
    return attributes;
  };

  const list = (): SlowAttribute[] => {
    const supplies = listFolder(folder);
    if (supplies.length === 0) throw new NoData('this host tells of no power supply');
    return supplies.flatMap(listSupply);
  };
  const attributes = new SlowAttributes({ clock, list });
  return {
    name: 'powersupplyclass',
    collect: (context) => attributes.collect(context),
    stop: () => attributes.close(),
  };
}
