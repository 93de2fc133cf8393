/**
 * Pseudo-random numbers that repeat for the same seed; never for secrets. A 32-bit xorshift with the
 * shifts 13, 17, 5. Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003).
 */
export class Random {
  #state: number;

  /** @param seed Any integer. */
  constructor(seed: number) {
    // Neighbouring seeds differ in few bits, which xorshift spreads slowly; zero would stay zero.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) || 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** An independent generator for the part called `name`, so that parts do not shift one another. */
  static named(seed: number, name: string): Random {
    let mixed = seed | 0;
    for (let i = 0; i < name.length; i++) {
      mixed = Math.imul(mixed ^ name.charCodeAt(i), 0x01000193);
    }
    return new Random(mixed);
  }

  /** Uniform in [0, 1). */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 0x1_0000_0000;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** An integer of [0, count), small ones far more often, as with the popularity of articles. */
  skewed(count: number): number {
    return Math.floor(count * this.next() ** 3);
  }

  /** Exponentially distributed: the gaps of a Poisson process. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  /** Log-normally distributed: what service times look like, with their long tail. */
  logNormal(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.next()));
  }

  /** @param items At least one. */
  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)];
  }

  /** Picks by weight. @param items At least one, with positive weights. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T {
    let left = this.next() * items.reduce((sum, { weight }) => sum + weight, 0);
    return items.find(({ weight }) => (left -= weight) < 0) ?? items[items.length - 1];
  }
}
