/** Lets whatever waits run first: ticks, requests, the disk. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const SORTED_A_SLICE = 2048;

/** The items in order, sorted in slices between which other work may run. @param isBefore a strict order */
export async function sortInSlices<Item>(
  items: readonly Item[],
  isBefore: (a: Item, b: Item) => boolean,
): Promise<Item[]> {
  let runs: Item[][] = [];
  const compare = (a: Item, b: Item): number => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0);
  for (let from = 0; from < items.length; from += SORTED_A_SLICE) {
    runs.push(items.slice(from, from + SORTED_A_SLICE).sort(compare));
    await breathe();
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      merged.push(i + 1 < runs.length ? await merge(runs[i], runs[i + 1], isBefore) : runs[i]);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<Item>(
  a: readonly Item[],
  b: readonly Item[],
  isBefore: (a: Item, b: Item) => boolean,
): Promise<Item[]> {
  const merged: Item[] = [];
  for (let i = 0, k = 0; i < a.length || k < b.length;) {
    merged.push(k === b.length || (i < a.length && !isBefore(b[k], a[i])) ? a[i++] : b[k++]);
    if (merged.length % (2 * SORTED_A_SLICE) === 0) await breathe();
  }
  return merged;
}
