import { FieldType, LiveChannelScope, type DataFrame } from '@grafana/data';
import { getGrafanaLiveSrv } from '@grafana/runtime';
import type { LiveColumn } from '@kymo/contract';
import type { Channel } from './channels.js';

/** All that Grafana has of one time. */
export interface ChannelRow {
  /** Unix milliseconds. */
  readonly time: number;
  readonly columns: readonly LiveColumn[];
  readonly values: readonly (number | null)[];
}

/** Watches a channel; the returned function ends it. */
export type WatchChannel = (channel: Channel, onRows: (rows: ChannelRow[]) => void) => () => void;

/** Rows that are kept: as many as can come between two looks at them. */
const ROWS = 20;

/**
 * The only place that knows of Grafana's Live service, whose interface may still change. It connects by
 * itself and again after a loss; what was pushed meanwhile it does not have.
 */
export const watchChannel: WatchChannel = ({ stream, name }, onRows) => {
  const subscription = getGrafanaLiveSrv()
    .getDataStream({
      addr: { scope: LiveChannelScope.Stream, stream, path: name },
      buffer: { maxLength: ROWS },
    })
    .subscribe(({ data }) => onRows((data as DataFrame[]).flatMap(rowsOf)));
  return () => subscription.unsubscribe();
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
