/** A value a second; the same for the same seed. */
export type Shape = (second: number) => number;

/** Uniform numbers from 0 to 1 (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers (Box and Muller 1958). */
export function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** What series of a host or a service look like. */
export const shapes: Readonly<Record<string, (random: () => number) => Shape>> = {
  gaussian: (random) => {
    const noise = normal(random);
    return () => 50 + 5 * noise();
  },
  lognormal: (random) => {
    const noise = normal(random);
    return () => 0.02 * Math.exp(0.3 * noise());
  },
  'bursty counts': (random) => () => count(random, random() < 0.05 ? 30 : 4),
  'near-constant': (random) => () => 1000 + (random() < 0.01 ? Math.round(3 * random()) : 0),
  quantised: (random) => {
    const noise = normal(random);
    return () => Math.round(20 + 2 * noise()) / 4;
  },
  sawtooth: (random) => {
    const noise = normal(random);
    return (second) => 100 + (second % 300) / 3 + noise();
  },
  smoothed: (random) => {
    const noise = normal(random);
    let level = 0.02;
    return () => (level += 0.2 * (0.02 * Math.exp(0.3 * noise()) - level));
  },
};

/** Poisson (Knuth). */
function count(random: () => number, mean: number): number {
  const end = Math.exp(-mean);
  let product = random();
  let events = 0;
  for (; product > end; events++) product *= random();
  return events;
}
