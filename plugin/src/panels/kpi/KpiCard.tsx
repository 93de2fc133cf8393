import { css, cx } from '@emotion/css';
import {
  colorManipulator,
  type FormattedValue,
  type GrafanaTheme2,
  type LinkTarget,
} from '@grafana/data';
import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import { memo } from 'react';
import { Sparkline } from '../../shared/Sparkline.js';
import type { Status } from '../../shared/status.js';
import { statusLooks } from '../../shared/status-looks.js';
import { testIds } from '../../shared/test-ids.js';
import type { Card } from './cards.js';
import type { Layout } from './model.js';

const arrows = { up: '▲', down: '▼', same: '=' } as const;
/** CSS pixels of a card from which it says what it compares with. */
const WIDE = 240;
const CURVE = { inset: 3, text: 68, figures: 22 };

interface KpiCardProps {
  readonly card: Card;
  readonly layout: Layout;
  /** CSS pixels. */
  readonly width: number;
  /** Values are not of now. */
  readonly old: boolean;
  readonly withCurve: boolean;
}

/** One key figure. Its parts are drawn anew where what they say is another: most of a card mostly stays. */
export function KpiCard({ card, layout, width, old, withCurve }: KpiCardProps) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const { title, link, value, change, figures } = card;
  const status = card.status === undefined ? undefined : statusLooks[card.status];
  const accent = status === undefined ? theme.colors.border.strong : theme.colors[status.tone].main;
  const curveColor =
    status === undefined || status.tone === 'success'
      ? theme.visualization.getColorByName('blue')
      : theme.colors[status.tone].text;
  const curveHeight = layout.cardHeight - CURVE.text - (figures.length > 0 ? CURVE.figures : 0);
  return (
    <div
      className={cx(styles.card, old && styles.old)}
      style={{ borderLeftColor: accent, height: layout.cardHeight }}
      data-testid={testIds.kpiCard}
    >
      <Head {...{ title, status }} href={link?.href} target={link?.target} to={link?.title} />
      <div className={styles.line}>
        <Value exact={card.exact} {...value} />
        {change !== undefined && <Since {...change} isWide={width >= WIDE} />}
      </div>
      {withCurve && layout.curve && (
        <div className={styles.curve}>
          <Sparkline
            curve={card.curve}
            color={curveColor}
            fill={colorManipulator.alpha(curveColor, 0.12)}
            width={Math.max(20, width - CURVE.inset)}
            height={Math.max(20, curveHeight)}
          />
        </div>
      )}
      {layout.figures && figures.length > 0 && (
        <div className={styles.figures}>
          {figures.map(({ label, text }) => (
            <Figure key={label} {...{ label, text }} />
          ))}
        </div>
      )}
    </div>
  );
}

interface HeadProps {
  readonly title: string;
  readonly status: (typeof statusLooks)[Status] | undefined;
  /** Of the data link. */
  readonly href: string | undefined;
  readonly target: LinkTarget | undefined;
  readonly to: string | undefined;
}

const Head = memo(function Head({ title, status, href, target, to }: HeadProps) {
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.head}>
      <span className={styles.title} title={title}>
        {href === undefined ? (
          title
        ) : (
          <a href={href} target={target} title={to}>
            {title}
          </a>
        )}
      </span>
      {status !== undefined && (
        <span className={styles.status} style={{ color: theme.colors[status.tone].text }}>
          <Icon key={status.icon} name={status.icon} size="sm" /> {status.word}
        </span>
      )}
    </div>
  );
});

const Value = memo(function Value({
  exact,
  prefix,
  text = '–',
  suffix,
}: Partial<FormattedValue> & { readonly exact: string }) {
  const styles = useStyles2(stylesOf);
  return (
    <span className={styles.value} title={exact} data-testid={testIds.kpiValue}>
      {prefix}
      {text}
      {suffix !== undefined && <span className={styles.unit}>{suffix}</span>}
    </span>
  );
});

const Since = memo(function Since({
  direction,
  text,
  since,
  isWide,
}: NonNullable<Card['change']> & { readonly isWide: boolean }) {
  const styles = useStyles2(stylesOf);
  return (
    <span className={styles.change} title={`${text} in ${since}`}>
      {arrows[direction]} {text}
      {isWide && ` / ${since}`}
    </span>
  );
});

const Figure = memo(function Figure({ label, text }: Card['figures'][number]) {
  return (
    <span>
      {label} <b>{text}</b>
    </span>
  );
});

const stylesOf = (theme: GrafanaTheme2) => ({
  card: css({
    // What changes in one card moves nothing outside of it.
    contain: 'strict',
    display: 'flex',
    flexDirection: 'column',
    minWidth: 0,
    overflow: 'hidden',
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderLeft: '3px solid',
    borderRadius: theme.shape.radius.default,
    fontVariantNumeric: 'tabular-nums',
  }),
  // Grey rather than pale: what is old has to be read as well.
  old: css({ filter: 'grayscale(1)', opacity: 0.85 }),
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    padding: theme.spacing(0.75, 1.25, 0),
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  title: css({
    color: theme.colors.text.secondary,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    a: { color: theme.colors.text.link },
  }),
  status: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    whiteSpace: 'nowrap',
  }),
  // What does not fit wraps into a line that is not seen: it leaves whole, and no number is cut.
  line: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    flex: '0 0 auto',
    height: `calc(${theme.typography.h2.fontSize} * 1.2)`,
    overflow: 'hidden',
    padding: theme.spacing(0, 1.25),
    whiteSpace: 'nowrap',
  }),
  value: css({
    fontSize: theme.typography.h2.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    lineHeight: 1.2,
    color: theme.colors.text.maxContrast,
  }),
  unit: css({
    marginLeft: theme.spacing(0.5),
    fontSize: theme.typography.body.fontSize,
    fontWeight: theme.typography.fontWeightRegular,
    color: theme.colors.text.secondary,
  }),
  change: css({
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
  }),
  curve: css({ flex: 1, minHeight: 0 }),
  figures: css({
    display: 'flex',
    flexWrap: 'wrap',
    height: CURVE.figures,
    columnGap: theme.spacing(1.5),
    padding: theme.spacing(0.25, 1.25, 0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
});
