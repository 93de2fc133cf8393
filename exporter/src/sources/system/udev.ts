import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { SourceWriter } from '../../series/writer.js';
import { Family } from '../family.js';
import { Row, type Cell } from './row.js';

/** Collections after which the database is asked whether it has changed. */
const COLLECTIONS_PER_LOOK = 30;

const INFO_LABELS = {
  path: 'ID_PATH',
  wwn: 'ID_WWN',
  model: 'ID_MODEL',
  serial: 'ID_SERIAL_SHORT',
  revision: 'ID_REVISION',
};
const FILESYSTEM_LABELS = {
  type: 'ID_FS_TYPE',
  usage: 'ID_FS_USAGE',
  uuid: 'ID_FS_UUID',
  version: 'ID_FS_VERSION',
};
const DEVICE_MAPPER_LABELS = {
  name: 'DM_NAME',
  uuid: 'DM_UUID',
  vg_name: 'DM_VG_NAME',
  lv_name: 'DM_LV_NAME',
  lv_layer: 'DM_LV_LAYER',
};
const ATA = [
  {
    property: 'ID_ATA_WRITE_CACHE',
    name: 'node_disk_ata_write_cache',
    help: 'Whether the ATA disk has a write cache.',
  },
  {
    property: 'ID_ATA_WRITE_CACHE_ENABLED',
    name: 'node_disk_ata_write_cache_enabled',
    help: 'Whether the write cache of the ATA disk is on.',
  },
  {
    property: 'ID_ATA_ROTATION_RATE_RPM',
    name: 'node_disk_ata_rotation_rate_rpm',
    help: 'Rotations of the ATA disk a minute; 0 for one that does not rotate.',
  },
];

const info = {
  name: 'node_disk_info',
  type: 'gauge',
  help: 'Block device and what udev knows of it; the value is always 1.',
  labels: ['device', 'major', 'minor', ...Object.keys(INFO_LABELS)],
} as const;
const filesystemInfo = {
  name: 'node_disk_filesystem_info',
  type: 'gauge',
  help: 'File system on the block device; the value is always 1.',
  labels: ['device', ...Object.keys(FILESYSTEM_LABELS)],
} as const;
const deviceMapperInfo = {
  name: 'node_disk_device_mapper_info',
  type: 'gauge',
  help: 'Device mapper volume of the block device; the value is always 1.',
  labels: ['device', ...Object.keys(DEVICE_MAPPER_LABELS)],
} as const;

export interface UdevDeviceOptions {
  /** udev's database, `/run/udev/data`. */
  readonly folder: string;
  readonly device: string;
  readonly major: string;
  readonly minor: string;
}

/** The series of one block device that come from udev's database, where the host has one. */
export class UdevDevice {
  readonly #options: UdevDeviceOptions;
  readonly #file: string;
  #modified: number | undefined;
  #row: Row | undefined;
  #values: readonly number[] = [];
  #lookIn = 0;

  constructor(options: UdevDeviceOptions) {
    this.#options = options;
    this.#file = path.join(options.folder, `b${options.major}:${options.minor}`);
  }

  collect(writer: SourceWriter): void {
    let row = this.#row;
    if (row === undefined || this.#lookIn-- <= 0) {
      row = this.#look(row);
      this.#row = row;
      this.#lookIn = COLLECTIONS_PER_LOOK;
    }
    for (let i = 0; i < this.#values.length; i++) row.set(writer, i, this.#values[i]);
  }

  #look(row: Row | undefined): Row {
    const modified = statSync(this.#file, { throwIfNoEntry: false })?.mtimeMs;
    if (row !== undefined && modified === this.#modified) return row;
    this.#modified = modified;
    const properties = modified === undefined ? new Map<string, string>() : parse(this.#file);
    const { device, major, minor } = this.#options;
    const pick = (labels: Readonly<Record<string, string>>): string[] =>
      Object.values(labels).map((property) => properties.get(property) ?? '');

    const cells: Cell[] = [
      { family: new Family(info), labels: [device, major, minor, ...pick(INFO_LABELS)] },
    ];
    const values = [1];
    if (properties.has('ID_FS_TYPE')) {
      cells.push({
        family: new Family(filesystemInfo),
        labels: [device, ...pick(FILESYSTEM_LABELS)],
      });
      values.push(1);
    }
    if (properties.has('DM_NAME')) {
      cells.push({
        family: new Family(deviceMapperInfo),
        labels: [device, ...pick(DEVICE_MAPPER_LABELS)],
      });
      values.push(1);
    }
    for (const { property, name, help } of properties.has('ID_ATA') ? ATA : []) {
      const value = Number(properties.get(property) ?? NaN);
      if (Number.isNaN(value)) continue;
      cells.push({
        family: new Family({ name, help, type: 'gauge', labels: ['device'] }),
        labels: [device],
      });
      values.push(value);
    }
    this.#values = values;
    return new Row(cells);
  }
}

/** The properties (`E:NAME=value`) of a record of udev's database. */
function parse(file: string): Map<string, string> {
  const properties = new Map<string, string>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return properties;
  }
  for (const line of text.split('\n')) {
    const match = /^E:([^=]+)=(.*)$/.exec(line);
    if (match !== null) properties.set(match[1], match[2]);
  }
  return properties;
}
