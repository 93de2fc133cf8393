import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { statusLooks } from '../../shared/status-looks.js';
import { testIds } from '../../shared/test-ids.js';
import { healthParts, insightOf } from './insight.js';
import type { ProtocolRow } from './model.js';
import { countText, readingText } from './texts.js';

/** Reasons that are named. */
const MOST_PROBLEMS = 3;

interface BottomProps {
  readonly rows: readonly ProtocolRow[];
  readonly selected: ProtocolRow | undefined;
}

/** What stands out; of a selected row, what its connections are like. */
export function Bottom({ rows, selected }: BottomProps) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.bottom} data-testid={testIds.protocolSentence}>
      {selected === undefined ? <Sentence rows={rows} /> : <Details row={selected} />}
    </div>
  );
}

function Sentence({ rows }: { readonly rows: readonly ProtocolRow[] }) {
  const theme = useTheme2();
  const insight = insightOf(rows, {
    latency: (row) => readingText(row.latency, 'latency'),
    errors: (row) => readingText(row.errors, 'errors'),
    count: countText,
  });
  if (insight === undefined) return null;
  const { subject, status, word, rest } = insight;
  const { tone } = statusLooks[status];
  return (
    <>
      {subject}{' '}
      <span style={{ color: status === 'ok' ? undefined : theme.colors[tone].text }}>{word}</span>
      {rest}
    </>
  );
}

function Details({ row }: { readonly row: ProtocolRow }) {
  const parts = row.health === undefined ? [] : healthParts(row.health, countText);
  const health = parts.map(({ text }) => text).join(', ');
  return (
    <>
      <b>{row.name}</b>
      {health === '' ? ': nothing is known of its connections.' : `: connections ${health}.`}
      {row.opened !== undefined && ` Opened ${readingText(row.opened, 'opened')}.`}
      {row.problems.length > 0 && ` Failed: ${problemsText(row)}.`}
    </>
  );
}

/** Reasons are codes of Node.js or of the protocol, such as ECONNRESET. */
const problemsText = ({ problems }: ProtocolRow): string =>
  problems
    .slice(0, MOST_PROBLEMS)
    .map(({ reason, reading }) => `${reason} ${readingText(reading, 'problems')}`)
    .join(', ');

const stylesOf = (theme: GrafanaTheme2) => ({
  bottom: css({
    padding: theme.spacing(0.75, 0.5, 0),
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
});
