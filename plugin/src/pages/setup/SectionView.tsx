import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { LoadingPlaceholder, useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import { testIds } from '../../shared/test-ids.js';
import { inShort, type Section } from './result.js';
import { ResultRow } from './ResultRow.js';

interface SectionViewProps {
  readonly section: Section;
  /** Beside the title. */
  readonly aside?: ReactNode;
}

/** What was found of this Grafana, or of one datasource. */
export function SectionView({ section: { id, title, results }, aside }: SectionViewProps) {
  const styles = useStyles2(stylesOf);
  return (
    <section
      aria-label={title}
      className={styles.section}
      data-testid={testIds.setupSection}
      data-uid={id}
    >
      <header className={styles.header}>
        <h3 className={styles.title}>{title}</h3>
        {results !== undefined && <span className={styles.count}>{inShort(results)}</span>}
        <span className={styles.gap} />
        {aside}
      </header>
      {results === undefined ? (
        <LoadingPlaceholder text="Checking …" />
      ) : (
        <ul className={styles.list}>
          {results.map((result, index) => (
            <ResultRow key={`${result.check} ${index}`} {...result} />
          ))}
        </ul>
      )}
    </section>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  section: css({ marginBottom: theme.spacing(4) }),
  header: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    gap: theme.spacing(0, 1.5),
    marginBottom: theme.spacing(1),
  }),
  title: css({ margin: 0, overflowWrap: 'anywhere' }),
  count: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums' }),
  gap: css({ flex: 1 }),
  list: css({
    margin: 0,
    padding: 0,
    listStyle: 'none',
    fontVariantNumeric: 'tabular-nums',
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
});
