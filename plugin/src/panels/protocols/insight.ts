import { badness, worst, type Health, type ProtocolRow } from './model.js';
import type { Status } from '../../shared/status.js';

/** What stands out, in parts of which the status word is coloured. */
export interface Insight {
  readonly subject: string;
  readonly status: Status;
  /** In words; what is said of the subject. */
  readonly word: string;
  /** Goes on where the word ends. */
  readonly rest: string;
}

/** How figures are written. */
export interface Texts {
  readonly latency: (row: ProtocolRow) => string;
  readonly errors: (row: ProtocolRow) => string;
  readonly count: (value: number) => string;
}

/** One sentence on all rows: the worst of them and why, and how many connections there are. */
export function insightOf(rows: readonly ProtocolRow[], texts: Texts): Insight | undefined {
  if (rows.length === 0) return undefined;
  const status = worst(rows.map((row) => row.status));
  const connections = connectionsOf(rows, texts);
  if (status === 'ok') {
    const subject = rows.length === 1 ? rows[0].name : `All ${rows.length}`;
    const word = rows.length === 1 ? 'is fine' : 'are fine';
    return { subject, status, word, rest: `.${connections}` };
  }
  const bad = rows.filter((row) => row.status === status);
  // Of several that are as bad, the one with most traffic.
  const [first] = [...bad].sort((a, b) => (b.rate?.value ?? 0) - (a.rate?.value ?? 0));
  const reasons = reasonsOf(first, texts);
  const others = bad.length > 1 ? `, and ${bad.length - 1} more` : '';
  return {
    subject: first.name,
    status,
    word: status === 'critical' ? 'is unhealthy' : 'needs a look',
    rest: `${reasons === '' ? '' : `: ${reasons}`}${others}.${connections}`,
  };
}

function reasonsOf(row: ProtocolRow, texts: Texts): string {
  const reasons = [];
  if (row.latency !== undefined && badness(row.latency.status ?? 'ok') > 0) {
    reasons.push(`latency ${texts.latency(row)}`);
  }
  if (row.errors !== undefined && badness(row.errors.status ?? 'ok') > 0) {
    reasons.push(`errors ${texts.errors(row)}`);
  }
  const { warning = 0, error = 0 } = row.health ?? {};
  if (reasons.length === 0 && warning + error > 0) {
    const ill = texts.count(warning + error);
    reasons.push(`${ill} ${ill === '1' ? 'connection is' : 'connections are'} not healthy`);
  }
  return reasons.join(', ');
}

function connectionsOf(rows: readonly ProtocolRow[], { count }: Texts): string {
  const known = rows.filter(({ active, idle }) => active !== undefined || idle !== undefined);
  if (known.length === 0) return '';
  const total = known.reduce(
    (sum, row) => sum + (row.active?.value ?? 0) + (row.idle?.value ?? 0),
    0,
  );
  const opened = rows.flatMap((row) => row.opened?.value ?? []);
  const rate = opened.reduce((sum, value) => sum + value, 0);
  const openedText = opened.length === 0 ? '' : `, ${count(Math.round(rate))} opened a second`;
  return ` ${count(total)} connections${openedText}.`;
}

/** Counts and shares of connections by their health, for the tooltip and the details. */
export function healthParts(
  health: Health,
  count: (value: number) => string,
): { readonly kind: keyof Health; readonly share: number; readonly text: string }[] {
  const total = health.healthy + health.warning + health.error;
  return (['healthy', 'warning', 'error'] as const).map((kind) => {
    const share = total === 0 ? 0 : health[kind] / total;
    return { kind, share, text: `${count(health[kind])} ${kind} (${percent(share)})` };
  });
}

/** A share as Grafana writes it, with two digits; what is little is not nothing. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1%';
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)}%`;
}
