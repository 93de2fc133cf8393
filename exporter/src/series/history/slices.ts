/** Lets whatever waits run first: ticks, requests, the disk. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
