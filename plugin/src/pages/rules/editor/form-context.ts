import { createContext, useContext } from 'react';
import type { RulesDoor } from '../../../shared/rules-door.js';
import type { Problem } from '../form/problems.js';

/** What all fields of the editor need. */
export interface FormContext {
  readonly door: RulesDoor;
  /** What is wrong, in fields that have been touched. */
  readonly problems: readonly Problem[];
  /** Names of the conditions that a composite can be made of. */
  readonly conditions: readonly string[];
  readonly watches: readonly string[];
}

const context = createContext<FormContext | undefined>(undefined);

export const FormProvider = context.Provider;

export function useForm(): FormContext {
  const value = useContext(context);
  if (value === undefined) throw new Error('a field stands outside of the editor');
  return value;
}
