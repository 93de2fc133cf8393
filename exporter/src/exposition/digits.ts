const ZERO = 48;

// The digits of 00 to 99, so that two are written at a time.
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) =>
  i % 2 === 0 ? ZERO + Math.floor(i / 20) : ZERO + ((i >> 1) % 10),
);

/** How many digits an integer from 0 to 999,999,999 has. */
export function countDigits(value: number): number {
  if (value < 1e4) return value < 1e2 ? (value < 10 ? 1 : 2) : value < 1e3 ? 3 : 4;
  if (value < 1e7) return value < 1e5 ? 5 : value < 1e6 ? 6 : 7;
  return value < 1e8 ? 8 : 9;
}

/** Writes the last `count` digits of an integer from 0 to 999,999,999, with zeros before it. */
export function writeDigits(bytes: Uint8Array, at: number, count: number, value: number): void {
  let position = at + count;
  let rest = value | 0;
  while (position >= at + 2) {
    const pair = 2 * (rest % 100);
    rest = (rest / 100) | 0;
    bytes[--position] = PAIRS[pair + 1];
    bytes[--position] = PAIRS[pair];
  }
  if (position > at) bytes[at] = ZERO + (rest % 10);
}
