import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Family } from '../../family.js';
import { NoData, type Source } from '../../source.js';
import type { SystemOptions } from '../options.js';
import { Row } from '../row.js';

/** Where os-release(5) may be, in the order in which it is looked for. */
const FILES = ['etc/os-release', 'usr/lib/os-release'];
/** Labels and the fields that they show. */
const LABELS = {
  build_id: 'BUILD_ID',
  id: 'ID',
  id_like: 'ID_LIKE',
  image_id: 'IMAGE_ID',
  image_version: 'IMAGE_VERSION',
  name: 'NAME',
  pretty_name: 'PRETTY_NAME',
  variant: 'VARIANT',
  variant_id: 'VARIANT_ID',
  version: 'VERSION',
  version_codename: 'VERSION_CODENAME',
  version_id: 'VERSION_ID',
};

/** Name and version of the distribution. */
export function os({ rootfs }: SystemOptions): Source {
  const info = new Family({
    name: 'node_os_info',
    type: 'gauge',
    help: 'The operating system as os-release describes it; the value is always 1.',
    labels: Object.keys(LABELS),
  });
  const version = new Family({
    name: 'node_os_version',
    type: 'gauge',
    help: 'Major and minor version of the operating system as a number.',
    labels: ['id', 'id_like', 'name'],
  });
  let read: { file: string; modified: number; row: Row; version: number | undefined } | undefined;
  return {
    name: 'os',
    collect: ({ writer }) => {
      const found = find(rootfs);
      if (read?.file !== found.file || read.modified !== found.modified) {
        const fields = parseOsRelease(readFileSync(found.file, 'utf8'));
        const pick = (label: keyof typeof LABELS) => fields.get(LABELS[label]) ?? '';
        const row = new Row([
          { family: info, labels: Object.values(LABELS).map((field) => fields.get(field) ?? '') },
          { family: version, labels: [pick('id'), pick('id_like'), pick('name')] },
        ]);
        const number = /^\d+\.?\d*/.exec(pick('version_id'))?.[0];
        read = { ...found, row, version: number === undefined ? undefined : Number(number) };
      }
      read.row.set(writer, 0, 1);
      if (read.version !== undefined && read.version > 0) read.row.set(writer, 1, read.version);
    },
  };
}

function find(rootfs: string): { file: string; modified: number } {
  for (const name of FILES) {
    const file = path.join(rootfs, name);
    const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (modified !== undefined) return { file, modified };
  }
  throw new NoData(`there is no ${FILES.join(' and no ')} in ${rootfs}`);
}

/** Assignments as a shell would read them: os-release(5) allows quotes and backslashes in them. */
export function parseOsRelease(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z0-9_]+)=(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name, value] = match;
    const quote = /^(["'])(.*)\1$/.exec(value);
    if (quote?.[1] === "'") fields.set(name, quote[2]);
    else fields.set(name, (quote?.[2] ?? value).replace(/\\(.)/g, '$1'));
  }
  return fields;
}
