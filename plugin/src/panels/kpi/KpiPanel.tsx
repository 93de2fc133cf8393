import { css } from '@emotion/css';
import { LoadingState, type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { trustOf } from '../../shared/trust.js';
import { TrustBadge } from '../../shared/TrustBadge.js';
import { cardsOf } from './cards.js';
import { KpiCard } from './KpiCard.js';
import { layoutOf } from './model.js';
import type { KpiOptions } from './options.js';

const BADGE = 20;
const GAP = 8;

/** Key figures as cards. */
export function KpiPanel({ data, options, width, height }: PanelProps<KpiOptions>) {
  const styles = useStyles2(stylesOf);
  const trust = trustOf(data.series);
  const cards = cardsOf(data.series, options);
  if (cards.length === 0) return <Nothing {...describe(data.state, data.errors?.[0]?.message)} />;
  const badge = trust === undefined ? 0 : BADGE;
  const layout = layoutOf(cards.length, width, height - badge);
  const cardWidth = (width - GAP * (layout.columns - 1)) / layout.columns;
  const old = trust?.state === 'stale' || trust?.state === 'disconnected';
  return (
    <div className={styles.panel} data-testid={testIds.kpiPanel}>
      {trust !== undefined && (
        <div className={styles.badge}>
          <TrustBadge trust={trust} />
        </div>
      )}
      <div
        className={styles.cards}
        style={{ gridTemplateColumns: `repeat(${layout.columns}, minmax(0, 1fr))` }}
      >
        {cards.map((card) => (
          <KpiCard
            key={card.key}
            card={card}
            layout={layout}
            width={cardWidth}
            old={old}
            withCurve={options.curve}
          />
        ))}
      </div>
    </div>
  );
}

/** What to say where there is no card. */
function describe(state: LoadingState, error: string | undefined): NothingProps {
  if (error !== undefined) return { title: 'The query failed', text: error };
  if (state === LoadingState.Loading) return { title: 'Loading …', text: '' };
  return {
    title: 'No values',
    text: 'The query answers no series in this time range: check its expression in Explore.',
  };
}

interface NothingProps {
  readonly title: string;
  readonly text: string;
}

function Nothing({ title, text }: NothingProps) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.nothing} role="status" data-testid={testIds.kpiPanel}>
      <b>{title}</b>
      <span>{text}</span>
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%', overflow: 'auto' }),
  badge: css({ display: 'flex', justifyContent: 'flex-end', flex: `0 0 ${BADGE}px` }),
  cards: css({ display: 'grid', gap: GAP }),
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
