import { css } from '@emotion/css';
import {
  dateTimeFormat,
  formattedValueToString,
  getValueFormat,
  type GrafanaTheme2,
} from '@grafana/data';
import type { RuleTestAnswer } from '@kymo/contract';
import { Alert, Button, Icon, RadioButtonGroup, Spinner, useStyles2 } from '@grafana/ui';
import { testIds } from '../../../shared/test-ids.js';
import type { TrialState } from '../editor/use-trial.js';
import { BacktestCurve } from './BacktestCurve.js';
import { firingsOf, sentenceOf, stretchesOf } from './firings.js';

const MINUTE = 60_000;
export const RANGES = [
  { label: '15 min', value: 15 * MINUTE },
  { label: '1 h', value: 60 * MINUTE },
  { label: '6 h', value: 360 * MINUTE },
  { label: '24 h', value: 1440 * MINUTE },
];
const MOST = 100;

interface BacktestProps {
  readonly trial: TrialState;
  /** What is wrong with the rule that no field shows. */
  readonly problems: readonly string[];
  readonly length: number;
  readonly onLength: (length: number) => void;
}

/** When a rule would have fired in the past, on its curve and in words. */
export function Backtest({ trial, problems, length, onLength }: BacktestProps) {
  const styles = useStyles2(stylesOf);
  const { last, error, isRunning } = trial;
  const answer = last?.answer;
  return (
    <section className={styles.test} aria-label="In the past">
      <div className={styles.head}>
        <h2 className={styles.title}>
          In the past {isRunning && <Spinner inline size="sm" aria-label="Testing" />}
        </h2>
        <div className={styles.range} data-testid={testIds.ruleRange}>
          <RadioButtonGroup size="sm" options={RANGES} value={length} onChange={onLength} />
          <Button
            size="sm"
            variant="secondary"
            icon="sync"
            tooltip="Up to now"
            aria-label="Test again, up to now"
            onClick={trial.again}
          />
        </div>
      </div>
      {problems.map((problem) => (
        <Alert key={problem} severity="error" title={problem} />
      ))}
      {(last === undefined || error !== undefined) && (
        <p className={styles.quiet}>
          {last === undefined
            ? 'When it would have fired is shown here as soon as the rule is complete.'
            : 'Of the rule as it was before the last change.'}
        </p>
      )}
      {last !== undefined && (
        <div className={error === undefined ? undefined : styles.old}>
          <BacktestCurve
            title={last.title}
            curves={last.curves}
            range={last.range}
            stretches={answer === undefined ? [] : stretchesOf(answer)}
          />
          {answer !== undefined && <Words trial={trial} />}
        </div>
      )}
    </section>
  );
}

function Words({ trial: { last } }: { readonly trial: TrialState }) {
  const styles = useStyles2(stylesOf);
  if (last?.answer === undefined) return null;
  const { answer, unit = 'short', range } = last;
  const isLong = range.end - range.start > 360 * MINUTE;
  const format = getValueFormat(unit);
  const firings = firingsOf(answer, {
    clock: (time) => dateTimeFormat(time, { format: isLong ? 'MMM D, HH:mm:ss' : 'HH:mm:ss' }),
    value: (value) => formattedValueToString(format(value)).replace(' ', '\u00a0'),
  });
  return (
    <>
      <p className={styles.sentence} role="status">
        {sentenceOf(answer)}
      </p>
      <ul className={styles.list} data-testid={testIds.ruleFirings}>
        {firings.slice(0, MOST).map(({ key, fired, labels, text }) => (
          <li key={key}>
            <Icon
              name={fired ? 'exclamation-circle' : 'hourglass'}
              size="sm"
              className={fired ? styles.fired : styles.pending}
            />
            <span>
              {text}
              {labels.map(([name, value]) => (
                <code key={name}>
                  {name}={value}
                </code>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <p className={styles.quiet}>
        {sinceText(answer)}Judged every {answer.step} s
        {answer.failures > 0 && `; ${answer.failures} times it failed: ${answer.lastError ?? ''}`}
        {firings.length > MOST && `; the newest ${MOST} are listed`}
      </p>
    </>
  );
}

/** What is not judged, where not all of the range is kept. */
function sinceText({ start, since, step }: RuleTestAnswer): string {
  const kept = Date.parse(since);
  if (kept - Date.parse(start) <= step * 1000) return '';
  return `There are no samples from before ${dateTimeFormat(kept)}. `;
}

const stylesOf = (theme: GrafanaTheme2) => ({
  test: css({ minWidth: 0 }),
  head: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1),
  }),
  range: css({ display: 'flex', gap: theme.spacing(0.5) }),
  title: css({ ...theme.typography.h5, margin: 0 }),
  old: css({ opacity: 0.6 }),
  sentence: css({
    margin: theme.spacing(1, 0),
    fontWeight: theme.typography.fontWeightMedium,
  }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  fired: css({ color: theme.colors.error.text }),
  pending: css({ color: theme.colors.text.secondary }),
  list: css({
    listStyle: 'none',
    maxHeight: 420,
    overflowY: 'auto',
    fontVariantNumeric: 'tabular-nums',
    li: { display: 'flex', gap: theme.spacing(0.75), padding: theme.spacing(0.5, 0) },
    svg: { marginTop: 2, flex: 'none' },
    code: { marginLeft: theme.spacing(0.5), overflowWrap: 'anywhere' },
  }),
});
