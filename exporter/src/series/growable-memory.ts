/** As ES2024 has it, which Node 20 implements and the ES2023 library does not declare. */
interface GrowableBuffer extends SharedArrayBuffer {
  grow(byteLength: number): void;
}
const GrowableBuffer = SharedArrayBuffer as unknown as new (
  byteLength: number,
  options: { maxByteLength: number },
) => GrowableBuffer;

/** Shared memory that starts empty; only its address space is reserved. */
export class GrowableMemory {
  readonly #buffer: GrowableBuffer;

  /** @param most bytes that it may grow to */
  constructor(most: number) {
    this.#buffer = new GrowableBuffer(0, { maxByteLength: most });
  }

  get buffer(): SharedArrayBuffer {
    return this.#buffer;
  }

  /** Adds bytes at the end, all zero; every thread sees them at once. */
  grow(bytes: number): void {
    this.#buffer.grow(this.#buffer.byteLength + bytes);
  }
}
