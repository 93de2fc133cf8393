import { ok, warning, type Finding } from './finding.js';

/** Milliseconds by which clocks may differ without anybody being told. */
const CLOCKS_DIFFER = 5000;

/**
 * Whether clocks agree.
 * @param ahead whose clock it is, and milliseconds by which it is ahead of ours; `undefined` where that is
 * not known
 */
export function clockFindings(ahead: Readonly<Record<string, number | undefined>>): Finding[] {
  const known = Object.entries(ahead).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  if (known.length < 2) return [];
  const sorted = known.sort(([, a], [, b]) => a - b);
  const [[slowest, least], [fastest, most]] = [sorted[0], sorted[sorted.length - 1]];
  if (most - least < CLOCKS_DIFFER) {
    const names = Object.keys(ahead).filter((name) => ahead[name] !== undefined);
    return [ok('clocks', `of ${listed(names)} agree`)];
  }
  const pair = Object.keys(ahead).filter((name) => name === slowest || name === fastest);
  return [
    warning(
      'clocks',
      `of ${listed(pair)} differ by ${Math.round((most - least) / 1000)} s: time ranges are off by as much`,
      'set both by NTP',
    ),
  ];
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
