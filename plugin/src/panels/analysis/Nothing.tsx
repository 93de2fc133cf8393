import { css } from '@emotion/css';
import { LoadingState, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import type { Trust } from '../../shared/trust.js';
import { TrustBadge } from '../../shared/TrustBadge.js';

interface Words {
  readonly title: string;
  readonly text: string;
}

/** What to say where there is no curve. */
export function nothingOf(
  state: LoadingState,
  error: string | undefined,
  trust: Trust | undefined,
): Words {
  if (error !== undefined) {
    return { title: 'The query failed', text: `${error} Mend it in the query of this panel.` };
  }
  if (trust?.state === 'disconnected') {
    const text = trust.reason ?? 'Check that the exporter runs, and test the datasource.';
    return { title: 'Not connected', text };
  }
  if (trust?.state === 'connecting') return { title: 'Connecting …', text: '' };
  if (state === LoadingState.Loading) return { title: 'Loading …', text: '' };
  return {
    title: 'No values',
    text: 'The query answers no series in this time range: check its expression in Explore.',
  };
}

/** In place of a curve. */
export function Nothing({ title, text, trust }: Words & { readonly trust: Trust | undefined }) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.nothing} role="status" data-testid={testIds.analysisPanel}>
      {trust !== undefined && <TrustBadge trust={trust} />}
      <b>{title}</b>
      <span>{text}</span>
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  nothing: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    height: '100%',
    gap: theme.spacing(0.5),
    textAlign: 'center',
    color: theme.colors.text.secondary,
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
});
