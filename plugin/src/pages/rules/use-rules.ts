import type { CallerAnswer, RuntimeRulesAnswer } from '@kymo/contract';
import { useCallback } from 'react';
import { rulesDoorOf, type RulesDoor } from '../../shared/rules-door.js';
import { roleHere } from '../../shared/role.js';
import { whyNotOf } from '../../shared/why-not.js';
import { rowsOf, type RuleRow } from './list/rows.js';
import { usePolled, type Polled } from '../use-polled.js';

/** The rules of a datasource, and what can be done to them. */
export interface RulesOf {
  readonly door: RulesDoor;
  readonly rows: readonly RuleRow[];
  readonly made: RuntimeRulesAnswer;
  /** Why nothing may be changed; `undefined` where it may, or where that cannot be known. */
  readonly whyNot: string | undefined;
}

const INTERVAL = 2000;

export function useRules(ds: string): Polled<RulesOf> {
  const ask = useCallback(async (): Promise<RulesOf> => {
    const door = await rulesDoorOf(ds);
    if (door === undefined) throw new Error('This datasource is not one of Kymo: choose another.');
    const [states, made, caller] = await Promise.all([
      door.states(),
      door.made(),
      // Where it cannot be known, trying tells.
      door.caller().catch((): Partial<CallerAnswer> => ({})),
    ]);
    const whyNot = whyNotOf(caller, roleHere()) ?? made.problem ?? undefined;
    return { door, made, rows: rowsOf(states, made.rules, made.problem), whyNot };
  }, [ds]);
  return usePolled(ask, INTERVAL);
}
