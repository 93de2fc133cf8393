import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, EmptyState, FilterInput, Icon, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { useState, type KeyboardEvent } from 'react';
import { testIds } from '../../../shared/test-ids.js';
import { goTo } from '../address.js';
import type { RulesOf } from '../use-rules.js';
import { countsOf, found, groupsOf, type RuleRow, type Show } from './rows.js';
import { RuleItem } from './RuleItem.js';

interface RuleListProps {
  readonly ds: string;
  readonly rules: RulesOf;
  /** Key of the row that is open at first. */
  readonly open: string | undefined;
  readonly refresh: () => void;
}

const SHOWN: { label: string; value: Show }[] = [
  { label: 'All', value: 'all' },
  { label: 'Active', value: 'active' },
  { label: 'Failing', value: 'failing' },
  { label: 'Made at run time', value: 'made' },
];

/** All rules by group, with what to look for and what to do. */
export function RuleList({ ds, rules, open, refresh }: RuleListProps) {
  const styles = useStyles2(stylesOf);
  const { rows, whyNot } = rules;
  const [search, setSearch] = useState('');
  const [show, setShow] = useState<Show>('all');
  const [opened, setOpened] = useState<ReadonlySet<string>>(
    new Set(open === undefined ? [] : [open]),
  );
  const shown = found(rows, search, show);
  const toggle = (key: string): void => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  return (
    <>
      <div className={styles.tools}>
        <div className={styles.search}>
          <FilterInput
            value={search}
            placeholder="Search name, group, label, expression"
            data-testid={testIds.rulesSearch}
            onChange={setSearch}
          />
        </div>
        <div data-testid={testIds.rulesShow}>
          <RadioButtonGroup options={SHOWN} value={show} onChange={setShow} />
        </div>
        <Button
          icon="plus"
          disabled={whyNot !== undefined}
          tooltip={whyNot}
          data-testid={testIds.rulesNew}
          onClick={() => goTo({ ds, rule: 'new' })}
        >
          New rule
        </Button>
      </div>
      {whyNot !== undefined && (
        <p className={styles.quiet} data-testid={testIds.rulesWhyNot}>
          <Icon name="lock" size="sm" /> Rules cannot be changed here: {whyNot}
        </p>
      )}
      <p className={styles.quiet} role="status">
        {countsOf(rows)}
        {shown.length < rows.length && `, ${shown.length} shown`}
      </p>
      {shown.length === 0 ? (
        <Nothing {...{ rows, whyNot }} />
      ) : (
        <div onKeyDown={moveFocus}>
          {groupsOf(shown).map(({ name, rows: members }) => (
            <section key={name} aria-label={name}>
              <h2 className={styles.group}>{name}</h2>
              <ul className={styles.list}>
                {members.map((row) => (
                  <RuleItem
                    key={row.key}
                    {...{ ds, row, rules, refresh }}
                    isOpen={opened.has(row.key)}
                    onToggle={() => toggle(row.key)}
                  />
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
    </>
  );
}

function Nothing({
  rows,
  whyNot,
}: {
  readonly rows: readonly RuleRow[];
  readonly whyNot: string | undefined;
}) {
  if (rows.length > 0) {
    return <EmptyState variant="not-found" message="No rule is like that" role="alert" />;
  }
  return (
    <EmptyState variant="call-to-action" message="There are no rules yet">
      {whyNot === undefined && 'Make one with “New rule”, or '}
      {whyNot === undefined ? 'name' : 'Name'} rule files under <code>rules</code> in the settings
      of the exporter.
    </EmptyState>
  );
}

/** Arrows, Home and End go from rule to rule. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const all = [
    ...event.currentTarget.querySelectorAll<HTMLElement>(`[data-testid=${testIds.ruleOpen}]`),
  ];
  const at = all.findIndex((one) => one === document.activeElement);
  if (at === -1) return;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: all.length - 1,
  };
  const next = all[steps[event.key] ?? -1];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

const stylesOf = (theme: GrafanaTheme2) => ({
  tools: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1),
  }),
  search: css({ flex: '1 1 240px' }),
  quiet: css({ color: theme.colors.text.secondary, marginBottom: theme.spacing(0.5) }),
  group: css({
    ...theme.typography.h6,
    color: theme.colors.text.secondary,
    margin: theme.spacing(1.5, 0, 0.5),
    overflowWrap: 'anywhere',
  }),
  list: css({
    listStyle: 'none',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    '& > li + li': { borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
});
