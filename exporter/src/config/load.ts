import { ConfigError, type Problem } from './config-error.js';
import { settingsOf, type Declaration } from './declaration.js';
import type { Layer } from './layer.js';
import type { Origin, RawValue } from './raw-value.js';
import type { Refuse } from './value-type.js';

/** A configuration that holds, and where each value came from. */
export interface LoadedConfig<C> {
  readonly config: C;
  /** By full key. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/**
 * The configuration that layers give together; the later ones win.
 * @throws ConfigError with everything that is wrong.
 */
export function loadConfig<C>(
  declaration: Declaration<C>,
  layers: readonly Layer[],
): LoadedConfig<C> {
  const problems: Problem[] = layers.flatMap((layer) => layer.problems);
  const values = new Map<string, unknown>();
  const origins = new Map<string, Origin>();
  for (const { key, setting } of settingsOf(declaration.members)) {
    values.set(key, setting.default);
    origins.set(key, { kind: 'default' });
    // Also what a later layer hides must be right.
    for (const raw of layers.map((layer) => layer.values.get(key))) {
      if (raw === undefined) continue;
      const before = problems.length;
      const refuse = refuseAt({ key, raw, problems });
      if (raw.kind === 'scalar' && raw.value === null) {
        refuse('has no value; give one or remove the line');
        continue;
      }
      const value = setting.type.read(raw, refuse);
      if (value !== undefined && problems.length === before) setting.type.check(value, refuse);
      if (value === undefined || problems.length > before) continue;
      values.set(key, setting.join?.(value, setting.default) ?? value);
      origins.set(key, raw.origin);
    }
  }
  return settle({ declaration, values, origins, problems });
}

/** Part of a configuration: values in base units, or texts as in the file. */
export type PartialConfig<C> = {
  readonly [K in keyof C]?: C[K] extends string | boolean | readonly unknown[]
    ? C[K]
    : C[K] extends number
      ? number | string
      : PartialConfig<C[K]>;
};

/**
 * A whole configuration of the part that a program gives.
 * @throws ConfigError with everything that is wrong.
 */
export function completeConfig<C>(
  declaration: Declaration<C>,
  given: PartialConfig<C>,
): LoadedConfig<C> {
  const origin: Origin = { kind: 'option' };
  const settings = settingsOf(declaration.members);
  const values = new Map<string, unknown>(
    settings.map(({ key, setting }) => [key, setting.default]),
  );
  const origins = new Map<string, Origin>(settings.map(({ key }) => [key, { kind: 'default' }]));
  const byKey = new Map(settings.map(({ key, setting }) => [key, setting]));
  const problems: Problem[] = [];
  const walk = (part: object, prefix: string): void => {
    for (const [name, value] of Object.entries(part) as [string, unknown][]) {
      const key = prefix + name;
      const setting = byKey.get(key);
      if (value === undefined) continue;
      if (setting === undefined) {
        const section = settings.some((known) => known.key.startsWith(`${key}.`));
        if (section && typeof value === 'object' && value !== null) walk(value, `${key}.`);
        else problems.push({ origin, key, message: 'there is no such setting; remove it' });
        continue;
      }
      const raw: RawValue = { kind: 'text', text: typeof value === 'string' ? value : '', origin };
      const before = problems.length;
      const refuse = refuseAt({ key, raw, problems });
      const read = typeof value === 'string' ? setting.type.read(raw, refuse) : value;
      if (read !== undefined) setting.type.check(read, refuse);
      if (problems.length > before) continue;
      values.set(key, setting.join?.(read, setting.default) ?? read);
      origins.set(key, origin);
    }
  };
  walk(given, '');
  return settle({ declaration, values, origins, problems });
}

/** Fits defaults to what was given, and refuses what contradicts itself. */
function settle<C>(options: {
  readonly declaration: Declaration<C>;
  readonly values: Map<string, unknown>;
  readonly origins: Map<string, Origin>;
  readonly problems: Problem[];
}): LoadedConfig<C> {
  const { declaration, values, origins, problems } = options;
  // A value that could not be read would only seem to contradict another.
  const broken = new Set(problems.map(({ key }) => key));
  const assemble = (): C => declaration.assemble((key) => values.get(key));
  for (const { key, adjust } of declaration.adjustments) {
    if (origins.get(key)?.kind !== 'default' || broken.has(key)) continue;
    const adjusted = adjust(assemble());
    if (adjusted === undefined) continue;
    values.set(key, adjusted.value);
    origins.set(key, { kind: 'adjusted', reason: adjusted.reason });
  }
  const config = assemble();
  for (const { keys, problem } of declaration.contradictions) {
    if (keys.some((key) => broken.has(key))) continue;
    const message = problem(config);
    if (message === undefined) continue;
    const given = keys.find((key) => isGiven(origins.get(key))) ?? keys[0];
    problems.push({ origin: origins.get(given) ?? { kind: 'default' }, message });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { config, origins };
}

function isGiven(origin: Origin | undefined): boolean {
  return origin !== undefined && origin.kind !== 'default' && origin.kind !== 'adjusted';
}

function refuseAt(options: {
  readonly key: string;
  readonly raw: RawValue;
  readonly problems: Problem[];
}): Refuse {
  const { key, raw, problems } = options;
  return (message, part) =>
    problems.push({
      origin: part?.at.origin ?? raw.origin,
      key: part === undefined ? key : key + part.key,
      message,
    });
}
