import { injectGlobal } from '@emotion/css';
import { createTheme, LoadingState, ThemeContext } from '@grafana/data';
import { useMemo } from 'react';
import { Observable } from 'rxjs';
import { toFrame } from '../../src/datasource/frames.js';
import { LivePlayback } from '../../src/datasource/live/playback.js';
import { SeriesTable } from '../../src/datasource/live/table.js';
import type { Trust } from '../../src/shared/trust.js';
import { PageContext, type PageDataSource } from '../page.js';
import { PanelHost } from '../PanelHost.js';
import { topPanels, type PanelDefinition } from '../panels.js';

export type Subject = 'kpi' | 'heatmap';

declare global {
  interface Window {
    /** Feeds the panel another value of each series; what tests of speed call. */
    kymoFeed?: () => void;
  }
}

const STEP = 100;
const POINTS = 600;
const CARDS = 50;
const BUCKETS = 60;
const WINDOW = POINTS * STEP;

/** One panel, fed by `window.kymoFeed`: 50 cards, or a map of 60 × 600 cells. */
export function Bench({ subject }: { readonly subject: Subject }) {
  const theme = useMemo(() => createTheme({ colors: { mode: 'dark' } }), []);
  const page = useMemo(
    () => ({
      datasource: feederOf(subject),
      url: '',
      window: WINDOW,
      protocol: '',
      shown: new Map(),
    }),
    [subject],
  );
  return (
    <ThemeContext.Provider value={theme}>
      <PageContext.Provider value={page}>
        <PanelHost definition={definitionOf(subject)} id={1} />
      </PageContext.Provider>
    </ThemeContext.Provider>
  );
}

function definitionOf(subject: Subject): PanelDefinition {
  const [cards, map] = topPanels;
  return subject === 'kpi' ? { ...cards, title: 'Cards' } : map;
}

const labelsOf: Readonly<Record<Subject, () => Readonly<Record<string, string>>[]>> = {
  kpi: () => Array.from({ length: CARDS }, (_, at) => ({ card: `card ${at}` })),
  heatmap: () => Array.from({ length: BUCKETS }, (_, at) => ({ le: `${0.0001 * 1.2 ** at}` })),
};

/** Cumulative in a map, as buckets are. */
const valueOf: Readonly<Record<Subject, (at: number, turn: number) => number>> = {
  kpi: (at, turn) => 100 + 40 * Math.sin(turn / 20 + at),
  heatmap: (at, turn) => 200 / (1 + Math.exp((30 + 8 * Math.sin(turn / 50) - at) / 4)),
};

/** Makes frames as the datasource does: a table that grows by a row, copied for the panel. */
function feederOf(subject: Subject): PageDataSource {
  const table = new SeriesTable();
  const columns = labelsOf[subject]().map((labels) => ({
    labels,
    unit: '',
    type: 'gauge' as const,
  }));
  const began = Math.floor(Date.now() / STEP) * STEP;
  let turn = 0;
  const grow = (): void => {
    const time = began + turn * STEP;
    table.addFrame(
      time,
      columns,
      columns.map((_, at) => valueOf[subject](at, turn)),
    );
    table.trim(time - WINDOW);
    turn += 1;
  };
  for (let point = 0; point < POINTS; point += 1) grow();
  const query: PageDataSource['query'] = () =>
    new Observable((observer) => {
      const feed = (): void => {
        grow();
        const trust: Trust = {
          state: 'live',
          transport: 'websocket',
          lag: 40,
          last: table.last ?? null,
          interval: STEP,
          dropped: 0,
        };
        const legend = subject === 'kpi' ? '{{card}}' : '{{le}}';
        const frame = toFrame(table, { refId: 'A', expr: 'bench', legend }, trust);
        observer.next({ data: [frame], state: LoadingState.Streaming });
      };
      window.kymoFeed = feed;
      feed();
    });
  return { playback: new LivePlayback(), query };
}

injectGlobal({ 'body > #root > section': { height: '100vh !important' } });
