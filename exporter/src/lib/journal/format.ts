import { crc32 } from 'node:zlib';

/*
 * A journal file is a header and then records. Numbers are little-endian.
 *
 *   header  magic 8 | version u16 | schema u16 | mark u32 | created f64 | CRC-32 of these u32
 *   record  mark u32 | length u32 | CRC-32 of length and payload u32 | payload
 *
 * The mark is random for each file, so that after damage the next record can be found, and no payload
 * can pass for a record.
 */
const MAGIC = Buffer.from('KymoJrnl', 'latin1');
const VERSION = 1;
export const HEADER_BYTES = 28;
const FRAME_BYTES = 12;
/** Longest payload of a record. */
export const MAX_RECORD_BYTES = 16 * 2 ** 20;

export interface Header {
  /** Version of what the records mean, the caller's own. */
  readonly schema: number;
  readonly mark: number;
  /** Unix milliseconds. */
  readonly created: number;
}

export function encodeHeader({ schema, mark, created }: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(VERSION, 8);
  bytes.writeUInt16LE(schema, 10);
  bytes.writeUInt32LE(mark, 12);
  bytes.writeDoubleLE(created, 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  return bytes;
}

/**
 * `newer`: written by a later program. `damaged`: cut short or not what was written.
 */
export type HeaderResult =
  | { readonly kind: 'fine'; readonly header: Header }
  | { readonly kind: 'newer'; readonly what: string }
  | { readonly kind: 'damaged' };

/** @param schema the newest that the caller understands */
export function decodeHeader(bytes: Buffer, schema: number): HeaderResult {
  if (bytes.length < 12 || !bytes.subarray(0, 8).equals(MAGIC)) return { kind: 'damaged' };
  const version = bytes.readUInt16LE(8);
  // A later format may have another header, so its check sum is not asked for.
  if (version > VERSION) return { kind: 'newer', what: `format ${version} (known: ${VERSION})` };
  if (bytes.length < HEADER_BYTES) return { kind: 'damaged' };
  const sum = crc32(bytes.subarray(0, HEADER_BYTES - 4));
  if (sum !== bytes.readUInt32LE(HEADER_BYTES - 4)) return { kind: 'damaged' };
  const found = bytes.readUInt16LE(10);
  if (found > schema) return { kind: 'newer', what: `content ${found} (known: ${schema})` };
  const header = {
    schema: found,
    mark: bytes.readUInt32LE(12),
    created: bytes.readDoubleLE(16),
  };
  return { kind: 'fine', header };
}

/** Records one after the other. */
export function encodeRecords(payloads: readonly Uint8Array[], mark: number): Buffer {
  const size = payloads.reduce((sum, payload) => sum + recordBytes(payload), 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const payload of payloads) {
    bytes.writeUInt32LE(mark, at);
    bytes.writeUInt32LE(payload.length, at + 4);
    bytes.writeUInt32LE(checkSum(bytes.subarray(at + 4, at + 8), payload), at + 8);
    bytes.set(payload, at + FRAME_BYTES);
    at += recordBytes(payload);
  }
  return bytes;
}

/** Bytes that a payload takes in a file. */
export function recordBytes(payload: Uint8Array): number {
  return FRAME_BYTES + payload.length;
}

/** Bytes of a file that are no record. */
export interface Gap {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Calls `visit` for each record of a file, in order, and answers what lies between them. A gap that
 * reaches the end may be a record that was cut short.
 */
export function readRecords(bytes: Buffer, mark: number, visit: (payload: Buffer) => void): Gap[] {
  const marked = Buffer.alloc(4);
  marked.writeUInt32LE(mark);
  const gaps: Gap[] = [];
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    const end = recordEnd(bytes, at, mark);
    if (end !== undefined) {
      visit(bytes.subarray(at + FRAME_BYTES, end));
      at = end;
      continue;
    }
    let next = bytes.indexOf(marked, at + 1);
    while (next >= 0 && recordEnd(bytes, next, mark) === undefined) {
      next = bytes.indexOf(marked, next + 1);
    }
    const stop = next < 0 ? bytes.length : next;
    gaps.push({ offset: at, bytes: stop - at });
    at = stop;
  }
  return gaps;
}

/** Where the record at `at` ends; `undefined` where there is no whole one. */
function recordEnd(bytes: Buffer, at: number, mark: number): number | undefined {
  if (at + FRAME_BYTES > bytes.length || bytes.readUInt32LE(at) !== mark) return undefined;
  const length = bytes.readUInt32LE(at + 4);
  const end = at + FRAME_BYTES + length;
  if (length > MAX_RECORD_BYTES || end > bytes.length) return undefined;
  const sum = checkSum(bytes.subarray(at + 4, at + 8), bytes.subarray(at + FRAME_BYTES, end));
  return sum === bytes.readUInt32LE(at + 8) ? end : undefined;
}

function checkSum(length: Uint8Array, payload: Uint8Array): number {
  return crc32(payload, crc32(length));
}
