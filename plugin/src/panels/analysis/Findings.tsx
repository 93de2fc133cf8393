import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, useTheme2, type IconName } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import type { Analysis, Severity } from './model.js';

const looks: Readonly<
  Record<Severity, { icon: IconName; tone?: 'warning' | 'error'; word: string }>
> = {
  critical: { icon: 'exclamation-circle', tone: 'error', word: 'critical' },
  warning: { icon: 'exclamation-triangle', tone: 'warning', word: 'warning' },
  info: { icon: 'arrow-right', word: 'note' },
};

interface FindingsProps {
  readonly analysis: Analysis;
  readonly series: string;
  readonly timeZone: string;
  /** Address at which an expression is shown; `undefined` for who may not see it. */
  readonly linkTo: (expression: string) => string | undefined;
}

const MOST = 8;

/** What stands out, what moved with it and what moved before it. */
export function Findings({ analysis, series, timeZone, linkTo }: FindingsProps) {
  const styles = useStyles2(stylesOf);
  const { findings, related, causes, problems, missing } = analysis;
  const own = findings.filter((finding) => finding.series === series || finding.series === '');
  const isQuiet = own.length === 0 && problems.every(({ part }) => part !== 'insights');
  return (
    <section
      className={styles.findings}
      // Only what has the focus is scrolled by keyboard.
      tabIndex={0}
      aria-label="What stands out"
      data-testid={testIds.analysisFindings}
    >
      <h3>What stands out</h3>
      {isQuiet && <p>{missing.has('insights') ? 'Looking …' : 'Nothing out of the ordinary.'}</p>}
      <ul>
        {own.slice(0, MOST).map(({ severity, sentence, expression }) => (
          <li key={sentence}>
            <SeverityIcon severity={severity} />
            <Linked href={linkTo(expression)} title={expression} text={sentence} />
          </li>
        ))}
      </ul>
      {related.length > 0 && (
        <>
          <h3>Moves with</h3>
          <ul>
            {related.slice(0, MOST).map(({ series: other, correlation, lead, expression }) => (
              <li key={expression}>
                <span className={styles.figure}>{correlation.toFixed(2)}</span>
                <Linked href={linkTo(expression)} title={expression} text={other} />
                {lead !== 0 && <span className={styles.lag}>{leadInWords(lead)}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {causes.length > 0 && (
        <>
          <h3>Was unusual before</h3>
          <ul>
            {causes.slice(0, MOST).map(({ series: other, time, expression }) => (
              <li key={expression}>
                <span className={styles.figure}>
                  {dateTimeFormat(time, { format: 'HH:mm:ss', timeZone })}
                </span>
                <Linked href={linkTo(expression)} title={expression} text={other} />
              </li>
            ))}
          </ul>
        </>
      )}
      {problems.map(({ part, text }) => (
        <p key={part} className={styles.problem}>
          {part}: {text}
        </p>
      ))}
    </section>
  );
}

const leadInWords = (lead: number): string =>
  `${Math.abs(lead)} s ${lead > 0 ? 'earlier' : 'later'}`;

function SeverityIcon({ severity }: { readonly severity: Severity }) {
  const theme = useTheme2();
  const { icon, tone, word } = looks[severity];
  const color = tone === undefined ? theme.colors.text.secondary : theme.colors[tone].text;
  return <Icon name={icon} size="sm" style={{ color }} title={word} />;
}

interface LinkedProps {
  readonly href: string | undefined;
  readonly title: string;
  readonly text: string;
}

function Linked({ href, title, text }: LinkedProps) {
  if (href === undefined) return <span title={title}>{text}</span>;
  return (
    <a href={href} title={title} data-testid={testIds.analysisLink}>
      {text}
    </a>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  findings: css({
    minWidth: 0,
    maxHeight: '100%',
    overflow: 'auto',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    h3: {
      margin: theme.spacing(0.5, 0),
      fontSize: 'inherit',
      fontWeight: theme.typography.fontWeightRegular,
      color: theme.colors.text.secondary,
    },
    p: { margin: theme.spacing(0.5, 0) },
    ul: { listStyle: 'none', margin: theme.spacing(0, 0, 1) },
    li: {
      display: 'flex',
      alignItems: 'baseline',
      gap: theme.spacing(1),
      padding: theme.spacing(0.5, 0),
      borderTop: `1px solid ${theme.colors.border.weak}`,
      color: theme.colors.text.primary,
      overflowWrap: 'anywhere',
    },
    'li svg': { flexShrink: 0, alignSelf: 'flex-start', marginTop: 2 },
    a: { color: theme.colors.text.primary },
    'a:hover, a:focus-visible': { color: theme.colors.text.link, textDecoration: 'underline' },
  }),
  figure: css({
    flexShrink: 0,
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
    color: theme.colors.text.secondary,
  }),
  lag: css({ marginLeft: 'auto', whiteSpace: 'nowrap', color: theme.colors.text.secondary }),
  problem: css({ color: theme.colors.text.secondary, fontStyle: 'italic' }),
});
