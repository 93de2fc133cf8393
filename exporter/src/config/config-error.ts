import { KymoError } from '../lib/errors.js';
import { describeOrigin, type Origin } from './raw-value.js';

/** One thing that is wrong with the configuration. */
export interface Problem {
  readonly origin: Origin;
  /** Full key of the setting, such as `listen.port`; absent where it is not about one. */
  readonly key?: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends KymoError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const ordered = [...problems].sort(byPlace);
    super('bad_config', ordered.map(describeProblem).join('\n'));
    this.problems = ordered;
  }
}

/** Those of the file first, as they stand there. */
function byPlace({ origin: a }: Problem, { origin: b }: Problem): number {
  if (a.kind !== 'file' || b.kind !== 'file') {
    return Number(b.kind === 'file') - Number(a.kind === 'file');
  }
  return a.line - b.line || a.column - b.column;
}

/** The problem as one line: `kymo.yml:3:9: listen.port: …`. */
export function describeProblem({ origin, key, message }: Problem): string {
  const place = describeOrigin(origin);
  return key === undefined || key === place
    ? `${place}: ${message}`
    : `${place}: ${key}: ${message}`;
}
