import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { SourceWriter } from '../../../series/writer.js';
import { Family, type FamilyDescriptor } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { isMissing, SystemFile } from '../file.js';
import type { SystemOptions } from '../options.js';
import { NamePattern } from '../pattern.js';
import { Row, Table } from '../row.js';

/**
 * Attributes read a tick at most. A host with hundreds of virtual devices has its devices read in
 * turn, and in between tells what was read last.
 */
const READINGS_PER_TICK = 256;
const BYTES_PER_MEGABIT = 125_000;

interface NumericAttribute {
  /** In /sys/class/net/<device>. */
  readonly file: string;
  readonly descriptor: FamilyDescriptor;
  readonly factor?: number;
}

const attribute = (
  file: string,
  name: string,
  options: { type?: 'counter'; unit?: string; factor?: number } = {},
): NumericAttribute => ({
  file,
  descriptor: {
    name: `node_network_${name}`,
    type: options.type ?? 'gauge',
    unit: options.unit,
    help: `Property ${name} of the network device.`,
    labels: ['device'],
  },
  factor: options.factor,
});

const NUMERIC: readonly NumericAttribute[] = [
  attribute('flags', 'flags'),
  attribute('addr_assign_type', 'address_assign_type'),
  attribute('carrier', 'carrier'),
  attribute('carrier_changes', 'carrier_changes_total', { type: 'counter' }),
  attribute('carrier_up_count', 'carrier_up_changes_total', { type: 'counter' }),
  attribute('carrier_down_count', 'carrier_down_changes_total', { type: 'counter' }),
  attribute('dev_id', 'device_id'),
  attribute('dormant', 'dormant'),
  attribute('ifindex', 'iface_id'),
  attribute('iflink', 'iface_link'),
  attribute('link_mode', 'iface_link_mode'),
  attribute('mtu', 'mtu_bytes', { unit: 'bytes' }),
  attribute('name_assign_type', 'name_assign_type'),
  attribute('netdev_group', 'net_dev_group'),
  // Megabits a second; -1 where the device does not know.
  attribute('speed', 'speed_bytes', { unit: 'bytes', factor: BYTES_PER_MEGABIT }),
  attribute('tx_queue_len', 'transmit_queue_length'),
  attribute('type', 'protocol_type'),
];
const UP = NUMERIC.length;

const up: FamilyDescriptor = {
  name: 'node_network_up',
  type: 'gauge',
  help: 'Whether the network device is up: 1 where its operstate is `up`, 0 otherwise.',
  labels: ['device'],
};
const INFO = ['address', 'broadcast', 'duplex', 'operstate', 'ifalias'];
const OPERSTATE = INFO.indexOf('operstate');
const info: FamilyDescriptor = {
  name: 'node_network_info',
  type: 'gauge',
  help: 'What /sys/class/net tells of the network device in words; the value is always 1.',
  labels: ['device', ...INFO],
};
const ATTRIBUTES_PER_DEVICE = NUMERIC.length + INFO.length;

/** Properties of network devices: link state, speed, MTU, addresses. */
export function netclass({ sysfs, netclass: options }: SystemOptions): Source {
  const folder = path.join(sysfs, 'class/net');
  const ignored = new NamePattern('netclass.ignored_devices', options.ignoredDevices);
  const families = {
    numeric: [...NUMERIC.map(({ descriptor }) => descriptor), up].map((d) => new Family(d)),
    info: new Family(info),
  };
  const devices = new Table<Device>(
    (name) => new Device(path.join(folder, name), name, families),
    (device) => device.close(),
  );
  let turn = 0;
  return {
    name: 'netclass',
    collect: ({ writer }) => {
      let names: string[];
      try {
        names = readdirSync(folder);
      } catch (thrown) {
        if (isMissing(thrown)) throw new NoData(`${folder} does not exist`);
        throw thrown;
      }
      devices.begin();
      const known: Device[] = [];
      for (const name of names) {
        if (ignored.matches(name)) continue;
        const device = devices.get(name);
        if (device.exists) known.push(device);
      }
      devices.end();

      const fresh = Math.max(1, Math.floor(READINGS_PER_TICK / ATTRIBUTES_PER_DEVICE));
      if (known.length <= fresh) turn = 0;
      for (let i = 0; i < Math.min(fresh, known.length); i++) {
        known[(turn + i) % known.length].read();
      }
      turn = known.length <= fresh ? 0 : (turn + fresh) % known.length;
      for (const device of known) device.stage(writer);
    },
    stop: () => devices.clear(),
  };
}

interface Families {
  readonly numeric: readonly Family[];
  readonly info: Family;
}

/** One network device: what was read of it last. */
class Device {
  /** False for what is no device, such as `bonding_masters`. */
  readonly exists: boolean;
  readonly #name: string;
  readonly #numeric: readonly SystemFile[];
  readonly #words: readonly SystemFile[];
  readonly #families: Families;
  readonly #row: Row;
  readonly #values: (number | undefined)[] = [];
  #info: readonly string[] | undefined;
  #infoRow: Row | undefined;

  constructor(folder: string, name: string, families: Families) {
    this.#name = name;
    this.#families = families;
    this.exists = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    this.#numeric = NUMERIC.map(({ file }) => new SystemFile(path.join(folder, file)));
    this.#words = INFO.map((file) => new SystemFile(path.join(folder, file)));
    this.#row = new Row(families.numeric.map((family) => ({ family, labels: [name] })));
  }

  read(): void {
    const words = this.#words.map((file) => file.attribute() ?? '');
    const flags = this.#numeric[0].numericAttribute();
    if (flags !== this.#values[0]) {
      // A device that is down refuses to tell its carrier, speed and duplex.
      for (const file of [...this.#numeric, ...this.#words]) file.retry();
    }
    this.#values[0] = flags;
    for (let i = 1; i < NUMERIC.length; i++) {
      const value = this.#numeric[i].numericAttribute();
      this.#values[i] = value === undefined ? undefined : value * (NUMERIC[i].factor ?? 1);
    }
    this.#values[UP] = words[OPERSTATE] === 'up' ? 1 : 0;
    if (this.#info === undefined || words.some((word, i) => word !== this.#info?.[i])) {
      this.#info = words;
      const labels = [this.#name, ...words];
      this.#infoRow = new Row([{ family: this.#families.info, labels }]);
    }
  }

  stage(writer: SourceWriter): void {
    if (this.#infoRow === undefined) this.read();
    this.#infoRow?.set(writer, 0, 1);
    for (let i = 0; i < this.#values.length; i++) {
      const value = this.#values[i];
      if (value !== undefined) this.#row.set(writer, i, value);
    }
  }

  close(): void {
    for (const file of [...this.#numeric, ...this.#words]) file.close();
  }
}
