import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { PROTOCOLS } from '@kymo/contract/protocols';
import { Button, useStyles2, useTheme2 } from '@grafana/ui';
import { PlaybackControl } from '../src/shared/PlaybackControl.js';
import { Connection } from './Connection.js';
import { csvOf } from './csv.js';
import { Faults } from './Faults.js';
import { usePage } from './page.js';
import { download, pngOf } from './picture.js';
import { WINDOWS } from './windows.js';

export interface HeaderProps {
  readonly dark: boolean;
  readonly setDark: (dark: boolean) => void;
  readonly setWindow: (window: number) => void;
  readonly setProtocol: (protocol: string) => void;
}

/** What is chosen for the whole page. */
export function Header({ dark, setDark, setWindow, setProtocol }: HeaderProps) {
  const styles = useStyles2(stylesOf);
  const { datasource, url, window, protocol } = usePage();
  return (
    <header className={styles.header}>
      <h1 className={styles.title}>Live overview</h1>
      <select
        aria-label="Protocol"
        data-testid="kymo-protocol"
        value={protocol}
        onChange={({ target }) => setProtocol(target.value)}
      >
        <option value="">protocol: all</option>
        {[...PROTOCOLS.keys()].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <Faults url={url} />
      <span className={styles.gap} />
      <Connection />
      <PlaybackControl playback={datasource.playback} window={window} />
      <select
        aria-label="Time range"
        data-testid="kymo-window"
        value={window}
        onChange={({ target }) => setWindow(Number(target.value))}
      >
        {WINDOWS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Exports />
      <Button size="sm" variant="secondary" data-testid="kymo-theme" onClick={() => setDark(!dark)}>
        {dark ? 'Light' : 'Dark'}
      </Button>
    </header>
  );
}

function Exports() {
  const theme = useTheme2();
  const { shown } = usePage();
  const name = (ending: string): string =>
    `kymo-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.${ending}`;
  const csv = (): void => {
    const text = csvOf(shown);
    download(new Blob([text], { type: 'text/csv' }), name('csv'));
  };
  const png = async (): Promise<void> => {
    const main = document.querySelector('main');
    if (main !== null) download(await pngOf(main, theme.colors.background.canvas), name('png'));
  };
  return (
    <>
      <Button size="sm" variant="secondary" data-testid="kymo-csv" onClick={csv}>
        CSV
      </Button>
      <Button size="sm" variant="secondary" data-testid="kymo-png" onClick={() => void png()}>
        PNG
      </Button>
    </>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  header: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(1, 1.5),
    fontSize: theme.typography.bodySmall.fontSize,
    select: {
      height: theme.spacing(3),
      padding: theme.spacing(0, 0.5),
      font: 'inherit',
      color: theme.colors.text.primary,
      background: theme.colors.background.primary,
      border: `1px solid ${theme.colors.border.medium}`,
      borderRadius: theme.shape.radius.default,
    },
  }),
  title: css({
    margin: 0,
    fontSize: theme.typography.h4.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
  }),
  gap: css({ flex: 1 }),
});
