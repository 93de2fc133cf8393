import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import { testIds } from '../../../shared/test-ids.js';
import type { RulesOf } from '../use-rules.js';
import { LOOKS } from './looks.js';
import type { RuleRow } from './rows.js';
import { RuleDetails } from './RuleDetails.js';

export interface RuleItemProps {
  readonly ds: string;
  readonly row: RuleRow;
  readonly rules: RulesOf;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly refresh: () => void;
}

/** One rule of the list: how it does, and on demand all that it says. */
export function RuleItem(props: RuleItemProps) {
  const { row, isOpen, onToggle } = props;
  const { name, standing, severity, state, problem } = row;
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const { word, icon, tone } = LOOKS[standing];
  const color = tone === undefined ? theme.colors.text.secondary : theme.colors[tone].text;
  const last = state?.lastEvaluation ?? undefined;
  return (
    <li data-testid={testIds.rule} data-rule={name} data-standing={standing}>
      <button
        type="button"
        className={styles.row}
        aria-expanded={isOpen}
        data-testid={testIds.ruleOpen}
        onClick={onToggle}
      >
        <Icon name={isOpen ? 'angle-down' : 'angle-right'} />
        <span className={styles.standing} style={{ color }}>
          <Icon name={icon} size="sm" /> {word}
        </span>
        <span className={styles.name}>
          <b>{name}</b>
          {problem !== undefined && <span className={styles.problem}>{problem}</span>}
        </span>
        <span className={styles.severity}>{severity}</span>
        <span className={styles.values}>{state === undefined ? '' : valuesText(state)}</span>
        <span className={styles.time} title="Last evaluation">
          {last === undefined ? '' : dateTimeFormat(last, { format: 'HH:mm:ss' })}
        </span>
      </button>
      {isOpen && <RuleDetails {...props} />}
    </li>
  );
}

function valuesText({ kind, values }: NonNullable<RuleRow['state']>): string {
  const what = kind === 'recording' ? 'series' : values === 1 ? 'alert' : 'alerts';
  return `${values} ${what}`;
}

/** CSS pixels of the list below which columns leave: severity last. */
const stylesOf = (theme: GrafanaTheme2) => {
  const leaves = (below: number) => ({ [`@media (max-width: ${below}px)`]: { display: 'none' } });
  const side = { color: theme.colors.text.secondary, flex: 'none', textAlign: 'right' } as const;
  return {
    row: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(1),
      width: '100%',
      padding: theme.spacing(0.75, 1),
      border: 'none',
      background: 'none',
      textAlign: 'left',
      fontVariantNumeric: 'tabular-nums',
      '&:hover': { background: theme.colors.background.secondary },
    }),
    standing: css({ width: 104, flex: 'none', whiteSpace: 'nowrap' }),
    name: css({
      flex: 1,
      minWidth: 0,
      overflowWrap: 'anywhere',
      b: { fontWeight: theme.typography.fontWeightMedium },
    }),
    problem: css({
      display: 'block',
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.error.text,
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'nowrap',
    }),
    severity: css({ ...side, width: 80, ...leaves(480) }),
    values: css({ ...side, width: 88, ...leaves(700) }),
    time: css({ ...side, width: 72, ...leaves(900) }),
  };
};
