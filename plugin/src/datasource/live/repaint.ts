/** Calls what has changed together, at most once an animation frame, and not while the tab is hidden. */
export class Repaint {
  readonly #waiting = new Set<() => void>();
  readonly #nextFrame: (callback: () => void) => void;
  #asked = false;

  constructor(nextFrame: (callback: () => void) => void) {
    this.#nextFrame = nextFrame;
  }

  request(callback: () => void): void {
    this.#waiting.add(callback);
    if (this.#asked) return;
    this.#asked = true;
    this.#nextFrame(() => {
      this.#asked = false;
      const callbacks = [...this.#waiting];
      this.#waiting.clear();
      for (const call of callbacks) call();
    });
  }

  forget(callback: () => void): void {
    this.#waiting.delete(callback);
  }
}
