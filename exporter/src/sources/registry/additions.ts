/**
 * Tells when a property has been added to a plain object, without listing its keys: listing a
 * hundred thousand of them takes longer than reading all their values.
 *
 * An assignment to a property that the object does not have looks for a setter along the prototype
 * chain. So a prototype that answers for setters sees every addition, and neither reads nor
 * assignments of what is there already pass by it.
 */
export class AdditionWatch {
  readonly #target: object;
  readonly #original: object | null;
  readonly #listening: object;
  #added = false;

  constructor(target: object) {
    this.#target = target;
    this.#original = Object.getPrototypeOf(target) as object | null;
    const note = (): void => {
      this.#added = true;
    };
    this.#listening = new Proxy(this.#original ?? {}, {
      set(prototype, key, value, receiver) {
        note();
        return Reflect.set(prototype, key, value, receiver);
      },
    });
    Object.setPrototypeOf(target, this.#listening);
  }

  /** Whether something was added since this was last asked. */
  take(): boolean {
    const added = this.#added;
    this.#added = false;
    return added;
  }

  /** Gives the object its own prototype back, unless another watch has come on top. */
  close(): void {
    if (Object.getPrototypeOf(this.#target) === this.#listening) {
      Object.setPrototypeOf(this.#target, this.#original);
    }
  }
}
