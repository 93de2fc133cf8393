import { injectGlobal } from '@emotion/css';
import { createTheme, LoadingState, ThemeContext, type DataQueryResponse } from '@grafana/data';
import { useEffect, useMemo } from 'react';
import { map, ReplaySubject } from 'rxjs';
import type { CallerAnswer } from '@kymo/contract';
import { LivePlayback } from '../../src/datasource/live/playback.js';
import { alertFrame, type AlertRow } from '../../src/shared/alert-frames.js';
import type { AlertPast, Unusual } from '../../src/shared/alerts-door.js';
import { PageContext, type PageDataSource } from '../page.js';
import { PanelHost } from '../PanelHost.js';
import { bottomPanels } from '../panels.js';
import { setDataSource } from '../standin/runtime.js';
import { useDark } from '../useDark.js';
import { trustAt, WINDOW } from './feeders.js';
import { curveAround, NO_ALERT } from './sample-frames.js';

declare global {
  interface Window {
    /** What tests call: lists these alerts, and no others. */
    kymoAlerts?: (rows: readonly Partial<AlertRow>[]) => void;
    /** What the panel has asked of the exporter. */
    kymoAsked?: { readonly what: string; readonly fingerprint: string; readonly how?: object }[];
    /** The past of every alert. */
    kymoPast?: readonly AlertPast[];
  }
}

/** The panel of alerts, whose alerts tests say. */
export function Alerts() {
  const { dark } = useDark();
  const theme = useMemo(() => createTheme({ colors: { mode: dark ? 'dark' : 'light' } }), [dark]);
  const page = useMemo(
    () => ({ datasource: sourceOf(), url: '', window: WINDOW, protocol: '', shown: new Map() }),
    [],
  );
  const definition = bottomPanels[bottomPanels.length - 1];
  useEffect(() => {
    injectGlobal({
      body: { margin: 0, ...theme.typography.body, color: theme.colors.text.primary },
      'body > #root > section': { height: '100vh !important', boxSizing: 'border-box' },
    });
  }, [theme]);
  return (
    <ThemeContext.Provider value={theme}>
      <PageContext.Provider value={page}>
        <PanelHost definition={definition} id={1} />
      </PageContext.Provider>
    </ThemeContext.Provider>
  );
}

function sourceOf(): PageDataSource {
  const frames = new ReplaySubject<readonly Partial<AlertRow>[]>(1);
  const asked: NonNullable<Window['kymoAsked']> = [];
  window.kymoAsked = asked;
  window.kymoAlerts = (rows) => frames.next(rows);
  const note = (what: string, fingerprint: string, how?: object): Promise<void> => {
    asked.push({ what, fingerprint, how });
    return Promise.resolve();
  };
  const source = {
    playback: new LivePlayback(),
    query: () => frames.pipe(map(answerOf)),
    alerts: {
      caller: (): Promise<CallerAnswer> => Promise.resolve(ANYONE),
      acknowledge: (fingerprint: string, how: object) => note('acknowledge', fingerprint, how),
      endAcknowledgement: (fingerprint: string) => note('end', fingerprint),
      pastOf: () => Promise.resolve(window.kymoPast ?? []),
      curveOf: async ({ fingerprint, since, labels }: AlertRow) => {
        await note('curve', fingerprint);
        const curve = curveAround(since ?? 0);
        return labels.watch === undefined ? curve : { ...curve, unusual: UNUSUAL };
      },
    },
  };
  setDataSource(source);
  return source;
}

/** Of alerts with the label `watch`. */
const UNUSUAL: Unusual = { value: 0.9, lower: 0.14, upper: 0.21, unit: 's', finds: 'a new level' };

const ANYONE: CallerAnswer = {
  name: null,
  role: null,
  mayWrite: true,
  refusal: null,
  reason: null,
  remedy: null,
};

function answerOf(rows: readonly Partial<AlertRow>[]): DataQueryResponse {
  const meta = { kymo: trustAt(Date.now()), datasource: 'kymo' };
  const full = rows.map((row, at): AlertRow => ({
    ...{ ...NO_ALERT, value: null, summary: null, severity: null, labels: {} },
    ...{ state: 'firing', since: null, firedAt: null, name: '', fingerprint: `${at}` },
    ...row,
  }));
  return { data: [alertFrame(full, 'A', meta)], state: LoadingState.Streaming };
}
