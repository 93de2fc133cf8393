import { css } from '@emotion/css';
import type { PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { noticeOf } from '../../shared/notice.js';
import { PanelNotice } from '../../shared/PanelNotice.js';
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
  if (cards.length === 0) {
    return (
      <div className={styles.panel} data-testid={testIds.kpiPanel}>
        <div className={styles.badge}>{trust !== undefined && <TrustBadge trust={trust} />}</div>
        <PanelNotice notice={noticeOf(data, EMPTY)} />
      </div>
    );
  }
  const badge = trust === undefined ? 0 : BADGE;
  const layout = layoutOf(cards.length, width, height - badge);
  const cardWidth = (width - GAP * (layout.columns - 1)) / layout.columns;
  const old = trust?.state === 'stale' || trust?.state === 'disconnected';
  return (
    <div
      className={styles.panel}
      // Only what has the focus is scrolled by keyboard.
      tabIndex={0}
      role="group"
      aria-label="Key figures"
      data-testid={testIds.kpiPanel}
    >
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

const EMPTY = 'The query answers no series in this time range: check its expression in Explore.';

const stylesOf = () => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%', overflow: 'auto' }),
  badge: css({ display: 'flex', justifyContent: 'flex-end', flex: `0 0 ${BADGE}px` }),
  cards: css({ display: 'grid', gap: GAP }),
});
