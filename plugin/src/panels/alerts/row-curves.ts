import { CURVE_AFTER, type AlertRow } from '../../shared/alert-frames.js';
import type { AlertCurve, AlertsDoor } from '../../shared/alerts-door.js';

interface RowCurvesOptions {
  readonly curveOf: AlertsDoor['curveOf'];
  /** Unix milliseconds. */
  readonly now: () => number;
}

interface Known {
  readonly curve: AlertCurve | undefined;
  /** Unix milliseconds. */
  readonly loadedAt: number;
}

interface Watcher {
  readonly row: AlertRow;
  readonly tell: (curve: AlertCurve | undefined) => void;
  timer?: ReturnType<typeof setTimeout>;
}

/** Milliseconds for which a row is in sight before its curve is asked for: not what is scrolled past. */
const LOOKED_AT = 250;
/** Milliseconds after which a curve that still grows, or of which is told what is unusual now, is asked for again. */
const AGAIN = 30_000;
/** Requests at the same time. */
const AT_ONCE = 2;
/** Curves that are kept. */
const KEPT = 300;

/** The curves of the rows in sight: a few at a time, each asked for once, none that nobody waits for any more. */
export class RowCurves {
  readonly #options: RowCurvesOptions;
  readonly #known = new Map<string, Known>();
  readonly #waiting = new Set<Watcher>();
  #asking = 0;

  constructor(options: RowCurvesOptions) {
    this.#options = options;
  }

  /** What is there already. */
  known(row: AlertRow): AlertCurve | undefined {
    return this.#known.get(keyOf(row))?.curve;
  }

  /** Tells of the curve of a row that has come into sight; answers what ends that. */
  watch(row: AlertRow, tell: Watcher['tell']): () => void {
    const watcher: Watcher = { row, tell };
    const known = this.#known.get(keyOf(row));
    if (known === undefined) this.#askIn(watcher, LOOKED_AT);
    else this.#askAgain(watcher, known);
    return () => {
      clearTimeout(watcher.timer);
      watcher.timer = undefined;
      this.#waiting.delete(watcher);
    };
  }

  #askIn(watcher: Watcher, milliseconds: number): void {
    watcher.timer = setTimeout(() => {
      this.#waiting.add(watcher);
      this.#askNext();
    }, milliseconds);
  }

  #askAgain(watcher: Watcher, { curve, loadedAt }: Known): void {
    const { since, state } = watcher.row;
    const begins = since !== null && loadedAt < since + CURVE_AFTER;
    const grows = state !== 'inactive' && (begins || curve?.unusual !== undefined);
    if (grows) this.#askIn(watcher, Math.max(LOOKED_AT, loadedAt + AGAIN - this.#options.now()));
  }

  #askNext(): void {
    const [watcher] = this.#waiting;
    if (watcher === undefined || this.#asking >= AT_ONCE) return;
    this.#waiting.delete(watcher);
    this.#asking += 1;
    void this.#ask(watcher).finally(() => {
      this.#asking -= 1;
      this.#askNext();
    });
    this.#askNext();
  }

  async #ask(watcher: Watcher): Promise<void> {
    const { row, tell } = watcher;
    // Where it cannot be had there is none: the details say why.
    const curve = await this.#options.curveOf(row).catch(() => undefined);
    const known = { curve, loadedAt: this.#options.now() };
    this.#keep(keyOf(row), known);
    if (watcher.timer === undefined) return;
    tell(curve);
    this.#askAgain(watcher, known);
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** An alert that begins anew has another curve. */
const keyOf = ({ fingerprint, since }: AlertRow): string => `${fingerprint} ${since}`;
