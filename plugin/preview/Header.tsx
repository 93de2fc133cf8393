import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { usePage } from './page.js';
import { WINDOWS } from './windows.js';

interface HeaderProps {
  readonly dark: boolean;
  readonly setDark: (dark: boolean) => void;
  readonly setWindow: (window: number) => void;
  readonly setProtocol: (protocol: string) => void;
}

/** What is chosen for the whole page. */
export function Header({ dark, setDark, setWindow }: HeaderProps) {
  const styles = useStyles2(stylesOf);
  const { window } = usePage();
  return (
    <header className={styles.header}>
      <h1 className={styles.title}>Live overview</h1>
      <select
        aria-label="Time range"
        value={window}
        onChange={({ target }) => setWindow(Number(target.value))}
      >
        {WINDOWS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <button type="button" onClick={() => setDark(!dark)}>
        {dark ? 'Light' : 'Dark'}
      </button>
    </header>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  header: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(1, 1.5),
  }),
  title: css({
    margin: 0,
    fontSize: theme.typography.h4.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
  }),
});
