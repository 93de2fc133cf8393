const SEQUENCE = 0;
const BYTES = 8 + 4 * 8;

/**
 * The times up to which samples are whole, shared by the writer and readers on other threads: a pair
 * of slots and a count of writes whose lowest bit says which slot is valid.
 */
export class PublishedTimes {
  readonly buffer: SharedArrayBuffer;
  readonly #sequence: Int32Array;
  readonly #slots: Float64Array;

  constructor(buffer = new SharedArrayBuffer(BYTES)) {
    this.buffer = buffer;
    this.#sequence = new Int32Array(buffer, 0, 2);
    this.#slots = new Float64Array(buffer, 8, 4);
  }

  /** Time of the last whole tick, 0 before the first. */
  get lastTick(): number {
    return this.#read(0);
  }

  /** The same, or the time of the newest sample that came with its own, whichever is later. */
  get newest(): number {
    return this.#read(1);
  }

  publish(lastTick: number, newest: number): void {
    const sequence = Atomics.load(this.#sequence, SEQUENCE) + 1;
    const slot = 2 * (sequence & 1);
    this.#slots[slot] = lastTick;
    this.#slots[slot + 1] = newest;
    Atomics.store(this.#sequence, SEQUENCE, sequence);
  }

  #read(field: number): number {
    for (;;) {
      const sequence = Atomics.load(this.#sequence, SEQUENCE);
      const time = this.#slots[2 * (sequence & 1) + field];
      // The slot is overwritten by the write after the next at the earliest.
      const passed = (Atomics.add(this.#sequence, SEQUENCE, 0) - sequence) | 0;
      if (passed === 0) return time;
    }
  }
}
