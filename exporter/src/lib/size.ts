import { KymoError } from './errors.js';

const BINARY = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;
const DECIMAL = [
  ['TB', 1000 ** 4],
  ['GB', 1000 ** 3],
  ['MB', 1000 ** 2],
  ['kB', 1000],
  ['KB', 1000],
] as const;

const FACTORS = new Map<string, number>([...BINARY, ...DECIMAL, ['B', 1]]);
const SIZE = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/;

/**
 * Bytes of a size such as `512B`, `16MiB` (1024s) or `1.5GB` (1000s).
 * @throws KymoError `bad_size` saying what would be right.
 */
export function parseSize(text: string): number {
  const match = SIZE.exec(text);
  const factor = match === null ? undefined : FACTORS.get(match[2]);
  if (match === null || factor === undefined) throw new KymoError('bad_size', refuse(text, match));
  const bytes = Math.round(Number(match[1]) * factor);
  if (!Number.isSafeInteger(bytes)) {
    throw new KymoError('bad_size', `"${text}" is larger than can be counted`);
  }
  return bytes;
}

/** The size as {@link parseSize} reads it, in the largest unit that divides it. Whole bytes from 0. */
export function formatSize(bytes: number): string {
  if (bytes > 0) {
    for (const [unit, factor] of [...BINARY, ...DECIMAL]) {
      if (bytes % factor === 0) return `${bytes / factor}${unit}`;
    }
  }
  return `${bytes}B`;
}

function refuse(text: string, match: RegExpExecArray | null): string {
  if (/^\d+(\.\d+)?$/.test(text)) {
    return `"${text}" has no unit; write for example ${text}MiB, ${text}kB or ${text}B`;
  }
  const unit = match?.[2].toLowerCase();
  const meant = [...FACTORS.keys()].find((known) => known.toLowerCase() === unit);
  if (match !== null && meant !== undefined) {
    return `"${text}" has a unit that is spelt wrong; write ${match[1]}${meant}`;
  }
  return `"${text}" is not a size; write for example 512kB, 16MiB or 1GiB`;
}
