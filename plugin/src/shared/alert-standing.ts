import type { IconName } from '@grafana/ui';
import type { AlertRow } from './alert-frames.js';

/** What an alert asks of people, the most urgent first. */
export const STANDINGS = [
  'emergency',
  'critical',
  'error',
  'warning',
  'info',
  'pending',
  'acknowledged',
  'resolved',
] as const;
export type Standing = (typeof STANDINGS)[number];

const SEVERITIES: ReadonlySet<string> = new Set(STANDINGS.slice(0, 5));

/** What of an alert tells how urgent it is. */
export type AlertUrgency = Pick<AlertRow, 'state' | 'severity' | 'acknowledgedBy'>;

/** Alerts of one urgency; one where no count is told. */
export type AlertCount = AlertUrgency & { readonly count?: number };

/** How urgent an alert is: by its severity while it fires and nobody has taken it on. */
export function standingOf({ state, severity, acknowledgedBy }: AlertUrgency): Standing {
  if (state === 'inactive') return 'resolved';
  if (acknowledgedBy !== null) return 'acknowledged';
  if (state === 'pending') return 'pending';
  const known = (severity ?? '').toLowerCase();
  // One without a severity of ours may be anything: a warning is the middle.
  return SEVERITIES.has(known) ? (known as Standing) : 'warning';
}

/** How many there are of each standing, the most urgent first; none of those that there are not. */
export function countsOf(
  rows: readonly AlertCount[],
): readonly { readonly standing: Standing; readonly count: number }[] {
  const counts = new Map<Standing, number>();
  for (const row of rows) {
    const standing = standingOf(row);
    counts.set(standing, (counts.get(standing) ?? 0) + (row.count ?? 1));
  }
  return STANDINGS.flatMap((standing) => {
    const count = counts.get(standing);
    return count === undefined ? [] : [{ standing, count }];
  });
}

interface Look {
  readonly word: string;
  readonly icon: IconName;
  /** Colour of the theme; grey where there is none. */
  readonly tone?: 'error' | 'warning' | 'info' | 'success';
}

/** How urgent an alert is, in word, icon and colour together. */
export const STANDING_LOOKS: Readonly<Record<Standing, Look>> = {
  emergency: { word: 'emergency', icon: 'fire', tone: 'error' },
  critical: { word: 'critical', icon: 'exclamation-circle', tone: 'error' },
  error: { word: 'error', icon: 'times-circle', tone: 'error' },
  warning: { word: 'warning', icon: 'exclamation-triangle', tone: 'warning' },
  info: { word: 'info', icon: 'info-circle', tone: 'info' },
  pending: { word: 'pending', icon: 'hourglass' },
  acknowledged: { word: 'acknowledged', icon: 'eye' },
  resolved: { word: 'resolved', icon: 'check', tone: 'success' },
};
