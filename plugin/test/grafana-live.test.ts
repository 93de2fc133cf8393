import { BehaviorSubject, Subject, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { rowsOf, watchChannel } from '../src/datasource/live/grafana-live.js';
import { plainFrame } from './grafana-data.js';

const grafana = vi.hoisted(() => ({
  config: { liveEnabled: true },
  getDataStream: vi.fn(),
  getConnectionState: vi.fn(),
}));
vi.mock('@grafana/data', async () => ({
  ...(await import('./grafana-data.js')),
  LiveChannelScope: { Stream: 'stream' },
  LoadingState: { Error: 'Error' },
}));
vi.mock('@grafana/runtime', () => ({
  config: grafana.config,
  getGrafanaLiveSrv: () => grafana,
}));

describe('a watched channel of Grafana Live', () => {
  const channel = { name: 'load', expr: 'node_load1', stream: 'kymo', interval: 1000 };
  const onRows = vi.fn();
  const onDown = vi.fn();
  const watch = (): (() => void) => watchChannel(channel, { onRows, onDown });
  let connected: BehaviorSubject<boolean>;
  let stream: Subject<object>;

  beforeEach(() => {
    vi.useFakeTimers();
    grafana.config.liveEnabled = true;
    connected = new BehaviorSubject(false);
    stream = new Subject();
    grafana.getConnectionState.mockReset().mockReturnValue(connected);
    grafana.getDataStream.mockReset().mockReturnValue(stream);
    onRows.mockReset();
    onDown.mockReset();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('brings rows, and is not down while the page connects', () => {
    const stop = watch();
    vi.advanceTimersByTime(300);
    connected.next(true);
    stream.next({ data: [plainFrame('load', [1000], [2])] });
    vi.advanceTimersByTime(10_000);
    const columns = [{ labels: {}, type: '', unit: '' }];
    expect(onRows).toHaveBeenCalledExactlyOnceWith([{ time: 1000, columns, values: [2] }]);
    expect(onDown).not.toHaveBeenCalled();
    stop();
    expect([stream.observed, connected.observed]).toEqual([false, false]);
  });

  test('is down soon after the connection is lost, and not after it has ended', () => {
    const stop = watch();
    connected.next(true);
    connected.next(false);
    vi.advanceTimersByTime(600);
    expect(onDown).toHaveBeenCalledTimes(1);
    connected.next(true);
    connected.next(false);
    stop();
    vi.advanceTimersByTime(10_000);
    expect(onDown).toHaveBeenCalledTimes(1);
  });

  test('is down at once where Grafana says that the channel fails', () => {
    watch();
    connected.next(true);
    stream.next({ data: [], state: 'Error' });
    expect(onDown).toHaveBeenCalledTimes(1);
  });

  test('is asked for again after it has ended', () => {
    grafana.getDataStream.mockReturnValue(throwError(() => new Error('gone')));
    connected.next(true);
    watch();
    expect(onDown).toHaveBeenCalledTimes(1);
    grafana.getDataStream.mockReturnValue(stream);
    vi.advanceTimersByTime(5000);
    stream.next({ data: [plainFrame('load', [1000], [2])] });
    expect(onRows).toHaveBeenCalledTimes(1);
    expect(onDown).toHaveBeenCalledTimes(1);
  });

  test('is down at once where Grafana has no Live', () => {
    grafana.config.liveEnabled = false;
    watch()();
    expect(onDown).toHaveBeenCalledTimes(1);
    expect(grafana.getDataStream).not.toHaveBeenCalled();
  });

  test('has rows of the series that have a value', () => {
    const frame = plainFrame('load', [1000, 2000], [1, null]);
    expect(rowsOf(frame).map(({ time, values }) => [time, values])).toEqual([
      [1000, [1]],
      [2000, []],
    ]);
  });
});
