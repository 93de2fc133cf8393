import { KymoError } from '../lib/errors.js';
import type { Labels } from '../series/labels.js';
import type { SeriesId } from '../series/reader.js';
import type { SourceWriter } from '../series/writer.js';
import type { AlertState } from './alert.js';
import type { AlertEntry } from './alert-entry.js';

const HELP = {
  ALERTS: 'Alerts that are pending or firing, as Prometheus has them; always 1.',
  ALERTS_FOR_STATE: 'Since when the condition of an alert has held, in Unix seconds.',
  kymo_alert_state: 'State of an alert: 0 inactive, 1 pending, 2 firing, 3 recovering.',
  kymo_alert_acknowledged: 'Whether an alert is acknowledged.',
} as const;
type Metric = keyof typeof HELP;

const NUMBERS: Readonly<Record<AlertState, number>> = {
  inactive: 0,
  pending: 1,
  firing: 2,
  recovering: 3,
};

/** Writes the series that tell of the alerts of one rule. */
export class AlertSeries {
  readonly #writer: SourceWriter;
  #removals = 0;
  #none: SeriesId | undefined;

  constructor(writer: SourceWriter) {
    this.#writer = writer;
  }

  /** Writes all alerts of a rule at a time (Unix ms). `own` are its labels where it has no alert. */
  write(entries: Iterable<AlertEntry>, { at, own }: { at: number; own: Labels }): void {
    const writer = this.#writer;
    const forgets = writer.removals !== this.#removals;
    this.#removals = writer.removals;
    let any = false;
    for (const entry of entries) {
      if (forgets) entry.series.clear();
      any = true;
      const { state, flapping, activeAt } = entry.status;
      if (state !== 'inactive') {
        // Prometheus knows no state between firing and resolved.
        const alertstate = state === 'pending' ? 'pending' : 'firing';
        this.#set(entry, { metric: 'ALERTS', value: 1, extra: { alertstate } });
        const since = Math.floor(activeAt / 1000);
        this.#set(entry, { metric: 'ALERTS_FOR_STATE', value: since, extra: {} });
        const value = entry.acknowledgement === undefined ? 0 : 1;
        this.#set(entry, { metric: 'kymo_alert_acknowledged', value, extra: {} });
      }
      const extra: Labels = flapping ? { kymo_flapping: 'true' } : {};
      this.#set(entry, { metric: 'kymo_alert_state', value: NUMBERS[state], extra });
    }
    if (!any) this.#setNone(own, forgets);
    writer.commit(at);
  }

  #set(
    entry: AlertEntry,
    { metric, value, extra }: { metric: Metric; value: number; extra: Labels },
  ): void {
    const slot = metric + (extra.alertstate ?? extra.kymo_flapping ?? '');
    let id = entry.series.get(slot);
    if (id === undefined || !this.#writer.has(id)) {
      id = this.#series(metric, { ...entry.labels.toObject(), ...extra });
      if (id === undefined) return;
      entry.series.set(slot, id);
    }
    this.#writer.set(id, value);
  }

  #setNone(own: Labels, forgets: boolean): void {
    if (this.#none === undefined || forgets || !this.#writer.has(this.#none)) {
      this.#none = this.#series('kymo_alert_state', own);
    }
    if (this.#none !== undefined) this.#writer.set(this.#none, 0);
  }

  /** The series; `undefined` where another rule has an alert of the same labels and tells of it. */
  #series(metric: Metric, labels: Labels): SeriesId | undefined {
    const writer = this.#writer;
    const family = writer.family({ name: metric, type: 'gauge', help: HELP[metric] });
    try {
      return writer.series(family, labels);
    } catch (thrown) {
      if (thrown instanceof KymoError && thrown.code === 'duplicate_series') return undefined;
      throw thrown;
    }
  }
}
