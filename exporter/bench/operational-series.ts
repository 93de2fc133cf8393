/** A value a second. */
export interface Series {
  readonly name: string;
  readonly values: Float64Array;
}

export const DAY = 86_400;

/** Uniform numbers from 0 to 1 (mulberry32), the same for the same seed. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What moves a series: random numbers, and what the whole host does at this time. */
interface Source {
  readonly random: () => number;
  /** Standard normal (Box and Muller 1958). */
  readonly normal: () => number;
  /** Events in a second at this mean rate (Poisson). */
  readonly count: (mean: number) => number;
  /** Users' activity, 0.3 at night to 1 by day, with drift of its own. */
  readonly activity: (second: number) => number;
}

type Make = (source: Source) => (second: number) => number;

/** An average that forgets: what load, queues and caches do to their input. */
function smoothed(share: number, from: number): (value: number) => number {
  let level = from;
  return (value) => (level += share * (value - level));
}

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

const makers: Readonly<Record<string, Make>> = {
  // Jiffies: steps of 1 %. A job every five minutes, and one each hour.
  'cpu busy': ({ normal, activity }) => {
    const drift = smoothed(0.02, 0);
    return (second) => {
      const job = (second % 300 < 4 ? 0.2 : 0) + (second % 3600 < 40 ? 0.25 : 0);
      const busy = 0.25 * activity(second) + drift(0.3 * normal()) + 0.02 * normal() + job;
      return Math.round(100 * clamp(busy, 0, 1)) / 100;
    };
  },
  'load average': ({ count, activity }) => {
    const load = smoothed(1 / 60, 1);
    return (second) => Math.round(100 * load(count(1.5 * activity(second)))) / 100;
  },
  'memory used': ({ normal, random }) => {
    let used = 6e9;
    return (second) => {
      used += 2e6 * normal() + (random() < 0.002 ? 4e7 * normal() : 0) - (used - 6e9) / 5000;
      return used + 3e8 * ((second % 900) / 900);
    };
  },
  'disk busy': ({ random, normal }) => {
    const busy = smoothed(0.3, 0.02);
    return (second) => {
      const flush = second % 30 < 2 ? 0.15 * random() : 0;
      return clamp(
        busy(0.02 + flush + (random() < 0.01 ? 0.3 * random() : 0)) + 0.003 * normal(),
        0,
        1,
      );
    };
  },
  'bytes received': ({ normal, random, activity }) => {
    const burst = smoothed(0.1, 0);
    return (second) =>
      1e6 * activity(second) * Math.exp(0.25 * normal()) + burst(random() < 0.003 ? 5e7 : 0);
  },
  'bytes sent': ({ normal, activity }) => {
    const level = smoothed(0.05, 0);
    return (second) => 4e6 * activity(second) * Math.exp(0.15 * normal() + level(0.6 * normal()));
  },
  'requests a second': ({ count, activity }) => {
    return (second) => count(40 * activity(second));
  },
  'latency p99': ({ normal, random, activity }) => {
    const queue = smoothed(0.15, 0);
    return (second) => {
      const slow = random() < 0.004 ? 0.05 * random() : 0;
      return 0.02 * (1 + 0.3 * activity(second)) * Math.exp(0.2 * normal()) + queue(slow);
    };
  },
  'error ratio': ({ count, activity }) => {
    return (second) => {
      const requests = 40 * activity(second);
      return Math.min(1, count(0.002 * requests) / requests);
    };
  },
  'queue length': ({ count, activity }) => {
    let length = 0;
    return (second) => (length = Math.max(0, length + count(9 * activity(second)) - 9));
  },
  connections: ({ normal, count, activity }) => {
    let open = 200;
    return (second) => {
      open += count(4 * activity(second)) - count((4 * open) / 350);
      return Math.max(0, Math.round(open + 0.5 * normal()));
    };
  },
  temperature: ({ normal, activity }) => {
    const heat = smoothed(0.005, 50);
    return (second) => Math.round(2 * heat(42 + 14 * activity(second) + 6 * normal())) / 2;
  },
};

/** Series such as a host and a service have, a day of each, made from random numbers. */
export function generateSeries(seed: number, seconds = DAY): Series[] {
  return Object.entries(makers).map(([name, make], i) => {
    const next = make(sourceOf(uniform(1000 * seed + i)));
    return { name, values: new Float64Array(seconds).map((_, second) => next(second)) };
  });
}

function sourceOf(random: () => number): Source {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const drift = smoothed(1 / 600, 0);
  const phase = random();
  return {
    random,
    normal,
    count: (mean) => {
      const end = Math.exp(-mean);
      let product = random();
      let events = 0;
      for (; product > end; events++) product *= random();
      return events;
    },
    activity: (second) =>
      clamp(
        0.65 - 0.35 * Math.cos(2 * Math.PI * (second / DAY + phase)) + drift(normal()),
        0.1,
        1.5,
      ),
  };
}
