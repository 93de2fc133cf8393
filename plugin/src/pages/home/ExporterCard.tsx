import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import {
  Icon,
  LoadingPlaceholder,
  TextLink,
  useStyles2,
  useTheme2,
  type IconName,
} from '@grafana/ui';
import { useCallback } from 'react';
import { AlertCounts } from '../../shared/AlertCounts.js';
import { roleHere } from '../../shared/role.js';
import { testIds } from '../../shared/test-ids.js';
import type { DashboardPart } from '../answers.js';
import { peerAt } from '../peer.js';
import { usePolled } from '../use-polled.js';
import { Words } from '../Words.js';
import { lookAt, type Condition, type Exporter } from './exporter.js';

interface ExporterCardProps {
  /** Of the datasource, like name and URL. */
  readonly uid: string;
  readonly name: string;
  readonly url: string;
  /** `undefined` where they are not known. */
  readonly dashboards: readonly DashboardPart[] | undefined;
}

/** Milliseconds from one look to the next, and until one is given up. */
const INTERVAL = 5000;
const PATIENCE = 10_000;

/** Uid of the dashboard that lists alerts. */
const ALERTS = 'kymo-alerts';

/** Where a dashboard is, with the exporter of a datasource. */
const showing = (dashboard: string, datasource: string): string =>
  `/d/${encodeURIComponent(dashboard)}?var-datasource=${encodeURIComponent(datasource)}`;

const LOOKS: Readonly<
  Record<Condition, { word: string; icon: IconName; tone?: 'success' | 'warning' | 'error' }>
> = {
  ok: { word: 'ok', icon: 'check', tone: 'success' },
  degraded: { word: 'degraded', icon: 'exclamation-triangle', tone: 'warning' },
  waiting: { word: 'not ready', icon: 'hourglass' },
  unreachable: { word: 'not reachable', icon: 'exclamation-circle', tone: 'error' },
};

/** How one exporter does, asked by itself: one that hangs holds up no other. */
export function ExporterCard({ uid, name, url, dashboards }: ExporterCardProps) {
  const styles = useStyles2(stylesOf);
  const ask = useCallback(() => lookAt(uid, peerAt(url, PATIENCE), roleHere()), [uid, url]);
  const { value: exporter } = usePolled(ask, INTERVAL);
  return (
    <section
      aria-label={name}
      className={styles.card}
      data-testid={testIds.homeExporter}
      data-uid={uid}
      data-condition={exporter?.condition}
    >
      <header className={styles.line}>
        <h3 className={styles.name}>{name}</h3>
        {exporter !== undefined && <ConditionWord condition={exporter.condition} />}
        {exporter?.figures.map((figure) => (
          <span key={figure.replace(/\d/g, '')} className={styles.figure}>
            {figure}
          </span>
        ))}
      </header>
      {exporter === undefined ? (
        <LoadingPlaceholder text="Asking the exporter …" className={styles.loading} />
      ) : (
        <>
          {exporter.findings.length > 0 && <Findings findings={exporter.findings} />}
          {exporter.condition !== 'unreachable' && (
            <Alerts uid={uid} alerts={exporter.alerts} dashboards={dashboards} />
          )}
          {exporter.whyNot !== undefined && (
            <div className={styles.whyNot} data-testid={testIds.homeWhyNot}>
              <Icon name="lock" size="sm" /> Alerts cannot be acknowledged, nor rules changed.{' '}
              {exporter.whyNot}
            </div>
          )}
        </>
      )}
      <Links uid={uid} dashboards={dashboards} />
    </section>
  );
}

function ConditionWord({ condition }: { readonly condition: Condition }) {
  const { colors } = useTheme2();
  const { word, icon, tone } = LOOKS[condition];
  return (
    <span style={{ color: tone === undefined ? colors.text.secondary : colors[tone].text }}>
      <Icon name={icon} /> {word}
    </span>
  );
}

/** Of what is wrong, lines shown here; the page Set-up has all. */
const MOST = 5;

/** What is wrong, and what to do. */
function Findings({ findings }: Pick<Exporter, 'findings'>) {
  const styles = useStyles2(stylesOf);
  return (
    <ul className={styles.findings}>
      {findings.slice(0, MOST).map(({ check, detail, remedy }, index) => (
        <li key={`${check} ${index}`}>
          <Words text={detail} />
          {remedy !== undefined && (
            <span className={styles.remedy}>
              <Icon name="arrow-right" size="sm" /> <Words text={remedy} />
            </span>
          )}
        </li>
      ))}
      {findings.length > MOST && (
        <li className={styles.figure}>and {findings.length - MOST} more, on the page Set-up</li>
      )}
    </ul>
  );
}

/** How many alerts there are, linked to the dashboard that lists them. */
function Alerts({
  uid,
  alerts,
  dashboards = [],
}: Pick<ExporterCardProps, 'uid' | 'dashboards'> & Pick<Exporter, 'alerts'>) {
  const styles = useStyles2(stylesOf);
  const hasList = dashboards.some((one) => one.uid === ALERTS);
  return (
    <div className={styles.line} data-testid={testIds.homeAlerts}>
      {hasList ? <TextLink href={showing(ALERTS, uid)}>Alerts</TextLink> : <span>Alerts</span>}
      {alerts === undefined && <span className={styles.figure}>not known</span>}
      {alerts?.length === 0 && <span className={styles.figure}>none</span>}
      {alerts !== undefined && alerts.length > 0 && <AlertCounts rows={alerts} />}
    </div>
  );
}

/** Where to go on. */
function Links({ uid, dashboards }: Pick<ExporterCardProps, 'uid' | 'dashboards'>) {
  const styles = useStyles2(stylesOf);
  const ds = encodeURIComponent(uid);
  return (
    <nav className={styles.line} aria-label="Go on">
      <TextLink href={`/a/kymo-live-app/rules?ds=${ds}`}>Rules</TextLink>
      <TextLink href="/a/kymo-live-app/setup">Set-up</TextLink>
      {dashboards?.map((dashboard) => (
        <TextLink key={dashboard.uid} href={showing(dashboard.uid, uid)}>
          {dashboard.title}
        </TextLink>
      ))}
    </nav>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  card: css({
    display: 'grid',
    gap: theme.spacing(1.5),
    padding: theme.spacing(2),
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    fontVariantNumeric: 'tabular-nums',
  }),
  line: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    gap: theme.spacing(0.5, 2),
  }),
  name: css({ margin: 0, overflowWrap: 'anywhere' }),
  figure: css({ color: theme.colors.text.secondary }),
  loading: css({ margin: 0 }),
  whyNot: css({ color: theme.colors.text.secondary, overflowWrap: 'anywhere' }),
  findings: css({ margin: 0, padding: 0, listStyle: 'none', overflowWrap: 'anywhere' }),
  remedy: css({ display: 'block', color: theme.colors.text.secondary }),
});
