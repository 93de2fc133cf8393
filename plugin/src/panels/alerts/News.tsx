import { css } from '@emotion/css';
import { useEffect, useRef, useState } from 'react';
import type { AlertRow } from '../../shared/alert-frames.js';
import { testIds } from '../../shared/test-ids.js';
import { newsOf } from './model.js';

interface NewsProps {
  readonly rows: readonly AlertRow[];
  /** Whether rows are what there is: nobody is told of alerts that were there when the page opened. */
  readonly ready: boolean;
}

/** Milliseconds between two announcements: what comes meanwhile is told together. */
const PAUSE = 5000;

/** Tells screen readers what begins and what ends, politely and not often. */
export function News({ rows, ready }: NewsProps) {
  const [news, setNews] = useState('');
  const newest = useRef(rows);
  const told = useRef<readonly AlertRow[] | undefined>(undefined);
  newest.current = rows;
  useEffect(() => {
    if (!ready) return undefined;
    told.current = newest.current;
    const timer = setInterval(() => {
      const text = newsOf(told.current ?? [], newest.current);
      told.current = newest.current;
      if (text !== '') setNews(text);
    }, PAUSE);
    return () => clearInterval(timer);
  }, [ready]);
  return (
    <div className={unseen} role="status" aria-live="polite" data-testid={testIds.alertsNews}>
      {news}
    </div>
  );
}

const unseen = css({
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
});
