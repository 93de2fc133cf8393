import { parseArgs } from 'node:util';

export const PARTS = [
  { name: 'cards', what: '50 KPI cards at 10 Hz' },
  { name: 'heatmap', what: 'a heatmap of 60 × 600 cells at 10 Hz' },
  { name: 'alerts', what: '10,000 alerts: first paint, updates, scrolling' },
  { name: 'stock', what: 'each of our panels beside the closest of Grafana’s, at 10 Hz' },
  { name: 'stream', what: '100 series at 10 Hz from our datasource, and from a bare stream' },
  { name: 'many', what: '24 panels at 1 Hz on one connection' },
  { name: 'latency', what: 'from a sample’s tick to the paint of the frame that shows it' },
  { name: 'heap', what: 'the page’s heap over time' },
] as const;
export type PartName = (typeof PARTS)[number]['name'];

export interface Options {
  readonly parts: ReadonlySet<PartName>;
  /** That each is measured for. */
  readonly seconds: number;
  /** Times that two are measured in turn. */
  readonly rounds: number;
  /** That the heap is looked at for. */
  readonly minutes: number;
  /** Pixels of the device in one of CSS, in cards, heatmap and alerts. */
  readonly ratio: number;
}

const FLAGS = {
  seconds: { type: 'string', default: '10' },
  rounds: { type: 'string', default: '1' },
  minutes: { type: 'string', default: '1' },
  ratio: { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const;

/** @returns `undefined` where help is asked for, or is needed; it is printed then */
export function optionsOf(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: FLAGS,
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => PARTS.every((part) => part.name !== name));
  if (unknown !== undefined) console.error(`There is no part ${unknown}.`);
  if (values.help || unknown !== undefined) {
    console.log(USAGE);
    return undefined;
  }
  const chosen = PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return {
    parts: new Set(chosen.map(({ name }) => name)),
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    minutes: Number(values.minutes),
    ratio: Number(values.ratio),
  };
}

const USAGE = `npm run bench -- panels [part…] [--seconds 10] [--rounds 1] [--minutes 1] [--ratio 1]

What panels and datasource cost in headless Chromium. All parts by default:
${PARTS.map(({ name, what }) => `  ${name.padEnd(8)}  ${what}`).join('\n')}
The last five need a Grafana: GRAFANA_HOME is the folder that has bin/grafana.

  --seconds  that each is measured for
  --rounds   times that two are measured in turn; medians are shown
  --minutes  that the heap is looked at for
  --ratio    pixels of the device in one of CSS, in the first three parts`;
