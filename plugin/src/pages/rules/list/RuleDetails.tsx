import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Alert, LinkButton, useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import { testIds } from '../../../shared/test-ids.js';
import { addressOf } from '../address.js';
import { DeleteRule } from '../DeleteRule.js';
import type { RuleItemProps } from './RuleItem.js';
import { placeOf, type RuleRow } from './rows.js';

/** All that a rule says, and what can be done to it. */
export function RuleDetails({ ds, row, rules, refresh }: RuleItemProps) {
  const styles = useStyles2(stylesOf);
  const { id, key, name, promql, problem, state } = row;
  const { whyNot } = rules;
  return (
    <div className={styles.details} data-testid={testIds.ruleDetails}>
      {problem !== undefined && <Alert title={problem} severity="error" topSpacing={0} />}
      {promql !== '' && <pre className={styles.code}>{promql}</pre>}
      <dl className={styles.facts}>
        {factsOf(row).map(([what, text]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{text === '' ? '(empty)' : text}</dd>
          </div>
        ))}
      </dl>
      <div className={styles.actions}>
        {id !== undefined && whyNot === undefined && (
          <>
            <LinkButton
              size="sm"
              variant="secondary"
              icon="pen"
              href={addressOf({ ds, rule: id })}
              data-testid={testIds.ruleChange}
            >
              Change
            </LinkButton>
            <DeleteRule door={rules.door} {...{ id, name }} onDeleted={refresh} />
          </>
        )}
        {id === undefined && whyNot === undefined && (
          <LinkButton
            size="sm"
            variant="secondary"
            icon="copy"
            href={addressOf({ ds, rule: 'new', of: key })}
          >
            New rule from this
          </LinkButton>
        )}
        {id === undefined && state !== undefined && (
          <span className={styles.quiet}>
            It comes from a file ({placeOf(state)}): change it there, and reload the exporter.
          </span>
        )}
      </div>
    </div>
  );
}

function factsOf({ state, id }: RuleRow): [string, ReactNode][] {
  if (state === undefined) return [];
  const { labels, annotations, lastEvaluation } = state;
  const facts: [string, ReactNode][] = [];
  if (state.for > 0) facts.push(['for', `${state.for} s`]);
  if (state.keepFiringFor > 0) facts.push(['keep firing for', `${state.keepFiringFor} s`]);
  for (const [name, value] of Object.entries(labels)) facts.push([`label ${name}`, value]);
  for (const [name, value] of Object.entries(annotations)) {
    facts.push([name.replace(/^kymo_/, '').replaceAll('_', ' '), value]);
  }
  const every = `every ${state.interval} s, taking ${(state.evaluationTime * 1000).toFixed(1)} ms`;
  const last = lastEvaluation === null ? 'not yet' : `last at ${dateTimeFormat(lastEvaluation)}`;
  facts.push(['evaluated', `${every}, ${last}`]);
  if (id === undefined) facts.push(['file', `${state.file}, line ${state.line}`]);
  return facts;
}

const stylesOf = (theme: GrafanaTheme2) => ({
  details: css({
    padding: theme.spacing(0.5, 1, 1.5, 4),
    fontSize: theme.typography.bodySmall.fontSize,
    '@media (max-width: 600px)': { paddingLeft: theme.spacing(1) },
  }),
  code: css({ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', margin: theme.spacing(0, 0, 1) }),
  facts: css({
    margin: 0,
    '& > div': { display: 'flex', gap: theme.spacing(1), padding: theme.spacing(0.25, 0) },
    dt: {
      flex: '0 0 120px',
      color: theme.colors.text.secondary,
      fontWeight: theme.typography.fontWeightRegular,
    },
    dd: { margin: 0, minWidth: 0, overflowWrap: 'anywhere' },
  }),
  actions: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    marginTop: theme.spacing(1),
  }),
  quiet: css({ color: theme.colors.text.secondary, overflowWrap: 'anywhere' }),
});
