import {
  FieldType,
  type DataFrame,
  type DataFrameType,
  type QueryResultMetaNotice,
} from '@grafana/data';
import type { Trust } from '../shared/trust.js';
import { seriesName } from './legend.js';
import type { Column, SeriesTable } from './live/table.js';
import type { KymoQuery } from './query.js';
import { grafanaUnit } from './units.js';

interface FrameQuery extends Pick<KymoQuery, 'refId' | 'legend' | 'expr'> {
  /** Grafana's id of the unit of series that say none themselves. */
  readonly unit?: string;
}

type Table = Pick<SeriesTable, 'times' | 'columns'>;

/** A table as a wide frame of its numbers, and a frame of cells for each series of exponential histograms. */
export function toFrames(table: Table, query: FrameQuery, trust?: Trust): DataFrame[] {
  const distributions = table.columns.filter(({ histograms }) => histograms.size > 0);
  const cells = distributions.map((column) => cellsFrame(table.times, column, query, trust));
  const columns = table.columns.filter(
    (column) => column.histograms.size === 0 || column.values.some((value) => value !== null),
  );
  if (columns.length === 0 && cells.length > 0) return cells;
  return [toFrame({ times: table.times, columns }, query, trust), ...cells];
}

/** A row a bucket: the form that Grafana gives sparse heatmaps. */
function cellsFrame(
  times: readonly number[],
  { labels, histograms }: Column,
  { refId, legend, expr }: FrameQuery,
  trust?: Trust,
): DataFrame {
  const cells = times.flatMap((time) =>
    (histograms.get(time) ?? []).map((bucket) => ({ time, ...bucket })),
  );
  const interval = trust?.interval ?? times[1] - times[0];
  const number = (name: string, values: number[]) => {
    const said = name === 'count' ? { displayNameFromDS: seriesName(labels, legend, expr) } : {};
    return { name, type: FieldType.number, labels: { ...labels }, config: said, values };
  };
  return {
    refId,
    length: cells.length,
    fields: [
      {
        name: 'xMax',
        type: FieldType.time,
        config: Number.isFinite(interval) ? { interval } : {},
        values: cells.map(({ time }) => time),
      },
      number(
        'yMin',
        cells.map(({ lower }) => lower),
      ),
      number(
        'yMax',
        cells.map(({ upper }) => upper),
      ),
      number(
        'count',
        cells.map(({ count }) => count),
      ),
    ],
    meta: {
      type: HEATMAP_CELLS,
      executedQueryString: expr,
      ...(trust === undefined ? {} : metaOf(trust)),
    },
  };
}

const HEATMAP_CELLS = 'heatmap-cells' as DataFrameType;

/** A table as one wide frame: a time field and a number field a series. */
export function toFrame(
  table: Pick<SeriesTable, 'times'> & { readonly columns: readonly Omit<Column, 'histograms'>[] },
  { refId, legend, expr, unit: unitOfAll }: FrameQuery,
  trust?: Trust,
): DataFrame {
  const { times, columns } = table;
  return {
    refId,
    length: times.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: [...times] },
      ...columns.map(({ labels, unit, values }) => ({
        name: 'Value',
        type: FieldType.number,
        labels: { ...labels },
        config: {
          displayNameFromDS: seriesName(labels, legend, expr),
          ...unitConfig(unitOfSeries(labels, grafanaUnit(unit) ?? unitOfAll)),
        },
        // Panels keep frames; the table goes on.
        values: [...values],
      })),
    ],
    meta: {
      executedQueryString: expr,
      preferredVisualisationType: 'graph',
      ...(trust === undefined ? {} : metaOf(trust)),
    },
  };
}

/** A bucket has a count, whatever its bounds are of: the unit of its metric is theirs. */
const unitOfSeries = (
  labels: Readonly<Record<string, string>>,
  unit: string | undefined,
): string | undefined => ('le' in labels ? undefined : unit);

const unitConfig = (unit: string | undefined) => (unit === undefined ? {} : { unit });

/** A frame without values, which says how it stands with them. */
export function frameOfTrust(refId: string, trust: Trust): DataFrame {
  return { refId, length: 0, fields: [], meta: metaOf(trust) };
}

const metaOf = (trust: Trust) => ({ custom: { kymo: trust }, notices: noticesOf(trust) });

/** The trust in a frame for panels that know nothing of it: shown beside their title. */
function noticesOf({ state, reason }: Trust): QueryResultMetaNotice[] {
  switch (state) {
    case 'live':
      return [];
    case 'connecting':
      return [{ severity: 'info', text: 'Connecting to the exporter.' }];
    case 'polling':
      return [{ severity: 'info', text: `Values are polled for. ${reason ?? ''}`.trim() }];
    case 'paused':
      return [{ severity: 'info', text: 'Paused; values go on coming and are kept.' }];
    case 'stale':
      return [{ severity: 'warning', text: `No new values come. ${reason ?? ''}`.trim() }];
    case 'disconnected':
      return [{ severity: 'warning', text: reason ?? 'The exporter cannot be reached.' }];
  }
}
