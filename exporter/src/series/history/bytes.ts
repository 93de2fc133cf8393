const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);
const floatWords = new Uint32Array(float.buffer);
const FLOAT = { from: 0, to: 2 };

/** Appends numbers and texts to bytes that grow. */
export class ByteWriter {
  /** Valid below `length`; replaced when it grows. */
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /** A copy of what was written. */
  take(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.bytes.length + (this.bytes.length >> 1)));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** @param value an integer from 0 to 2^53 */
  unsigned(value: number): void {
    this.reserve(8);
    let rest = value;
    if (rest < 0x80000000) {
      // Integers of 31 bits are several times as fast.
      let short = rest | 0;
      for (; short >= 0x80; short >>>= 7) this.bytes[this.length++] = (short & 0x7f) | 0x80;
      this.bytes[this.length++] = short;
      return;
    }
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** What is written by the call, with its length before it. */
  measured(write: (into: this) => void): void {
    this.byte(0);
    const start = this.length;
    write(this);
    const size = this.length - start;
    let more = 0;
    for (let rest = size; rest >= 0x80; rest >>>= 7) more++;
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(start + more, start, start + size);
    }
    this.length = start - 1;
    this.unsigned(size);
    this.length += size;
  }

  /** @param value an integer of at most 2^52 either way */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  float(value: number): void {
    float[0] = value;
    this.words(floatWords, FLOAT);
  }

  /** @param value 32 bits; the lowest byte comes first */
  word(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value;
    bytes[length + 1] = value >>> 8;
    bytes[length + 2] = value >>> 16;
    bytes[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  /** Some of many {@link word}s, the one at `to` left out. */
  words(values: Uint32Array, { from, to }: { from: number; to: number }): void {
    this.reserve(4 * (to - from));
    const { bytes } = this;
    let { length } = this;
    for (let i = from; i < to; i++) {
      const value = values[i];
      bytes[length] = value;
      bytes[length + 1] = value >>> 8;
      bytes[length + 2] = value >>> 16;
      bytes[length + 3] = value >>> 24;
      length += 4;
    }
    this.length = length;
  }

  text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.unsigned(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }
}

/** Reads what a {@link ByteWriter} wrote. All methods throw RangeError past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  byte(): number {
    if (this.at >= this.#bytes.length) throw new RangeError('the bytes end early');
    return this.#bytes[this.at++];
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float(): number {
    floatBytes.set(this.raw(8));
    return float[0];
  }

  /** 32 bits, with the sign of the highest. */
  word(): number {
    const bytes = this.#bytes;
    if (this.left < 4) throw new RangeError('the bytes end early');
    const { at } = this;
    this.at += 4;
    return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  }

  text(): string {
    const bytes = this.raw(this.unsigned());
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  /** The next bytes, not copied. */
  raw(length: number): Uint8Array {
    if (length > this.left) throw new RangeError('the bytes end early');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}
