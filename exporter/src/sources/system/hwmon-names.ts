import path from 'node:path';
import type { FamilyDescriptor } from '../family.js';

/** Kinds of sensors, see the kernel's Documentation/hwmon/sysfs-interface. */
const TYPES = new Set(
  'vrm beep_enable update_interval in cpu fan pwm temp curr power energy humidity intrusion'.split(
    ' ',
  ),
);
/** Properties that are set once: limits, names, modes. */
const STEADY =
  /^(label|type|div|pulses|offset|accuracy|rated_.*|(.*_)?(min|max|crit|hyst|emergency))$/;

const MILLI = 0.001;
const MICRO = 1e6;
const ROTATIONS = new Set(['input', 'min', 'max', 'target']);
const INTERVALS = new Set(['average_interval', 'average_interval_min', 'average_interval_max']);

export interface SensorFile {
  readonly path: string;
  /** `temp`, `fan` … */
  readonly type: string;
  /** `temp1`; 0 where the file has no number. */
  readonly sensor: string;
  /** `input`, `max` …, `''` for the sensor itself. */
  readonly property: string;
  readonly steady: boolean;
}

/** Takes a file name such as `temp1_input` apart; undefined for what is no sensor's. */
export function parseSensorFile(folder: string, name: string): SensorFile | undefined {
  const match = /^([^0-9]+)([0-9]*)(?:_(.+))?$/.exec(name);
  if (match === null || !TYPES.has(match[1])) return undefined;
  const [, type, number, property = ''] = match;
  return {
    path: path.join(folder, name),
    type,
    sensor: `${type}${Number(number)}`,
    property,
    steady: STEADY.test(property),
  };
}

/** A property of a sensor as a metric: its family and how its text becomes a value (NaN for none). */
export interface SensorReading {
  readonly descriptor: FamilyDescriptor;
  readonly convert: (text: string) => number;
}

export interface SensorProperty {
  readonly type: string;
  readonly property: string;
  /** All properties of the sensor. */
  readonly properties: ReadonlySet<string>;
}

/** Name, unit and scale of a sensor's property. */
export function describeReading({ type, property, properties }: SensorProperty): SensorReading {
  const scaled =
    (scale: (value: number) => number) =>
    (text: string): number =>
      text.trim() === '' ? NaN : scale(Number(text));
  const asIs = scaled((value) => value);
  const gauge = (name: string, help: string, convert = asIs): SensorReading => ({
    descriptor: { name: `node_hwmon_${name}`, type: 'gauge', help },
    convert,
  });

  switch (type) {
    case 'beep_enable':
      return gauge('beep_enabled', 'Whether the chip may beep.', (text) => (text === '1' ? 1 : 0));
    case 'vrm':
      return gauge('voltage_regulator_version', 'Version of the voltage regulator module.');
    case 'update_interval':
      return gauge(
        'update_interval_seconds',
        'Seconds between updates of the chip.',
        scaled((value) => value * MILLI),
      );
  }

  const suffix = suffixOf(property, properties);
  const name = `${type}${suffix}`;
  const about = `of the sensor, ${property === '' ? 'as it is' : property}`;
  if (property === 'fault' || property === 'alarm') {
    return gauge(name, `Whether the ${type} sensor reports: ${property}.`);
  }
  if (property === 'beep') return gauge(`${name}_enabled`, `Whether the ${type} sensor may beep.`);

  const milli = scaled((value) => value * MILLI);
  const micro = scaled((value) => value / MICRO);
  if (type === 'in' || type === 'cpu') return gauge(`${name}_volts`, `Voltage ${about}.`, milli);
  if (type === 'temp' && property !== 'type') {
    return gauge(`${name}_celsius`, `Temperature ${about}.`, milli);
  }
  if (type === 'curr') return gauge(`${name}_amps`, `Current ${about}.`, milli);
  if (type === 'energy') {
    const { descriptor, convert } = gauge(`${name}_joule_total`, `Energy used ${about}.`, micro);
    return { descriptor: { ...descriptor, type: 'counter' }, convert };
  }
  if (type === 'power') {
    if (property === 'accuracy') return gauge(name, 'Accuracy of the power meter, a ratio.', micro);
    if (INTERVALS.has(property)) {
      return gauge(`${name}_seconds`, `Seconds that the power is averaged over, ${about}.`, milli);
    }
    return gauge(`${name}_watt`, `Power ${about}.`, micro);
  }
  if (type === 'humidity') return gauge(name, `Humidity ${about}, a ratio.`, micro);
  if (type === 'fan' && ROTATIONS.has(property)) {
    return gauge(`${name}_rpm`, `Rotations a minute ${about}.`);
  }
  return gauge(name, `Property ${property === '' ? 'value' : property} of the ${type} sensor.`);
}

/** `input` is the value itself, and is named only where the sensor has a file without property too. */
function suffixOf(property: string, properties: ReadonlySet<string>): string {
  if (property === '') return '';
  if (property === 'input') return properties.has('') ? '_input' : '';
  const cleaned = property
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, '_')
    .replace(/^_+|_+$/g, '');
  return `_${cleaned}`;
}
