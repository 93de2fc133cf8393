import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { writeAtomically } from '../../lib/atomic-file.js';
import { encodeFooter, encodeHeader, HEADER_BYTES } from './block-format.js';
import type { ItemCodec } from './bucket-codec.js';
import { ByteWriter } from './bytes.js';
import type { Part } from './part.js';
import { breathe, sortInSlices } from './slices.js';

const deflate = promisify(deflateRaw);
/** Series between two pauses: about a millisecond. */
const SERIES_A_SLICE = 32;
/** Chunks are written this many bytes at a time. */
const CONTENT_BYTES = 2 ** 20;

/** Writes all items of a part as one block, in slices between which other work may run. */
export async function writeBlock<Item>(
  file: string,
  part: Part,
  codec: ItemCodec<Item>,
): Promise<void> {
  const content: Uint8Array[] = [encodeHeader()];
  const index = new ByteWriter(4096);
  const chunks = new ByteWriter(CONTENT_BYTES);
  const totals = { from: Infinity, to: -Infinity, items: 0, series: 0 };
  let indexOffset = HEADER_BYTES;
  // Series that are alike lie together, so that their labels pack well and are read together.
  const refs = await sortInSlices([...part.refs], (a, b) => part.key(a) < part.key(b));
  for (const ref of refs) {
    const bytes = part.read(ref);
    if (bytes === undefined) continue;
    const start = chunks.length;
    const { from, to, items } = codec.recode(bytes, chunks);
    const length = chunks.length - start;
    index.text(part.key(ref));
    index.unsigned(length);
    index.unsigned(crc32(chunks.bytes.subarray(start, start + length)));
    indexOffset += length;
    totals.from = Math.min(totals.from, from);
    totals.to = Math.max(totals.to, to);
    totals.items += items;
    if (chunks.length >= CONTENT_BYTES) {
      content.push(chunks.take());
      chunks.clear();
    }
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
  await writeAtomically(file, [...content, chunks.take(), packed, footer]);
}
