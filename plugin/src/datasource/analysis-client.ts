import type {
  AnomaliesAnswer,
  CorrelationsAnswer,
  ForecastAnswer,
  Granularity,
  HistoryAnswer,
  InsightsAnswer,
  StatisticsAnswer,
} from '@kymo/contract';
import { fieldsOf } from '../shared/json.js';
import { dataOf, seconds, type Ask } from './answer.js';
import { QueryError } from './live/past.js';

/** What is analysed; times and spans in Unix milliseconds. */
export interface Analysed {
  readonly expr: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The analysis answers of an exporter; each throws QueryError where there is none. */
export class AnalysisClient {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  history(
    { expr, start, end }: Omit<Analysed, 'step'>,
    granularity: Granularity,
  ): Promise<HistoryAnswer> {
    return this.#data('history', 'series', {
      expr,
      start: seconds(start),
      end: seconds(end),
      granularity,
    });
  }

  anomalies(analysed: Analysed): Promise<AnomaliesAnswer> {
    return this.#data('anomalies', 'series', parametersOf(analysed));
  }

  /** @param horizon milliseconds from the end on */
  forecast(analysed: Analysed, horizon: number): Promise<ForecastAnswer> {
    return this.#data('forecast', 'series', {
      ...parametersOf(analysed),
      horizon: seconds(horizon),
    });
  }

  statistics(analysed: Analysed): Promise<StatisticsAnswer> {
    return this.#data('statistics', 'series', parametersOf(analysed));
  }

  /** @param unit base unit of the values, for the sentences */
  insights(analysed: Analysed, unit?: string): Promise<InsightsAnswer> {
    return this.#data('insights', 'insights', {
      ...parametersOf(analysed),
      ...(unit !== undefined && { unit }),
    });
  }

  correlations(analysed: Analysed): Promise<CorrelationsAnswer> {
    return this.#data('correlations', 'related', parametersOf(analysed));
  }

  /** @param list a list that every such answer has */
  async #data<Answer extends object>(
    name: string,
    list: keyof Answer & string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const data = await dataOf(this.#ask, `/api/metrics/${name}`, parameters);
    if (Array.isArray(fieldsOf(data)[list])) return data as Answer;
    const message = `The exporter's answer of ${name} cannot be read: it is of another version.`;
    throw new QueryError(message, { final: false });
  }
}

const parametersOf = ({ expr, start, end, step }: Analysed): Readonly<Record<string, string>> => ({
  expr,
  start: seconds(start),
  end: seconds(end),
  step: seconds(step),
});
