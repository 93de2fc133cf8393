import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import { listFolder, readOnce } from '../folder.js';
import type { SystemOptions } from '../options.js';

/** Labels that are not named as their file is. */
const FILES: Readonly<Record<string, string>> = { system_vendor: 'sys_vendor' };
const LABELS = [
  'bios_date',
  'bios_release',
  'bios_vendor',
  'bios_version',
  'board_asset_tag',
  'board_name',
  'board_serial',
  'board_vendor',
  'board_version',
  'chassis_asset_tag',
  'chassis_serial',
  'chassis_vendor',
  'chassis_version',
  'product_family',
  'product_name',
  'product_serial',
  'product_sku',
  'product_uuid',
  'product_version',
  'system_vendor',
];

/** Vendor, model and firmware of the machine. They do not change while it runs and are read once. */
export function dmi({ sysfs }: SystemOptions): Source {
  const folder = path.join(sysfs, 'class/dmi/id');
  const family = new Family({
    name: 'node_dmi_info',
    type: 'gauge',
    help: 'The machine as its firmware describes it (DMI); the value is always 1.',
    labels: LABELS,
  });
  let values: readonly string[] | undefined;
  const none = new NoData('the firmware of this host does not describe it');
  return {
    name: 'dmi',
    collect: ({ writer }) => {
      values ??= read(folder);
      if (values.length === 0) throw none;
      family.set(writer, 1, ...values);
    },
  };
}

function read(folder: string): readonly string[] {
  if (listFolder(folder).length === 0) return [];
  // Serial numbers are for root only.
  return LABELS.map((label) => readOnce(path.join(folder, FILES[label] ?? label)) ?? '');
}
