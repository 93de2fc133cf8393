/**
 * The bytes of a page while it is written. Only `reserve` makes room; what is written without it
 * must fit.
 */
export class Page {
  bytes: Buffer;
  view: DataView;
  length = 0;
  /** Bytes that would have spared the page from growing. */
  wanted = 0;

  /** @param bytes memory to write to, with no other user */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** Makes room for `count` bytes after what is there. */
  reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted > this.wanted) this.wanted = wanted;
    if (wanted <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * this.bytes.length));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = viewOf(grown);
  }

  /** Writes a text, and keeps room for `after` bytes after it. */
  writeText(text: string, after = 0): void {
    this.reserve(3 * text.length + after);
    this.length += this.bytes.write(text, this.length);
  }

  /** What has been written; shares memory with the page. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Copies `from` … `to` of one view to `at` of another, eight bytes at a time: it may read and write
 * up to 7 bytes past the end. For lines of a hundred bytes this is several times faster than a loop
 * over bytes, or `set` and `copy`, which cross into native code.
 *
 * The bytes travel as floats, of which only the bits of a NaN may change. Little-endian, that would
 * take a last byte of 0x7f or 0xff after one of 0xf0 or more, and UTF-8 has neither: 0xff never
 * occurs, and what follows 0xf0 to 0xf4 is 0x80 to 0xbf.
 */
export function copyBytes(
  source: DataView,
  from: number,
  to: number,
  target: DataView,
  at: number,
): void {
  let position = at;
  for (let i = from; i < to; i += 8) {
    target.setFloat64(position, source.getFloat64(i, true), true);
    position += 8;
  }
}
