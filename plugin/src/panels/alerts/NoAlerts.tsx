import { css } from '@emotion/css';
import { LoadingState, type GrafanaTheme2, type PanelData } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

/** What stands in place of the list. */
export interface NoAlertsProps {
  readonly title: string;
  readonly text: string;
}

interface Seen {
  readonly data: Pick<PanelData, 'state' | 'errors' | 'series'>;
  /** Whether frames of alerts have come. */
  readonly hasFrames: boolean;
  readonly all: number;
  readonly shown: number;
}

/** What to say where there is nothing to list, with the next step; `undefined` where there is something. */
export function emptyText({ data, hasFrames, all, shown }: Seen): NoAlertsProps | undefined {
  if (shown > 0) return undefined;
  if (!hasFrames) {
    const error = data.errors?.[0]?.message;
    if (error !== undefined) return { title: 'The alerts cannot be had', text: error };
    if (data.state === LoadingState.Loading || data.state === LoadingState.NotStarted) {
      return { title: 'Loading …', text: '' };
    }
    return {
      title: 'No alerts to list',
      text: 'Choose a Kymo datasource and the query kind Alerts.',
    };
  }
  if (all > 0) return { title: 'Nothing is found', text: 'Change the search or the filter.' };
  return {
    title: 'All quiet',
    text: 'No alert fires. Rules are files in the setting rules, or made at /api/rules.',
  };
}

/** Says why there is no list, in its place. */
export function NoAlerts({ title, text }: NoAlertsProps) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.nothing} role="status">
      <b>{title}</b>
      <span>{text}</span>
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  nothing: css({
    flex: 1,
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(0.5),
    textAlign: 'center',
    color: theme.colors.text.secondary,
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
});
