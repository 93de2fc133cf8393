import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { AlertRow } from '../../shared/alert-frames.js';
import { testIds } from '../../shared/test-ids.js';
import { AlertItem } from './AlertItem.js';
import { RowCurves } from './row-curves.js';
import type { Acting } from './use-alerts-door.js';

interface AlertListProps {
  readonly rows: readonly AlertRow[];
  readonly acting: Acting;
  /** What is seen is not of now. */
  readonly old: boolean;
  /** CSS pixels. */
  readonly width: number;
  /** Fingerprint of the row that is open. */
  readonly open: string | undefined;
  readonly toggle: (fingerprint: string) => void;
  /** The row that is open is kept here only: nobody tells of its alert any more. */
  readonly isGone: boolean;
}

/** CSS pixels of a row that has not been seen yet. */
const GUESSED = 76;

/** Where each key moves the focus to. */
const MOVES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_at, last) => last,
};

/** The alerts, of which only those in sight are drawn. */
export function AlertList({ rows, acting, old, width, open, toggle, isGone }: AlertListProps) {
  const styles = useStyles2(stylesOf);
  const box = useRef<HTMLDivElement>(null);
  const rowsNow = useRef(rows);
  rowsNow.current = rows;
  const { door } = acting;
  const curves = useMemo(
    () => door && new RowCurves({ curveOf: (row) => door.curveOf(row), now: () => Date.now() }),
    [door],
  );
  const now = useNow();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => GUESSED,
    getItemKey: (index) => rows[index]?.fingerprint ?? index,
    overscan: 4,
  });
  const focus = (index: number): void => {
    const focusDrawn = (): boolean => {
      const selector = `[data-index="${index}"] [aria-expanded]`;
      const button = box.current?.querySelector<HTMLElement>(selector);
      button?.focus();
      return button !== undefined && button !== null;
    };
    // At once where it can be: the next key may be Enter. Otherwise it is drawn after the scrolling only.
    if (focusDrawn()) return;
    virtual.scrollToIndex(index);
    requestAnimationFrame(focusDrawn);
  };
  const closed = useRef<number>();
  const onToggle = useCallback(
    (fingerprint: string) => {
      closed.current = rowsNow.current.findIndex((row) => row.fingerprint === fingerprint);
      toggle(fingerprint);
    },
    [toggle],
  );
  useEffect(() => {
    const at = closed.current;
    closed.current = undefined;
    // A row that was kept only for being open goes with that: who was in it goes on at the next one.
    if (at === undefined || document.activeElement !== document.body || rows.length === 0) return;
    focus(Math.min(at, rows.length - 1));
  }, [rows, open]);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const move = MOVES[event.key];
    const target = event.target as HTMLElement;
    if (move === undefined || !target.hasAttribute('aria-expanded')) return;
    const at = Number(target.closest('[data-index]')?.getAttribute('data-index') ?? 0);
    event.preventDefault();
    focus(move(at, rows.length - 1));
  };
  return (
    <div
      ref={box}
      className={cx(styles.box, old && styles.old)}
      role="list"
      aria-label="Alerts"
      data-testid={testIds.alertsList}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              role="listitem"
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              className={styles.row}
              style={{ transform: `translateY(${start}px)` }}
            >
              <AlertItem
                row={row}
                acting={acting}
                now={now}
                width={width}
                isOpen={open === row.fingerprint}
                curves={curves}
                isGone={isGone && open === row.fingerprint}
                onToggle={onToggle}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The time, once a second, for how long alerts have been there. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const stylesOf = (theme: GrafanaTheme2) => ({
  box: css({ flex: 1, minHeight: 0, overflow: 'auto', contain: 'strict' }),
  // Grey rather than pale: what is old has to be read as well.
  old: css({ filter: 'grayscale(1)', opacity: 0.85 }),
  row: css({
    position: 'absolute',
    top: 0,
    left: 0,
    width: '100%',
    // What changes in a row is nothing to the others.
    contain: 'content',
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
});
