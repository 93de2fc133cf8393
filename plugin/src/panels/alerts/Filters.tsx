import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, Input, useStyles2 } from '@grafana/ui';
import { memo } from 'react';
import { testIds } from '../../shared/test-ids.js';
import { SHOWN, type Filter, type Show } from './filter.js';

interface FiltersProps {
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
  /** To choose from, a line each: a text, so that the same ones are the same. */
  readonly severities: string;
  /** Whether the panel is set to list what is over too. */
  readonly hasResolved: boolean;
}

const WORDS: Readonly<Record<Show, string>> = {
  current: 'Current',
  open: 'Open',
  firing: 'Firing',
  pending: 'Pending',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
};

/** Which alerts are asked for, by text, state and severity: at any width, with plain lists for every keyboard. */
export const Filters = memo(function Filters(props: FiltersProps) {
  const { filter, setFilter, severities, hasResolved } = props;
  const styles = useStyles2(stylesOf);
  const { search, show, severity } = filter;
  return (
    <div className={styles.filters}>
      <div className={styles.search}>
        <Input
          value={search}
          placeholder="Search name, label, text"
          aria-label="Search alerts"
          prefix={<Icon name="search" />}
          data-testid={testIds.alertsSearch}
          onChange={({ currentTarget }) => setFilter({ ...filter, search: currentTarget.value })}
        />
      </div>
      <select
        className={styles.list}
        aria-label="State"
        value={show}
        data-testid={testIds.alertsState}
        onChange={({ target }) => setFilter({ ...filter, show: target.value as Show })}
      >
        {SHOWN.map((one) => (
          <option key={one} value={one}>
            {one === 'current' && hasResolved ? 'All' : WORDS[one]}
          </option>
        ))}
      </select>
      <select
        className={styles.list}
        aria-label="Severity"
        value={severity}
        data-testid={testIds.alertsSeverity}
        onChange={({ target }) => setFilter({ ...filter, severity: target.value })}
      >
        <option value="">Any severity</option>
        {withChosen(severities.split('\n'), severity).map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </div>
  );
});

/** What is chosen is to be seen, even where no alert has it any more. */
const withChosen = (all: readonly string[], chosen: string): readonly string[] =>
  chosen === '' || all.includes(chosen) ? all : [...all, chosen];

const stylesOf = (theme: GrafanaTheme2) => ({
  filters: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5),
    padding: theme.spacing(0.5, 0),
  }),
  // Where the lists go below it, they share that line.
  search: css({ flex: '100 1 150px', minWidth: 0 }),
  list: css({
    flex: '1 1 auto',
    // Grafana gives lists a width and a margin.
    width: 'auto',
    margin: 0,
    minWidth: 0,
    height: theme.spacing(theme.components.height.md),
    padding: theme.spacing(0, 0.5),
    color: theme.components.input.text,
    background: theme.components.input.background,
    border: `1px solid ${theme.components.input.borderColor}`,
    borderRadius: theme.shape.radius.default,
    '&:hover': { borderColor: theme.components.input.borderHover },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` },
    option: { color: theme.colors.text.primary, background: theme.colors.background.primary },
  }),
});
