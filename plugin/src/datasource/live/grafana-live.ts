import { FieldType, LiveChannelScope, LoadingState, type DataFrame } from '@grafana/data';
import { config, getGrafanaLiveSrv } from '@grafana/runtime';
import type { LiveColumn } from '@kymo/contract';
import { defer, repeat, retry, tap } from 'rxjs';
import type { Channel } from './channels.js';

/** All that Grafana has of one time. */
export interface ChannelRow {
  /** Unix milliseconds. */
  readonly time: number;
  readonly columns: readonly LiveColumn[];
  readonly values: readonly (number | null)[];
}

/** Who is told of a channel. */
export interface ChannelEar {
  readonly onRows: (rows: ChannelRow[]) => void;
  /** Nothing comes any more, as far as Grafana knows; it goes on trying. */
  readonly onDown: () => void;
}

/** Watches a channel; the returned function ends it. */
export type WatchChannel = (channel: Channel, ear: ChannelEar) => () => void;

/** Rows that are kept: as many as can come between two looks at them. */
const ROWS = 20;
/** Milliseconds without Grafana Live's connection after which it is down: a page that loads has none yet. */
const GRACE = 500;
/** Milliseconds until a channel that has ended is asked for again. */
const AGAIN = 5000;

/** Whether Grafana has Live at all: `[live] max_connections` may be 0. */
export const hasGrafanaLive = (): boolean => config.liveEnabled;

/**
 * The only place that knows of Grafana's Live service, whose interface may still change. It connects by
 * itself and again after a loss; what was pushed meanwhile it does not have.
 */
export const watchChannel: WatchChannel = ({ stream, name }, { onRows, onDown }) => {
  if (!hasGrafanaLive()) {
    onDown();
    return () => undefined;
  }
  const live = getGrafanaLiveSrv();
  let grace: ReturnType<typeof setTimeout> | undefined;
  const connection = live.getConnectionState().subscribe((isConnected) => {
    clearTimeout(grace);
    if (!isConnected) grace = setTimeout(onDown, GRACE);
  });
  const addr = { scope: LiveChannelScope.Stream, stream, path: name };
  const subscription = defer(() => live.getDataStream({ addr, buffer: { maxLength: ROWS } }))
    .pipe(
      tap({ error: onDown, complete: onDown }),
      retry({ delay: AGAIN }),
      repeat({ delay: AGAIN }),
    )
    .subscribe(({ data, state }) => {
      if (state === LoadingState.Error) onDown();
      else onRows((data as DataFrame[]).flatMap(rowsOf));
    });
  return () => {
    clearTimeout(grace);
    connection.unsubscribe();
    subscription.unsubscribe();
  };
};

/** The rows of a frame with a field a series. */
export function rowsOf(frame: DataFrame): ChannelRow[] {
  const time = frame.fields.find(({ type }) => type === FieldType.time);
  if (time === undefined) return [];
  const fields = frame.fields.filter(({ type }) => type === FieldType.number);
  return (time.values as number[]).map((at, row) => {
    const here = fields.filter(({ values }) => typeof values[row] === 'number');
    return {
      time: at,
      columns: here.map(({ labels = {} }) => ({ labels, type: '', unit: '' })),
      values: here.map(({ values }) => values[row] as number),
    };
  });
}
