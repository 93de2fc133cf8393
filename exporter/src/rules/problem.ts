import { KymoError } from '../lib/errors.js';
import type { Place } from './rule.js';

/** One thing that is wrong with a file. */
export interface RuleProblem {
  readonly place: Place;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** The problem as one line: `rules.yml:3:9: …`. */
export function describeRuleProblem({ place, message }: RuleProblem): string {
  return `${place.file}:${place.line}:${place.column}: ${message}`;
}

/** Everything that is wrong with rule files, at once. */
export class RuleFileError extends KymoError {
  readonly problems: readonly RuleProblem[];

  constructor(problems: readonly RuleProblem[]) {
    super('bad_rules', problems.map(describeRuleProblem).join('\n'));
    this.problems = problems;
  }
}
