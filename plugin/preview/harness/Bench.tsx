import { injectGlobal } from '@emotion/css';
import { createTheme, LoadingState, ThemeContext } from '@grafana/data';
import { useMemo } from 'react';
import { Observable } from 'rxjs';
import { LivePlayback } from '../../src/datasource/live/playback.js';
import { PageContext, type PageDataSource } from '../page.js';
import { PanelHost } from '../PanelHost.js';
import { bottomPanels, topPanels, type PanelDefinition } from '../panels.js';
import { feederOf, WINDOW, type Subject } from './feeders.js';

declare global {
  interface Window {
    /** Feeds the panel another value of each series, or at first all: what benchmarks call. */
    kymoFeed?: () => void;
    /** Only makes what would be fed: what the making costs. */
    kymoMake?: () => void;
  }
}

interface BenchProps {
  readonly subject: Subject;
  /** Of series, or of alerts. */
  readonly count: number | undefined;
}

/** One panel, fed by `window.kymoFeed`. */
export function Bench({ subject, count }: BenchProps) {
  const theme = useMemo(() => createTheme({ colors: { mode: 'dark' } }), []);
  const page = useMemo(
    () => ({
      datasource: sourceOf(subject, count),
      url: '',
      window: WINDOW,
      protocol: '',
      shown: new Map(),
    }),
    [subject, count],
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
  const [cards, map, protocols] = topPanels;
  const alerts = bottomPanels[bottomPanels.length - 1];
  switch (subject) {
    case 'kpi':
      // No overrides: series are not called as the page's are.
      return { ...cards, title: 'Cards' };
    case 'heatmap':
    case 'rows':
      return map;
    case 'protocols':
      return protocols;
    case 'alerts':
    case 'states':
      return alerts;
  }
}

function sourceOf(subject: Subject, count: number | undefined): PageDataSource {
  const feeder = feederOf(subject, count);
  const query: PageDataSource['query'] = () =>
    new Observable((observer) => {
      const feed = (): void =>
        observer.next({ data: feeder.next(), state: LoadingState.Streaming });
      window.kymoFeed = feed;
      window.kymoMake = () => void feeder.next();
    });
  return { playback: new LivePlayback(), query };
}

injectGlobal({ 'body > #root > section': { height: '100vh !important' } });
