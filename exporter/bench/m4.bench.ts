import { forecast, type ForecastOptions } from '../src/analysis/forecast/forecast.js';
import { forecastMethods } from '../src/analysis/forecast/index.js';
import { periodsOfTime } from '../src/analysis/forecast/periods.js';
import { readHourly, type M4Series } from './m4-data.js';
import { meanMeasures, naive2, type Measures, type Prediction } from './m4-measures.js';

const HOUR = 3_600_000;

/** Official figures of the competition for its hourly series. */
const published = {
  'Doornik (1st)': { sMAPE: 8.913, MASE: 0.801, OWA: 0.41, MSIS: 6.14 },
  'ES-RNN (Smyl)': { sMAPE: 9.328, MASE: 0.893, OWA: 0.44, MSIS: 7.93 },
  Pawlikowski: { sMAPE: 9.611, MASE: 0.873, OWA: 0.444 },
  FFORMA: { sMAPE: 11.506, MASE: 0.819, OWA: 0.484 },
  'seasonal naive': { sMAPE: 13.912, MASE: 1.193, OWA: 0.627 },
};

type Row = Partial<Measures> & { OWA: number; 'ms a series'?: number };

/**
 * Forecasts all hourly series of the M4 competition: the combination that is shipped, beside Naive2, which
 * is the competition's reference, each method alone, and the official figures.
 *
 * `npm run bench -- m4 <folder with Hourly-train.csv and Hourly-test.csv> [--methods]`; without a folder
 * it is read from KYMO_M4. `--methods` adds each method alone. Time is CPU time.
 */
export async function run(args: readonly string[] = process.argv.slice(1)): Promise<void> {
  const folder = args.find((arg) => !arg.startsWith('--')) ?? process.env.KYMO_M4;
  if (folder === undefined) {
    throw new Error('name the folder with Hourly-train.csv and Hourly-test.csv, or set KYMO_M4');
  }
  const series = readHourly(folder);
  const reference = meanMeasures(series, series.map(naive2).map(certain));
  const rowOf = (predict: (one: M4Series) => Prediction): Row => {
    const start = process.cpuUsage();
    const predictions = series.map(predict);
    const { user, system } = process.cpuUsage(start);
    const measures = meanMeasures(series, predictions);
    return {
      ...measures,
      OWA: (measures.sMAPE / reference.sMAPE + measures.MASE / reference.MASE) / 2,
      'ms a series': (user + system) / 1000 / series.length,
    };
  };
  const candidates = periodsOfTime(HOUR);
  const rows: Record<string, Row> = {
    'Kymo, seasons by time of day and week': rowOf(shipped({ candidates })),
    'Kymo, seasons found': rowOf(shipped({})),
    Naive2: rowOf((one) => certain(naive2(one))),
  };
  for (const { name } of args.includes('--methods') ? forecastMethods : []) {
    rows[name] = rowOf(shipped({ candidates, method: name }));
  }
  for (const row of Object.values(rows)) round(row);
  console.table({ ...rows, ...published });
  console.log(JSON.stringify({ bench: 'm4', series: series.length, ...rows, published }));
}

function shipped(options: Omit<ForecastOptions, 'horizon'>): (one: M4Series) => Prediction {
  return ({ name, train, test }) => {
    const answer = forecast(train, { ...options, horizon: test.length });
    if (answer === null) throw new RangeError(`${name} has no values`);
    return answer;
  };
}

/** Without an interval. */
const certain = (values: Float64Array): Prediction => ({ values, lower: values, upper: values });

function round(row: Row): void {
  for (const key of Object.keys(row) as (keyof Row)[]) {
    row[key] = Math.round(1000 * (row[key] ?? NaN)) / 1000;
  }
}
