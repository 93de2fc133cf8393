import type { LabelSet } from '../series/labels.js';

const MASK = (1n << 64n) - 1n;
const PRIME1 = 0x9e3779b185ebca87n;
const PRIME2 = 0xc2b2ae3d27d4eb4fn;
const PRIME3 = 0x165667b19e3779f9n;
const PRIME4 = 0x85ebca77c2b2ae63n;
const PRIME5 = 0x27d4eb2f165667c5n;

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}

function round(accumulator: bigint, input: bigint): bigint {
  return (rotate((accumulator + input * PRIME2) & MASK, 31n) * PRIME1) & MASK;
}

/** XXH64 with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
export function xxhash64(bytes: Buffer): bigint {
  const { length } = bytes;
  let position = 0;
  let hash: bigint;
  if (length >= 32) {
    const lanes = [(PRIME1 + PRIME2) & MASK, PRIME2, 0n, -PRIME1 & MASK];
    while (position + 32 <= length) {
      for (let lane = 0; lane < 4; lane++) {
        lanes[lane] = round(lanes[lane], bytes.readBigUInt64LE(position + 8 * lane));
      }
      position += 32;
    }
    hash =
      (rotate(lanes[0], 1n) +
        rotate(lanes[1], 7n) +
        rotate(lanes[2], 12n) +
        rotate(lanes[3], 18n)) &
      MASK;
    for (const lane of lanes) {
      hash = ((hash ^ round(0n, lane)) * PRIME1 + PRIME4) & MASK;
    }
  } else {
    hash = PRIME5;
  }
  hash = (hash + BigInt(length)) & MASK;
  for (; position + 8 <= length; position += 8) {
    hash ^= round(0n, bytes.readBigUInt64LE(position));
    hash = (rotate(hash, 27n) * PRIME1 + PRIME4) & MASK;
  }
  if (position + 4 <= length) {
    hash ^= (BigInt(bytes.readUInt32LE(position)) * PRIME1) & MASK;
    hash = (rotate(hash, 23n) * PRIME2 + PRIME3) & MASK;
    position += 4;
  }
  for (; position < length; position++) {
    hash ^= (BigInt(bytes[position]) * PRIME5) & MASK;
    hash = (rotate(hash, 11n) * PRIME1) & MASK;
  }
  hash = ((hash ^ (hash >> 33n)) * PRIME2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * PRIME3) & MASK;
  return hash ^ (hash >> 32n);
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const size =
    length < 255 ? [length] : [255, length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff];
  return Buffer.concat([Buffer.from(size), bytes]);
}

/**
 * Where labels fall in [0, 1]: the hash that Prometheus 3 takes of them (XXH64 over its packed
 * labels), so that `limit_ratio` picks the same series here and there.
 */
export function sampleOffset(labels: LabelSet): number {
  const parts: Buffer[] = [];
  for (let i = 0; i < labels.length; i++) {
    parts.push(sized(labels.names[i]), sized(labels.values[i]));
  }
  return Number(xxhash64(Buffer.concat(parts))) / 2 ** 64;
}
