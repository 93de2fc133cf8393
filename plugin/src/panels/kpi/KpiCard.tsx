import { css, cx } from '@emotion/css';
import { colorManipulator, type FormattedValue, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { memo } from 'react';
import { Sparkline } from '../../shared/Sparkline.js';
import { statusLooks, type StatusLook } from '../../shared/status-looks.js';
import { testIds } from '../../shared/test-ids.js';
import type { Card } from './cards.js';
import { Head } from './Head.js';
import type { Layout } from './model.js';
import type { Remark } from './remarks.js';

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
  const { title, links, value, remark, figures } = card;
  const status = card.status === undefined ? undefined : statusLooks[card.status];
  const accent = status === undefined ? theme.colors.border.strong : theme.colors[status.tone].main;
  const curveColor =
    status === undefined || status.tone === 'success'
      ? theme.visualization.getColorByName('blue')
      : theme.colors[status.tone].text;
  const curveHeight = layout.cardHeight - CURVE.text - (figures.length > 0 ? CURVE.figures : 0);
  return (
    <div
      className={cx(styles.card, (old || card.isLate) && styles.old)}
      style={{ borderLeftColor: accent, height: layout.cardHeight }}
      data-testid={testIds.kpiCard}
    >
      <Head {...{ title, status, links }} />
      <div className={styles.line}>
        <Value exact={card.exact} {...value} />
        {remark !== undefined && (
          <Beside {...remark} tone={toneOf(remark, status)} isWide={width >= WIDE} />
        )}
      </div>
      {withCurve && layout.curve && (
        <div className={styles.curve}>
          <Sparkline
            curve={card.curve}
            color={curveColor}
            fill={colorManipulator.alpha(curveColor, 0.12)}
            band={card.band}
            bandColor={colorManipulator.alpha(theme.visualization.getColorByName('blue'), 0.16)}
            target={card.target}
            targetColor={theme.colors.text.secondary}
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

type Tone = StatusLook['tone'];

/** Grey, but for what is odd, and what gets worse where it is not well already. */
function toneOf({ kind }: Remark, status: StatusLook | undefined): Tone | undefined {
  if (kind === 'anomaly') return status?.tone === 'error' ? 'error' : 'warning';
  return kind === 'worse' && status?.tone !== 'success' ? status?.tone : undefined;
}

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

const Beside = memo(function Beside({
  kind,
  text,
  more,
  exact,
  isWide,
  tone,
}: Remark & { readonly isWide: boolean; readonly tone: Tone | undefined }) {
  const styles = useStyles2(stylesOf);
  const theme = useTheme2();
  return (
    <span
      className={styles.remark}
      style={tone && { color: theme.colors[tone].text }}
      title={exact}
      data-testid={testIds.kpiRemark}
      data-kind={kind}
    >
      {text}
      {isWide && more}
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
  remark: css({
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
