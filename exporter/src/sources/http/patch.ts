type Method = (this: never, ...args: never[]) => unknown;

/**
 * Puts a wrapper in the place of a method. Where the object has none of its own, the wrapper calls
 * the inherited one as `super` would, so that whoever replaces that later is still called.
 * @param wrap makes the wrapper; its argument answers the method to call on.
 * @returns a function that takes the wrapper away again, unless somebody else has wrapped it since:
 *   taking it out from under theirs would undo theirs too.
 */
export function patch<M extends Method>(
  target: object,
  name: string,
  wrap: (original: () => M) => M,
): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  const parent = Object.getPrototypeOf(target) as Record<string, M>;
  const wrapper = wrap(own === undefined ? () => parent[name] : () => own.value as M);
  Object.defineProperty(target, name, {
    value: wrapper,
    configurable: true,
    enumerable: own?.enumerable ?? false,
    writable: true,
  });
  return () => {
    if (Object.getOwnPropertyDescriptor(target, name)?.value !== wrapper) return;
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, own);
  };
}
