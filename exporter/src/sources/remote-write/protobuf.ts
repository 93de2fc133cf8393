import { KymoError } from '../../lib/errors.js';

/** Wire types of https://protobuf.dev/programming-guides/encoding/. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/**
 * Reads protobuf fields from bytes without building messages. Every read is checked against the end
 * of the field that it is in.
 * @throws KymoError `bad_protobuf` with the offset where the bytes stop making sense.
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position = 0;
  end: number;
  /** Of the tag read last. */
  field = 0;
  wireType = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  /** Moves to the next field; false at the end. */
  next(): boolean {
    if (this.position >= this.end) return false;
    const tag = this.varint();
    this.wireType = tag & 7;
    this.field = Math.floor(tag / 8);
    if (this.field === 0) this.#fail('a field has number 0');
    return true;
  }

  /** Enters a length-delimited field; returns the end to give to {@link leave}. */
  enter(): number {
    const outer = this.end;
    const length = this.#length();
    this.end = this.position + length;
    return outer;
  }

  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  /** An unsigned integer below 2^53; larger ones lose their low bits. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      if (this.position >= this.end) this.#fail('a number is cut short');
      const byte = this.#bytes[this.position++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    return this.#fail('a number has more than ten bytes');
  }

  /** A signed int64 in two's complement. */
  int64(): number {
    const start = this.position;
    const value = this.varint();
    if (value < 2 ** 53) return value;
    // Negative numbers take all ten bytes; doubles would round them, so they are read exactly.
    this.position = start;
    let exact = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#bytes[this.position++];
      exact |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    return Number(BigInt.asIntN(64, exact));
  }

  /** A zigzag-encoded signed integer. */
  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    if (this.position + 8 > this.end) this.#fail('a double is cut short');
    const value = this.#view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }

  /** Both 32-bit halves of the double that comes next, without moving on: a NaN keeps its payload. */
  peekDoubleBits(): { readonly high: number; readonly low: number } {
    if (this.position + 8 > this.end) this.#fail('a double is cut short');
    return {
      low: this.#view.getUint32(this.position, true),
      high: this.#view.getUint32(this.position + 4, true),
    };
  }

  string(): string {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return decoder.decode(this.#bytes.subarray(start, start + length));
  }

  /** Passes over the field whose tag was read. */
  skip(): void {
    switch (this.wireType) {
      case VARINT:
        this.varint();
        break;
      case FIXED64:
        this.#move(8);
        break;
      case BYTES:
        this.#move(this.#length());
        break;
      case FIXED32:
        this.#move(4);
        break;
      default:
        this.#fail(`wire type ${this.wireType} is not known`);
    }
  }

  /** Refuses a field that has another wire type than its number must have. */
  expect(wireType: number): void {
    if (this.wireType !== wireType) {
      this.#fail(`field ${this.field} has wire type ${this.wireType}, not ${wireType}`);
    }
  }

  #length(): number {
    const length = this.varint();
    if (this.position + length > this.end) this.#fail('a field is cut short');
    return length;
  }

  #move(bytes: number): void {
    if (this.position + bytes > this.end) this.#fail('a field is cut short');
    this.position += bytes;
  }

  #fail(what: string): never {
    throw new KymoError(
      'bad_protobuf',
      `not a valid protobuf message: ${what} at byte ${this.position}`,
    );
  }
}

const decoder = new TextDecoder('utf-8');
