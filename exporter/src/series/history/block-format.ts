import { crc32 } from 'node:zlib';
import { KymoError } from '../../lib/errors.js';

/*
 * A block is one file that is never changed: the chunks of many series one after the other, an index,
 * and a footer by which it is opened. Numbers are little-endian.
 *
 *   header  magic 8 | version u16 | 0 u16 | 0 u32
 *   chunks  each the items of one series, in columns
 *   index   deflated, see block-index.ts
 *   footer  from f64 | to f64 | items f64 | index offset f64 | index length u32 | index CRC-32 u32 |
 *           series u32 | number of logs u32 | CRC-32 of these u32 | magic 8, after the logs' numbers u32
 */
const MAGIC = Buffer.from('KymoBlck', 'latin1');
/** 2: columns may be packed, see number-column.ts. */
export const BLOCK_VERSION = 2;
export const HEADER_BYTES = 16;
export const FOOTER_BYTES = 60;

export interface Footer {
  /** Start of the earliest item, Unix ms. */
  readonly from: number;
  /** Start of the latest item, Unix ms. */
  readonly to: number;
  readonly items: number;
  readonly series: number;
  readonly indexOffset: number;
  readonly indexBytes: number;
  readonly indexSum: number;
  /** Logs that the block stands for: where they are still there, they are no longer read. */
  readonly logs: readonly number[];
}

export function encodeHeader(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(BLOCK_VERSION, 8);
  return bytes;
}

/** @throws KymoError `history_newer`; RangeError where it is no block */
export function checkHeader(bytes: Buffer, file: string): void {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) {
    throw new RangeError('it does not begin as a block does');
  }
  const version = bytes.readUInt16LE(8);
  if (version > BLOCK_VERSION) throw newer(file, version, BLOCK_VERSION);
}

export function newer(file: string, version: number, known: number): KymoError {
  return new KymoError(
    'history_newer',
    `${file} was written by a newer version of Kymo, as format ${version} (known: ${known}); ` +
      'run that version, or choose another data_dir',
  );
}

export function encodeFooter(footer: Footer): Buffer {
  const logs = Buffer.alloc(4 * footer.logs.length);
  footer.logs.forEach((log, i) => logs.writeUInt32LE(log, 4 * i));
  const bytes = Buffer.alloc(FOOTER_BYTES);
  bytes.writeDoubleLE(footer.from, 0);
  bytes.writeDoubleLE(footer.to, 8);
  bytes.writeDoubleLE(footer.items, 16);
  bytes.writeDoubleLE(footer.indexOffset, 24);
  bytes.writeUInt32LE(footer.indexBytes, 32);
  bytes.writeUInt32LE(footer.indexSum, 36);
  bytes.writeUInt32LE(footer.series, 40);
  bytes.writeUInt32LE(footer.logs.length, 44);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 48), crc32(logs)), 48);
  MAGIC.copy(bytes, 52);
  return Buffer.concat([logs, bytes]);
}

/** @param tail the end of a file. @throws RangeError where it is not that of a block */
export function decodeFooter(tail: Buffer): Footer {
  const start = tail.length - FOOTER_BYTES;
  if (start < 0 || !tail.subarray(start + 52).equals(MAGIC)) {
    throw new RangeError('it does not end as a block does');
  }
  const bytes = tail.subarray(start);
  const logs = tail.subarray(Math.max(0, start - 4 * bytes.readUInt32LE(44)), start);
  if (crc32(bytes.subarray(0, 48), crc32(logs)) !== bytes.readUInt32LE(48)) {
    throw new RangeError('its footer is damaged');
  }
  return {
    from: bytes.readDoubleLE(0),
    to: bytes.readDoubleLE(8),
    items: bytes.readDoubleLE(16),
    indexOffset: bytes.readDoubleLE(24),
    indexBytes: bytes.readUInt32LE(32),
    indexSum: bytes.readUInt32LE(36),
    series: bytes.readUInt32LE(40),
    logs: Array.from({ length: logs.length / 4 }, (_, i) => logs.readUInt32LE(4 * i)),
  };
}
