import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import { memo } from 'react';
import type { AlertRow } from '../../shared/alert-frames.js';
import { STANDING_LOOKS, type Standing } from '../../shared/alert-standing.js';
import { testIds } from '../../shared/test-ids.js';
import { chipsOf } from './model.js';

// Of an alert, what hardly ever changes while its value does: it is drawn again only where it has.

interface AlertTitleProps {
  readonly standing: Standing;
  readonly name: string;
  readonly fingerprint: string;
  readonly isOpen: boolean;
  readonly onToggle: (fingerprint: string) => void;
}

/** How urgent an alert is, and its name: opens and closes it. */
export const AlertTitle = memo(function AlertTitle(props: AlertTitleProps) {
  const { standing, name, fingerprint, isOpen, onToggle } = props;
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const { word, icon, tone } = STANDING_LOOKS[standing];
  const color = tone === undefined ? theme.colors.text.secondary : theme.colors[tone].text;
  return (
    <button
      type="button"
      className={styles.title}
      aria-expanded={isOpen}
      data-testid={testIds.alertOpen}
      onClick={() => onToggle(fingerprint)}
    >
      <Icon name={icon} style={{ color }} />
      <span className={styles.word} style={{ color }}>
        {word}
      </span>
      <span className={styles.name}>{name}</span>
      <Icon name={isOpen ? 'angle-up' : 'angle-down'} />
    </button>
  );
});

interface ChipsProps {
  readonly labels: AlertRow['labels'];
}

const MOST_CHIPS = 4;

/** Labels are made anew with every answer, and are the same ones. */
const areSame = (before: ChipsProps, after: ChipsProps): boolean =>
  before.labels === after.labels || JSON.stringify(before.labels) === JSON.stringify(after.labels);

/** The labels that tell alerts apart. */
export const Chips = memo(function Chips({ labels }: ChipsProps) {
  const styles = useStyles2(stylesOf);
  const chips = chipsOf({ labels });
  if (chips.length === 0) return null;
  return (
    <div className={styles.chips}>
      {chips.slice(0, MOST_CHIPS).map(([label, value]) => (
        <span key={label}>
          {label}={value}
        </span>
      ))}
      {chips.length > MOST_CHIPS && <em>+{chips.length - MOST_CHIPS}</em>}
    </div>
  );
}, areSame);

const stylesOf = (theme: GrafanaTheme2) => ({
  title: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    maxWidth: '100%',
    padding: 0,
    border: 'none',
    background: 'none',
    color: 'inherit',
    textAlign: 'left',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` },
  }),
  word: css({ fontSize: theme.typography.bodySmall.fontSize }),
  name: css({
    fontWeight: theme.typography.fontWeightMedium,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
  chips: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5),
    margin: theme.spacing(0.25, 0),
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    span: {
      border: `1px solid ${theme.colors.border.weak}`,
      borderRadius: theme.shape.radius.default,
      padding: theme.spacing(0, 0.5),
      overflowWrap: 'anywhere',
    },
  }),
});
