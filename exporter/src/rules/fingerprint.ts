import type { LabelSet } from '../series/labels.js';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = (1n << 64n) - 1n;

/**
 * What tells alerts apart: 16 hexadecimal digits of FNV-1a over names and values, each followed by
 * 255. It is the fingerprint that Alertmanager computes of the same labels (github.com/prometheus/
 * common, model/signature.go).
 */
export function fingerprintOf({ names, values }: LabelSet): string {
  let hash = OFFSET;
  const add = (text: string): void => {
    for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
    hash = ((hash ^ 255n) * PRIME) & MASK;
  };
  for (let i = 0; i < names.length; i++) {
    add(names[i]);
    add(values[i]);
  }
  return hash.toString(16).padStart(16, '0');
}
