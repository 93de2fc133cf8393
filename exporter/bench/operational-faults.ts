import { uniform, type Series } from './operational-series.js';

export interface Fault {
  readonly kind: FaultKind;
  /** First second, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/** What a fault makes of a value, `second` seconds after its start. */
type Effect = (value: number, second: number, series: Before) => number;

/** What the series was in the hour before the fault. */
interface Before {
  readonly last: number;
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
  /** Of the fault, in seconds. */
  readonly length: number;
}

const kinds = {
  spike: { length: 5, effect: (value, _, { deviation }) => value + 8 * deviation },
  'level shift': { length: 600, effect: (value, _, { deviation }) => value + 4 * deviation },
  'slow leak': {
    length: 1800,
    effect: (value, second, { deviation, length }) => value + (8 * deviation * second) / length,
  },
  stuck: { length: 300, effect: (_, _second, { last }) => last },
  'drop to zero': { length: 60, effect: () => 0 },
  'variance burst': {
    length: 120,
    effect: (value, _, { mean }) => mean + 5 * (value - mean),
  },
  'new oscillation': {
    length: 300,
    effect: (value, second, { deviation }) =>
      value + 3 * deviation * Math.sin((2 * Math.PI * second) / 20),
  },
} as const satisfies Readonly<Record<string, { length: number; effect: Effect }>>;

export type FaultKind = keyof typeof kinds;
export const faultKinds = Object.keys(kinds) as FaultKind[];

/** Seconds without a fault at the start, and from one to the next at least; less in a short recording. */
const CALM = 7200;
const SHARE = 1 / 6;

/** A copy of the series with faults of all kinds in turn, at times that differ by seed. */
export function injectFaults(
  { name, values }: Series,
  seed: number,
): { readonly series: Series; readonly faults: readonly Fault[] } {
  const random = uniform(seed);
  const faulty = values.slice();
  const faults: Fault[] = [];
  const calm = Math.min(CALM, Math.floor(SHARE * values.length));
  let start = calm;
  for (let i = seed; ; i++) {
    const kind = faultKinds[i % faultKinds.length];
    const { length, effect } = kinds[kind];
    start += Math.floor(random() * 900);
    const end = start + length;
    if (end >= values.length) break;
    const before = describe(values.subarray(Math.max(0, start - 3600), start), length);
    for (let second = 0; second < length; second++) {
      faulty[start + second] = effect(values[start + second], second, before);
    }
    faults.push({ kind, start, end });
    start = end + calm;
  }
  return { series: { name, values: faulty }, faults };
}

function describe(past: Float64Array, length: number): Before {
  const mean = past.reduce((sum, value) => sum + value, 0) / past.length;
  const squares = past.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { last: past[past.length - 1], mean, deviation: Math.sqrt(squares / past.length), length };
}
