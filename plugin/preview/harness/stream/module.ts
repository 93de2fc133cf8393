import {
  DataSourceApi,
  DataSourcePlugin,
  LoadingState,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceInstanceSettings,
  type TestDataSourceResponse,
} from '@grafana/data';
import { Observable } from 'rxjs';
import { feederOf, type Feeder } from '../feeders.js';
import { watchBare } from './bare.js';
import type { BenchQuery } from './query.js';

/** What benchmarks put beside our datasource: made frames, and a stream with nothing around it. */
class BenchDataSource extends DataSourceApi<BenchQuery> {
  readonly #url: string;

  constructor(settings: DataSourceInstanceSettings) {
    super(settings);
    this.#url = settings.url ?? '';
  }

  override query(request: DataQueryRequest<BenchQuery>): Observable<DataQueryResponse> {
    const [{ refId, subject, count, expr = '' }] = request.targets;
    const key = `bench/${refId}`;
    return new Observable((observer) => {
      const emit = (data: DataQueryResponse['data']): void =>
        observer.next({ key, data, state: LoadingState.Streaming });
      if (subject === undefined) return watchBare(this.#url, { refId, expr, request }, emit);
      emit(feederOf(subject, count).next());
      // Its newest value is of when the feed begins.
      let feeder: Feeder | undefined;
      window.kymoFeed = () => emit((feeder ??= feederOf(subject, count)).next());
      return undefined;
    });
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    return { status: 'success', message: 'It makes frames.' };
  }
}

export const plugin = new DataSourcePlugin(BenchDataSource);
