import { textTable } from '../../lib/text-table.js';
import { LabelSet } from '../../series/labels.js';
import type { Transition } from '../alert.js';
import type { Episode } from './episodes.js';
import type { ReplayFailure } from './replay.js';
import type { WatchSummary } from './watch-tally.js';

/** A time in UTC as people read it, with milliseconds only where there are some. */
export function formatTime(time: number): string {
  return new Date(time)
    .toISOString()
    .replace('T', ' ')
    .replace(/(\.000)?Z$/, '');
}

/** A table of the alerts with the times of their states. */
export function alertTable(episodes: readonly Episode[]): string {
  if (episodes.length === 0) return 'No alert was pending or fired.\n';
  const at = (time: number | undefined): string => (time === undefined ? '-' : formatTime(time));
  return textTable(
    ['ALERT', 'PENDING', 'FIRING', 'RESOLVED', 'LABELS'],
    episodes.map(({ alert, labels, pending, firing, ended }) => [
      alert,
      // An alert without `for` is never pending.
      pending === firing ? '-' : at(pending),
      at(firing),
      ended !== undefined && firing === undefined ? `(${at(ended)})` : at(ended),
      LabelSet.from(labels).toString(),
    ]),
  );
}

/** A table of the watches with how often their scores were above 1. */
export function watchTable(watches: readonly WatchSummary[]): string {
  return textTable(
    ['WATCH', 'SERIES', 'POINTS', 'WARM', 'ABOVE 1', 'SHARE', 'HIGHEST', 'AT'],
    watches.map(({ watch, series, points, warm, above, highest, highestAt }) => [
      watch,
      String(series),
      String(points),
      String(warm),
      String(above),
      warm === 0 ? '-' : `${((100 * above) / warm).toFixed(2)} %`,
      Number.isNaN(highest) ? '-' : highest.toFixed(2),
      Number.isNaN(highest) ? '-' : formatTime(highestAt),
    ]),
  );
}

/** One line of a change of an alert. */
export function transitionLine({ time, from, to, alert }: Transition): string {
  const { alertname, ...labels } = alert.labels;
  return `${formatTime(time)}  ${alertname} ${from} > ${to}  ${LabelSet.from(labels).toString()}\n`;
}

/** One line of a rule or watch that failed. */
export function failureLine({ what, error, since, count }: ReplayFailure): string {
  const times = count === 1 ? 'once' : `${count} times`;
  return `${what}: failed ${times} from ${formatTime(since)} on: ${error}\n`;
}
