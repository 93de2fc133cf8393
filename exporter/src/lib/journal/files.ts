import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** `segment`: records as they came. `snapshot`: what stands for all segments before its number. */
export type FileKind = 'segment' | 'snapshot';

const SUFFIX: Readonly<Record<FileKind, string>> = { segment: '.log', snapshot: '.snapshot' };
const NAME = /^(\d{10})(\.log|\.snapshot)$/;

export function fileName(kind: FileKind, number: number): string {
  return String(number).padStart(10, '0') + SUFFIX[kind];
}

/** Numbers of the segments and snapshots in a directory, ascending. What is half written is removed. */
export async function listFiles(directory: string): Promise<Record<FileKind, number[]>> {
  const found: Record<FileKind, number[]> = { segment: [], snapshot: [] };
  for (const name of (await readdir(directory)).sort()) {
    if (/^\d{10}\.snapshot\.tmp$/.test(name)) await rm(path.join(directory, name), { force: true });
    const match = NAME.exec(name);
    if (match === null) continue;
    found[match[2] === SUFFIX.segment ? 'segment' : 'snapshot'].push(Number(match[1]));
  }
  return found;
}
