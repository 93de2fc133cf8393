/**
 * A sum with Neumaier's variant of Kahan's compensation, as Prometheus adds up (util/kahansum).
 */
export class KahanSum {
  /** The sum without its compensation. */
  total = 0;
  #compensation = 0;

  add(value: number): void {
    const total = this.total + value;
    if (Math.abs(total) === Infinity) this.#compensation = 0;
    else if (Math.abs(this.total) >= Math.abs(value)) {
      this.#compensation += this.total - total + value;
    } else this.#compensation += value - total + this.total;
    this.total = total;
  }

  scale(factor: number): void {
    this.total *= factor;
    this.#compensation *= factor;
  }

  divide(divisor: number): void {
    this.total /= divisor;
    this.#compensation /= divisor;
  }

  /** The sum through `divisor`. */
  value(divisor = 1): number {
    return this.total / divisor + this.#compensation / divisor;
  }
}
