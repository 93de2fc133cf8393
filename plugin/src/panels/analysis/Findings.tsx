import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, useTheme2, type IconName } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import { spoken } from '../../shared/sentence.js';
import type { Analysis, Related, Severity } from './model.js';
import { momentIn } from './words.js';

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
  /** End of what is shown, Unix milliseconds: times of that day are told without it. */
  readonly end: number;
  readonly timeZone: string;
  /** Address at which an expression is shown; `undefined` for who may not see it. */
  readonly linkTo: (expression: string) => string | undefined;
}

const MOST = 8;

/** What stands out, what moved with it and what moved before it. */
export function Findings({ analysis, series, end, timeZone, linkTo }: FindingsProps) {
  const styles = useStyles2(stylesOf);
  const { findings, related, causes, problems, missing } = analysis;
  const own = findings.filter((finding) => finding.series === series || finding.series === '');
  const clock = (time: number): string => momentIn(timeZone, time, end);
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
        {own.slice(0, MOST).map(({ severity, sentence, expression }) => {
          const text = spoken(sentence, clock);
          return (
            <li key={text}>
              <SeverityIcon severity={severity} />
              <Linked href={linkTo(expression)} title={expression} text={text} />
            </li>
          );
        })}
      </ul>
      {related.length > 0 && (
        <>
          <h3>Moves with</h3>
          <ul>
            {related.slice(0, MOST).map((one) => (
              <RelatedItem key={one.expression} related={one} href={linkTo(one.expression)} />
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

/** A series that moved with the one shown, and how many others say the same. */
function RelatedItem({ related, href }: { related: Related; href: string | undefined }) {
  const styles = useStyles2(stylesOf);
  const { series, correlation, lead, expression, alike } = related;
  return (
    <li>
      <span className={styles.figure}>{correlation.toFixed(2).replace('-', '−')}</span>
      <div>
        <Linked href={href} title={expression} text={series} />{' '}
        <span className={styles.aside}>
          {alike.length > 0 && (
            <span title={alike.join('\n')}>and {alike.length} more like it </span>
          )}
          {lead !== 0 && leadInWords(lead)}
        </span>
      </div>
    </li>
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
    ul: { listStyle: 'none', margin: theme.spacing(0, 0, 1), padding: 0 },
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
  aside: css({ color: theme.colors.text.secondary, '> span': { whiteSpace: 'nowrap' } }),
  problem: css({ color: theme.colors.text.secondary, fontStyle: 'italic' }),
});
