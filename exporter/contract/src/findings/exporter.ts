import type { Health } from '../health.js';
import type { Stats } from '../stats.js';
import { failed, ok, warning, type Finding } from './finding.js';

/** What an exporter says of its sources, and of what it keeps. */
export function sourceFindings({ sources: all }: Pick<Health, 'sources'>): Finding[] {
  const bad = all.filter(({ status }) => status === 'failed');
  if (bad.length === 0) return [ok('sources', `${all.length} collect`)];
  return bad.map(({ name, error = 'it failed' }) =>
    warning(
      'sources',
      `${name}: ${error}`,
      `mend what it says, or switch it off: sources.${name}.enabled: false`,
    ),
  );
}

/** @param stats `undefined` where they could not be had */
export function historyFinding(
  { history: trouble }: Pick<Health, 'history'>,
  stats: Pick<Stats, 'history'> | undefined,
): Finding {
  if (trouble !== undefined) {
    return failed('history', trouble.error, 'make data_dir writable, with space left on its disk');
  }
  if (stats === undefined) {
    return warning('history', 'unknown', 'look at /api/stats of the exporter');
  }
  const kept = stats.history;
  if (kept === undefined) {
    return warning('history', 'nothing is kept over a restart', 'set data_dir to a folder');
  }
  if (kept.dropped > 0) {
    const detail = `${kept.dropped} samples were not kept since the start`;
    return warning('history', detail, 'give the disk of data_dir more room');
  }
  return ok('history', `is written; ${(kept.bytes / 2 ** 20).toFixed(1)} MiB`);
}

/** A rule, as `/api/v1/rules` has it. */
export interface RuleState {
  readonly name: string;
  /** `err` where its expression could not be evaluated. */
  readonly health: string;
  readonly lastError: string;
}

/** @param health what the exporter itself says is wrong with them */
export function ruleFinding(
  all: readonly RuleState[],
  { rules: trouble }: Pick<Health, 'rules'>,
): Finding {
  if (trouble !== undefined) return rulesFail(trouble.error);
  const [first, ...others] = all.filter(({ health }) => health === 'err');
  if (first === undefined) return ok('rules', `${all.length} are evaluated`);
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return rulesFail(`${first.name || 'a rule'} fails: ${first.lastError || 'unknown'}${more}`);
}

/** @param detail as the exporter says it */
export const rulesFail = (detail: string): Finding =>
  warning('rules', detail, 'mend what it says; `kymo check rules <file>` checks files');
