import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { writeAtomically } from '../../lib/atomic-file.js';
import { encodeFooter, encodeHeader, HEADER_BYTES } from './block-format.js';
import type { ItemCodec } from './bucket-codec.js';
import { ByteReader, ByteWriter } from './bytes.js';
import type { Part } from './part.js';
import { breathe } from './slices.js';

const deflate = promisify(deflateRaw);
/** Series between two pauses: about a millisecond. */
const SERIES_A_SLICE = 32;

/** Writes all items of a part as one block, in slices between which other work may run. */
export async function writeBlock<Item>(
  file: string,
  part: Part,
  codec: ItemCodec<Item>,
): Promise<void> {
  const chunks: Uint8Array[] = [encodeHeader()];
  const index = new ByteWriter(4096);
  const chunk = new ByteWriter(4096);
  const totals = { from: Infinity, to: -Infinity, items: 0, series: 0 };
  let indexOffset = HEADER_BYTES;
  // Series that are alike lie together, so that their labels pack well and are read together.
  const entries = [...part.entries()].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, bytes } of entries) {
    const items = codec.tidy(decodeAll(bytes, codec));
    chunk.clear();
    codec.encode(items, chunk);
    const encoded = chunk.take();
    chunks.push(encoded);
    index.text(key);
    index.unsigned(encoded.length);
    index.unsigned(crc32(encoded));
    indexOffset += encoded.length;
    totals.from = Math.min(totals.from, codec.timeOf(items[0]));
    totals.to = Math.max(totals.to, codec.timeOf(items[items.length - 1]));
    totals.items += items.length;
    if (++totals.series % SERIES_A_SLICE === 0) await breathe();
  }
  const packed = await deflate(index.take(), { level: 4 });
  const footer = encodeFooter({
    ...totals,
    indexOffset,
    indexBytes: packed.length,
    indexSum: crc32(packed),
    logs: part.logs,
  });
  await writeAtomically(file, [...chunks, packed, footer]);
}

/** The items of runs that stand one after the other. @throws RangeError */
export function decodeAll<Item>(bytes: Uint8Array, codec: ItemCodec<Item>): Item[] {
  const items: Item[] = [];
  const from = new ByteReader(bytes);
  while (from.left > 0) codec.decode(from, items);
  return items;
}
