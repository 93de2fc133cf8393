import type { RuleState, RuntimeRuleAnswer } from '@kymo/contract';
import { fieldsOf } from '../../../shared/json.js';

/** How a rule does. `waiting` is not evaluated yet, `part` is only a part of others. */
export type Standing =
  'failing' | 'firing' | 'recovering' | 'pending' | 'waiting' | 'inactive' | 'recording' | 'part';

/** A rule in the list. */
export interface RuleRow {
  readonly key: string;
  /** Of a rule made at run time, which can be changed. */
  readonly id: string | undefined;
  readonly name: string;
  readonly standing: Standing;
  readonly severity: string;
  readonly group: string;
  readonly promql: string;
  /** Why it is not evaluated, or not in effect. */
  readonly problem: string | undefined;
  /** What is evaluated; `undefined` of a rule that is not in effect. */
  readonly state: RuleState | undefined;
}

export type Show = 'all' | 'active' | 'failing' | 'made';

/** All rules: those that are evaluated, and those made at run time that are not. */
export function rowsOf(
  states: readonly RuleState[],
  made: readonly RuntimeRuleAnswer[],
  problem: string | null,
): RuleRow[] {
  const evaluated = new Set(states.map(({ id }) => id));
  const others = made.filter(({ id }) => !evaluated.has(id));
  return [...states.map(rowOf), ...others.map((rule) => unevaluated(rule, problem))];
}

function rowOf(state: RuleState, at: number): RuleRow {
  return {
    key: state.id ?? `${state.file}:${state.line}:${at}`,
    id: state.id,
    name: state.name,
    standing: standingOf(state),
    severity: state.labels.severity ?? '',
    group: state.id === undefined ? state.group : MADE,
    promql: state.promql,
    problem: state.lastError ?? undefined,
    state,
  };
}

/** Group of the rules made at run time, each of which is in one of its own. */
export const MADE = 'Made at run time';

function standingOf({ health, state, kind }: RuleState): Standing {
  if (health === 'err') return 'failing';
  if (kind === 'recording') return health === 'unknown' ? 'waiting' : 'recording';
  return state ?? 'waiting';
}

/** A condition that is only a part of others, or a rule that is kept and not in effect. */
function unevaluated(
  { id, condition, rule, promql, problem }: RuntimeRuleAnswer,
  common: string | null,
): RuleRow {
  const written = fieldsOf(condition ?? rule);
  const isPart = condition !== undefined && rule === undefined;
  const names = [written.name, written.alert, written.record];
  return {
    key: id,
    id,
    name: names.find((name) => typeof name === 'string') ?? id,
    standing: isPart ? 'part' : 'waiting',
    severity: '',
    group: MADE,
    promql,
    problem: problem ?? (isPart ? undefined : (common ?? undefined)),
    state: undefined,
  };
}

/** Rows with all words of a search in name, group, expression, labels or file. */
export function found(rows: readonly RuleRow[], search: string, show: Show): RuleRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (!isShown(row, show)) return false;
    const text = textOf(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function isShown({ standing, id, problem }: RuleRow, show: Show): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'active':
      return ['firing', 'recovering', 'pending'].includes(standing);
    case 'failing':
      return standing === 'failing' || problem !== undefined;
    case 'made':
      return id !== undefined;
  }
}

function textOf({ name, group, promql, severity, standing, state }: RuleRow): string {
  const labels = Object.entries(state?.labels ?? {}).map(([label, value]) => `${label}=${value}`);
  return [name, group, promql, severity, standing, ...labels, state?.file ?? ''].join(' ');
}

/** Rules of a group together: those made at run time first, the others as they are evaluated. */
export function groupsOf(rows: readonly RuleRow[]): { name: string; rows: RuleRow[] }[] {
  const groups = new Map<string, RuleRow[]>([[MADE, []]]);
  for (const row of rows) {
    const of = groups.get(row.group) ?? [];
    of.push(row);
    groups.set(row.group, of);
  }
  return [...groups]
    .map(([name, of]) => ({ name, rows: of }))
    .filter(({ rows: { length } }) => length > 0);
}

/** Where a rule is written: `alerts-http.yml, line 12`. */
export function placeOf({ file, line }: RuleState): string {
  return `${file.split('/').at(-1) ?? file}, line ${line}`;
}

/** How many rules do how: `3 firing, 1 failing, 40 in all`. */
export function countsOf(rows: readonly RuleRow[]): string {
  const counted = (['firing', 'recovering', 'pending', 'failing'] as const)
    .map((standing) => [rows.filter((row) => row.standing === standing).length, standing] as const)
    .filter(([count]) => count > 0)
    .map(([count, standing]) => `${count} ${standing}`);
  return [...counted, `${rows.length} in all`].join(', ');
}
