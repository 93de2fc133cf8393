import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { decodeHeader, readRecords } from '../../lib/journal/format.js';
import { newer } from './block-format.js';

/** 2: columns may be packed, and samples plain, see number-column.ts and raw-codec.ts. */
export const LOG_SCHEMA = 2;

export interface TierFiles {
  readonly blocks: readonly number[];
  readonly logs: readonly number[];
  readonly unfinished: readonly string[];
}

export function fileOf(directory: string, number: number, kind: 'block' | 'log'): string {
  return path.join(directory, `${String(number).padStart(10, '0')}.${kind}`);
}

/** What is in a tier's directory, in order; nothing is changed. */
export async function listTier(directory: string): Promise<TierFiles> {
  const blocks: number[] = [];
  const logs: number[] = [];
  const unfinished: string[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const [, number, kind] = /^(\d{10})\.(block|log)$/.exec(name) ?? [];
    if (kind === 'block') blocks.push(Number(number));
    else if (kind === 'log') logs.push(Number(number));
    else if (name.endsWith('.tmp')) unfinished.push(path.join(directory, name));
  }
  return { blocks, logs, unfinished };
}

export interface LogContent {
  readonly records: readonly Buffer[];
  /** Bytes that are no record: a torn end, or damage. */
  readonly lost: number;
}

/** @throws KymoError `history_newer` */
export async function readLog(file: string): Promise<LogContent> {
  const bytes = await readFile(file);
  const header = decodeHeader(bytes, LOG_SCHEMA);
  if (header.kind === 'newer') throw newer(file, bytes.readUInt16LE(10), LOG_SCHEMA);
  if (header.kind === 'damaged') return { records: [], lost: bytes.length };
  const records: Buffer[] = [];
  const gaps = readRecords(bytes, header.header.mark, (record) => records.push(record));
  return { records, lost: gaps.reduce((sum, gap) => sum + gap.bytes, 0) };
}

export async function removeAll(files: Iterable<string>): Promise<void> {
  for (const file of files) await rm(file, { force: true });
}
