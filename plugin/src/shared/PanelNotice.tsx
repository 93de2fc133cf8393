import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import type { Notice } from './notice.js';
import { testIds } from './test-ids.js';

/** In place of what there is nothing of. */
export function PanelNotice({ notice: { kind, title, text } }: { readonly notice: Notice }) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.notice} role="status" data-testid={testIds.notice} data-kind={kind}>
      <b>
        {kind === 'error' && <Icon name="exclamation-circle" className={styles.wrong} />} {title}
      </b>
      <span>{text}</span>
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  notice: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    height: '100%',
    gap: theme.spacing(0.5),
    padding: theme.spacing(1),
    textAlign: 'center',
    color: theme.colors.text.secondary,
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
  wrong: css({ color: theme.colors.error.text }),
});
