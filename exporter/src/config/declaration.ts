import type { ValueType } from './value-type.js';

/** What is declared of one setting. */
export interface Setting<T> {
  readonly kind: 'setting';
  readonly type: ValueType<T>;
  readonly default: T;
  /** One or two sentences for the documentation. */
  readonly description: string;
  /** Whether a reload applies it; otherwise it takes a restart. */
  readonly reloadable: boolean;
  /** What the documentation says of a default that is too long to show. */
  readonly defaultText?: string;
  /** How a given value and the default become the setting's value; by default the given one counts. */
  join?(this: void, given: T, byDefault: T): T;
}

/** A section of settings. */
export interface Group<M extends Members = Members> {
  readonly kind: 'group';
  readonly description: string;
  readonly members: M;
}

export interface Members {
  readonly [name: string]: Setting<unknown> | Group;
}

/** The configuration that a section's declaration describes. */
export type ConfigOf<M extends Members> = {
  readonly [K in keyof M]: M[K] extends Setting<infer T>
    ? T
    : M[K] extends Group<infer N>
      ? ConfigOf<N>
      : never;
};

type SettingOptions<T> = Pick<Setting<T>, 'type' | 'description'> &
  Partial<Pick<Setting<T>, 'reloadable' | 'join' | 'defaultText'>> & {
    readonly default: NoInfer<T>;
  };

export function setting<T>(options: SettingOptions<T>): Setting<T> {
  return { reloadable: false, ...options, kind: 'setting' };
}

export function group<M extends Members>(description: string, members: M): Group<M> {
  return { kind: 'group', description, members };
}

/** A whole configuration: its settings and what must hold between them. */
export interface Declaration<C> {
  readonly members: Members;
  readonly adjustments: readonly Adjustment<C>[];
  readonly contradictions: readonly Contradiction<C>[];
  /** Variables with our prefix that are no settings. */
  readonly otherVariables: readonly string[];
  /** Makes the configuration of its values, which are asked for by full key. */
  readonly assemble: (valueOf: (key: string) => unknown) => C;
}

/** Changes a default that does not fit what was given elsewhere. */
export interface Adjustment<C> {
  readonly key: string;
  /** The value that fits; `undefined` where the default does. */
  readonly adjust: (config: C) => { readonly value: unknown; readonly reason: string } | undefined;
}

/** Values that are right by themselves and wrong together. */
export interface Contradiction<C> {
  /** The settings in question; the error stands at the one that was given last. */
  readonly keys: readonly string[];
  /** What is wrong and what to do; `undefined` where nothing is. */
  readonly problem: (config: C) => string | undefined;
}

/** A setting with its full key. */
export interface KeyedSetting {
  readonly key: string;
  readonly setting: Setting<unknown>;
}

/** All settings, in the order of their declaration. */
export function settingsOf(members: Members, prefix = ''): KeyedSetting[] {
  return Object.entries(members).flatMap(([name, member]) =>
    member.kind === 'setting'
      ? [{ key: prefix + name, setting: member }]
      : settingsOf(member.members, `${prefix}${name}.`),
  );
}

/** The nested configuration, its values asked for by full key. */
export function assemble<M extends Members>(
  members: M,
  valueOf: (key: string) => unknown,
): ConfigOf<M> {
  return nest(members, '', valueOf) as ConfigOf<M>;
}

function nest(members: Members, prefix: string, valueOf: (key: string) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      member.kind === 'setting'
        ? valueOf(prefix + name)
        : nest(member.members, `${prefix}${name}.`, valueOf),
    ]),
  );
}

/** The environment variable of a setting: `KYMO_LISTEN_PORT` for `listen.port`. */
export function variableOf(key: string): string {
  return PREFIX + key.toUpperCase().replace(/[.-]/g, '_');
}

/** What every variable of ours begins with. */
export const PREFIX = 'KYMO_';

/** The flag of a setting: `--live.max-clients` for `live.max_clients`. */
export function flagOf(key: string): string {
  return `--${key.replaceAll('_', '-')}`;
}
