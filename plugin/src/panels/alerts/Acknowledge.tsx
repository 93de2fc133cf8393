import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Input, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { memo, useState, type FormEvent } from 'react';
import type { AlertRow } from '../../shared/alert-frames.js';
import { testIds } from '../../shared/test-ids.js';
import type { Acting } from './use-alerts-door.js';

interface AcknowledgeProps {
  readonly row: AlertRow;
  readonly acting: Acting;
}

const MINUTE = 60_000;
/** Milliseconds; 0 is until it resolves. */
const DURATIONS = [
  { label: '15 m', value: 15 * MINUTE },
  { label: '1 h', value: 60 * MINUTE },
  { label: '8 h', value: 480 * MINUTE },
  { label: 'to the end', value: 0 },
];

/** The one button of an alert: to take it on, or to give it back. */
export const Acknowledge = memo(function Acknowledge(props: AcknowledgeProps) {
  const {
    row,
    acting: { door, whyNot },
  } = props;
  const styles = useStyles2(stylesOf);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const taken = row.acknowledgedBy !== null;

  const act = async (what: () => Promise<void> | undefined): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await what();
      setAsking(false);
    } catch (thrown) {
      setProblem(thrown instanceof Error ? thrown.message : String(thrown));
    }
    setBusy(false);
  };
  const common = {
    size: 'sm',
    variant: 'secondary',
    disabled: busy || door === undefined || whyNot !== undefined,
    tooltip: whyNot,
  } as const;
  if (asking && !taken) {
    return (
      <AcknowledgeForm
        busy={busy}
        problem={problem}
        onCancel={() => setAsking(false)}
        onSend={(how) => void act(() => door?.acknowledge(row.fingerprint, how))}
      />
    );
  }
  return (
    <>
      {taken ? (
        <Button
          {...common}
          aria-label={`End the acknowledgement of ${row.name}`}
          data-testid={testIds.alertEnd}
          onClick={() => void act(() => door?.endAcknowledgement(row.fingerprint))}
        >
          End
        </Button>
      ) : (
        <Button
          {...common}
          aria-label={`Acknowledge ${row.name}`}
          data-testid={testIds.alertAcknowledge}
          onClick={() => setAsking(true)}
        >
          Acknowledge
        </Button>
      )}
      {problem !== undefined && <Problem text={problem} className={styles.problem} />}
    </>
  );
}, asksTheSame);

/** Whether it is the same to who acts, whatever the value is by now. */
function asksTheSame(before: AcknowledgeProps, after: AcknowledgeProps): boolean {
  return (
    before.acting === after.acting &&
    before.row.fingerprint === after.row.fingerprint &&
    before.row.name === after.row.name &&
    before.row.acknowledgedBy === after.row.acknowledgedBy
  );
}

interface AcknowledgeFormProps {
  readonly busy: boolean;
  readonly problem: string | undefined;
  readonly onCancel: () => void;
  readonly onSend: (how: { comment: string; until?: number }) => void;
}

function AcknowledgeForm({ busy, problem, onCancel, onSend }: AcknowledgeFormProps) {
  const styles = useStyles2(stylesOf);
  const [comment, setComment] = useState('');
  const [duration, setDuration] = useState(60 * MINUTE);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onSend({ comment, ...(duration === 0 ? {} : { until: Date.now() + duration }) });
  };
  return (
    <form
      className={styles.form}
      onSubmit={send}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onCancel();
      }}
    >
      <Input
        autoFocus
        value={comment}
        placeholder="What is being done"
        aria-label="Comment"
        data-testid={testIds.alertComment}
        onChange={({ currentTarget }) => setComment(currentTarget.value)}
      />
      <div data-testid={testIds.alertDuration}>
        <RadioButtonGroup size="sm" options={DURATIONS} value={duration} onChange={setDuration} />
      </div>
      <div className={styles.buttons}>
        <Button size="sm" type="submit" disabled={busy} data-testid={testIds.alertSend}>
          Acknowledge
        </Button>
        <Button size="sm" variant="secondary" fill="text" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      {problem !== undefined && <Problem text={problem} className={styles.problem} />}
    </form>
  );
}

function Problem({ text, className }: { readonly text: string; readonly className: string }) {
  return (
    <span className={className} role="alert">
      {text}
    </span>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  form: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(0.5),
    maxWidth: 300,
  }),
  buttons: css({ display: 'flex', gap: theme.spacing(0.5) }),
  problem: css({
    maxWidth: 300,
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.error.text,
  }),
});
