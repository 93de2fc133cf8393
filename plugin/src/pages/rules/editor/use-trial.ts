import type { RuleRequest, RuleTestAnswer } from '@kymo/contract';
import { useEffect, useRef, useState } from 'react';
import type { PastRange, RuleCurve, RulesDoor } from '../../../shared/rules-door.js';
import { messageOf } from '../../say.js';

/** What is tried; `undefined` in place of a definition is not tried, only drawn. */
export interface TrialRequest {
  readonly id: string | undefined;
  readonly definition: RuleRequest | undefined;
  /** What is drawn: by default what the rule compares. */
  readonly subject: string | undefined;
  /** Milliseconds before now. */
  readonly length: number;
}

export interface Trial {
  readonly range: PastRange;
  readonly answer: RuleTestAnswer | undefined;
  readonly curves: readonly RuleCurve[];
  /** What the curves are. */
  readonly title: string;
  /** Grafana's id, of the values of alerts; `undefined` where it is not known. */
  readonly unit: string | undefined;
}

export interface TrialState {
  /** Of the last request that could be tried; `undefined` too where there is nothing to try. */
  readonly last: Trial | undefined;
  /** What is wrong with the newest request; `undefined` where nothing is, or it is not known yet. */
  readonly error: string | undefined;
  readonly isRunning: boolean;
  readonly again: () => void;
}

const NOTHING: Omit<TrialState, 'again'> = {
  last: undefined,
  error: undefined,
  isRunning: false,
};

/** Milliseconds without a change after which a rule is tried. */
const PAUSE = 500;

/**
 * Tries a rule whenever it has changed, one trial at a time.
 * @param request `undefined` where there is nothing to try
 * @param isPaused while the rule is saved: it would be taken for another one of its name
 */
export function useTrial(
  door: RulesDoor,
  request: TrialRequest | undefined,
  isPaused: boolean,
): TrialState {
  const [state, setState] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  const before = useRef<Promise<void>>(Promise.resolve());
  const key = request && JSON.stringify(request);
  useEffect(() => {
    if (key === undefined) return setState(NOTHING);
    if (isPaused) return;
    let gone = false;
    const run = async (): Promise<void> => {
      if (gone) return;
      setState((last) => ({ ...last, isRunning: true }));
      const next = await tryOut(door, JSON.parse(key) as TrialRequest).then(
        (last) => ({ last, error: undefined }),
        (thrown: unknown) => ({ error: messageOf(thrown) }),
      );
      if (!gone) setState((last) => ({ ...last, ...next, isRunning: false }));
    };
    const timer = setTimeout(() => {
      before.current = before.current.then(run);
    }, PAUSE);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [door, key, turn, isPaused]);
  return { ...state, again: () => setTurn((last) => last + 1) };
}

async function tryOut(
  door: RulesDoor,
  { id, definition, subject, length }: TrialRequest,
): Promise<Trial> {
  const end = Math.floor(Date.now() / 1000) * 1000;
  const range = { start: end - length, end };
  const answer = definition && (await door.test(definition, { ...range, id }));
  // A curve is a help: what the test says stands without it.
  const curves = await drawn(door, { subject, answer, range }).catch(() => []);
  if (subject === undefined) {
    return { range, answer, curves, title: 'What it compares', unit: curves[0]?.unit };
  }
  // The values of alerts are scores then.
  const title = answer === undefined ? 'What it records' : 'What is scored';
  return { range, answer, curves, title, unit: undefined };
}

async function drawn(
  door: RulesDoor,
  { subject, answer, range }: Pick<Trial, 'answer' | 'range'> & Pick<TrialRequest, 'subject'>,
): Promise<readonly RuleCurve[]> {
  if (subject !== undefined) return door.values(subject, range);
  return answer === undefined ? [] : door.compared(answer.promql, range);
}
