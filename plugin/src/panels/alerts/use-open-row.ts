import { useCallback, useMemo, useRef, useState } from 'react';
import type { AlertRow } from '../../shared/alert-frames.js';
import type { Filter } from './filter.js';
import { keepOpen, type Held } from './open-row.js';

interface Asked {
  /** What is asked for. */
  readonly rows: readonly AlertRow[];
  readonly all: readonly AlertRow[];
  readonly filter: Filter;
  /** Whether the rows are what there is, and not missing. */
  readonly hasFrames: boolean;
}

/** The row that is open, if any, and the rows that are shown with it. */
export function useOpenRow({ rows, all, filter, hasFrames }: Asked) {
  const [open, setOpen] = useState<string>();
  const held = useRef<Held>();
  const kept = useMemo(
    () => (hasFrames ? keepOpen({ rows, all, open, filter, held: held.current }) : undefined),
    [rows, all, open, filter, hasFrames],
  );
  if (kept !== undefined) held.current = kept.held;
  const toggle = useCallback(
    (fingerprint: string) => setOpen((was) => (was === fingerprint ? undefined : fingerprint)),
    [],
  );
  return { rows: kept?.rows ?? rows, isGone: kept?.isGone ?? false, open, toggle };
}
