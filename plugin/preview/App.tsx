import { css, injectGlobal } from '@emotion/css';
import { createTheme, ThemeContext, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useEffect, useMemo, useState } from 'react';
import uPlotStyles from 'uplot/dist/uPlot.min.css';
import { Cpu } from './Cpu.js';
import { Header } from './Header.js';
import { Memory } from './Memory.js';
import { PageContext, type PageDataSource } from './page.js';
import { PanelHost } from './PanelHost.js';
import { bottomPanels, topPanels } from './panels.js';
import { Timeline } from './Timeline.js';
import { onVariable, setVariable } from './standin/runtime.js';
import { useDark } from './useDark.js';
import { DEFAULT_WINDOW } from './windows.js';

interface AppProps {
  readonly datasource: PageDataSource;
  /** Of the exporter, without a slash at its end. */
  readonly url: string;
}

/** The whole page, in a theme. */
export function App({ datasource, url }: AppProps) {
  const { dark, setDark } = useDark();
  const theme = useMemo(() => createTheme({ colors: { mode: dark ? 'dark' : 'light' } }), [dark]);
  const [window, setWindow] = useState(DEFAULT_WINDOW);
  const [protocol, setProtocol] = useState('');
  setVariable('protocol', protocol);
  useEffect(() => onVariable((_name, value) => setProtocol(value)), []);
  const shown = useMemo(() => new Map(), []);
  const page = useMemo(
    () => ({ datasource, url, window, protocol, shown }),
    [datasource, url, window, protocol, shown],
  );
  paint(theme);
  return (
    <ThemeContext.Provider value={theme}>
      <PageContext.Provider value={page}>
        <Header {...{ dark, setDark, setWindow, setProtocol }} />
        <Overview key={protocol} />
        <Footer url={url} />
      </PageContext.Provider>
    </ThemeContext.Provider>
  );
}

function Overview() {
  const styles = useStyles2(stylesOf);
  return (
    <main className={styles.grid}>
      {topPanels.map((definition, index) => (
        <PanelHost key={definition.title} definition={definition} id={index + 1} />
      ))}
      <Timeline />
      <Cpu />
      <Memory />
      {bottomPanels.map((definition, index) => (
        <PanelHost
          key={definition.title}
          definition={definition}
          id={topPanels.length + index + 1}
        />
      ))}
    </main>
  );
}

function Footer({ url }: { readonly url: string }) {
  const styles = useStyles2(stylesOf);
  return (
    <footer className={styles.footer}>
      <a href={`${url}/about`}>About this exporter</a>
      <a href={`${url}/metrics`}>Metrics</a>
      <a href={`${url}/api/health`}>Health</a>
      <a href={`${url}/api/stats`}>Statistics</a>
    </footer>
  );
}

/** Colours and type of the page outside of any component. */
function paint(theme: GrafanaTheme2): void {
  document.documentElement.style.colorScheme = theme.isDark ? 'dark' : 'light';
  Object.assign(document.body.style, {
    margin: '0',
    background: theme.colors.background.canvas,
    color: theme.colors.text.primary,
    fontFamily: theme.typography.fontFamily,
    fontSize: theme.typography.body.fontSize,
    lineHeight: String(theme.typography.body.lineHeight),
  });
}

injectGlobal(uPlotStyles, { '*, *::before, *::after': { boxSizing: 'border-box' } });

const stylesOf = (theme: GrafanaTheme2) => ({
  grid: css({
    display: 'grid',
    gap: theme.spacing(1),
    padding: theme.spacing(0, 1.5),
    gridTemplateColumns: 'repeat(12, minmax(0, 1fr))',
    gridAutoFlow: 'row dense',
  }),
  footer: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(2),
    padding: theme.spacing(1.5),
    fontSize: theme.typography.bodySmall.fontSize,
    a: { color: theme.colors.text.link },
  }),
});
