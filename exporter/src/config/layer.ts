import { nearest } from '../lib/nearest.js';
import type { Problem } from './config-error.js';
import {
  flagOf,
  PREFIX,
  settingsOf,
  variableOf,
  type KeyedSetting,
  type Members,
} from './declaration.js';
import { describeOrigin, type RawValue } from './raw-value.js';

/** What one source of settings (file, environment, flags) gives, by full key. */
export interface Layer {
  readonly values: ReadonlyMap<string, RawValue>;
  readonly problems: readonly Problem[];
}

/** The settings of a file; unknown, repeated and misplaced keys are problems. */
export function fileLayer(root: RawValue | undefined, members: Members): Layer {
  const values = new Map<string, RawValue>();
  const problems: Problem[] = [];
  const keys = keysOf(members);
  const walk = (raw: RawValue, known: Members, prefix: string): void => {
    if (raw.kind !== 'map') {
      // A section of which everything is commented out.
      if (raw.kind === 'scalar' && raw.value === null) return;
      const names = Object.keys(known).slice(0, 8).join(', ');
      const key = prefix === '' ? undefined : prefix.slice(0, -1);
      problems.push({
        origin: raw.origin,
        key,
        message: `a section is expected here, with settings such as ${names}`,
      });
      return;
    }
    const seen = new Map<string, string>();
    for (const { key: name, keyOrigin: origin, value } of raw.entries) {
      const key = prefix + name;
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        problems.push({ origin, key, message: `given already at ${earlier}; keep one of them` });
        continue;
      }
      seen.set(name, describeOrigin(origin));
      const member = Object.hasOwn(known, name) ? known[name] : undefined;
      if (member === undefined) problems.push({ origin, key, message: unknownKey(key, keys) });
      else if (member.kind === 'group') walk(value, member.members, `${key}.`);
      else values.set(key, value);
    }
  };
  if (root !== undefined) walk(root, members, '');
  return { values, problems };
}

/** The settings of environment variables; empty ones count as not set. */
export function environmentLayer(
  environment: Readonly<Record<string, string | undefined>>,
  members: Members,
  otherVariables: readonly string[],
): Layer {
  const values = new Map<string, RawValue>();
  const problems: Problem[] = [];
  const byVariable = index(members, variableOf);
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text === '') continue;
    const origin = { kind: 'environment', variable } as const;
    const found = byVariable.get(variable);
    if (found !== undefined) {
      if (found.setting.type.fileOnly === true) {
        problems.push({ origin, key: found.key, message: FILE_ONLY });
      } else values.set(found.key, { kind: 'text', text, origin });
    } else if (!otherVariables.includes(variable) && !isServiceLink(variable, text)) {
      const meant = nearest(variable, [...byVariable.keys(), ...otherVariables]);
      const hint = meant === undefined ? 'remove it' : `did you mean ${meant}?`;
      problems.push({ origin, message: `no setting has this variable; ${hint}` });
    }
  }
  return { values, problems };
}

/** Flags of a command that are no settings; whether each takes a value. */
export type OwnFlags = Readonly<Record<string, 'value' | 'switch'>>;

export interface FlagLayer extends Layer {
  /** The command's own flags; `''` is the value of a switch. */
  readonly own: ReadonlyMap<string, string>;
  /** What is not a flag, in order. */
  readonly positionals: readonly string[];
}

/**
 * The settings of flags: `--key value` or `--key=value`, with `-` or `_` in the key. A boolean may go
 * without value, which is `true`.
 */
export function flagLayer(
  args: readonly string[],
  members: Members,
  ownFlags: OwnFlags = {},
): FlagLayer {
  const values = new Map<string, RawValue>();
  const own = new Map<string, string>();
  const positionals: string[] = [];
  const problems: Problem[] = [];
  const byFlag = index(members, flagOf);
  for (let i = 0; i < args.length; i++) {
    const argument = args[i];
    if (!argument.startsWith('-') || argument === '-') {
      positionals.push(argument);
      continue;
    }
    const equals = argument.indexOf('=');
    const written = equals < 0 ? argument : argument.slice(0, equals);
    const flag = written.replaceAll('_', '-');
    const origin = { kind: 'flag', flag: written } as const;
    const found = byFlag.get(flag);
    const ownKind = Object.hasOwn(ownFlags, flag) ? ownFlags[flag] : undefined;
    let text = equals < 0 ? undefined : argument.slice(equals + 1);
    const mayBeBare = found === undefined ? ownKind === 'switch' : isBoolean(found);
    const next = args.at(i + 1);
    const takesNext = mayBeBare
      ? ownKind === undefined && next !== undefined && /^(true|false)$/i.test(next)
      : next !== undefined && !next.startsWith('--');
    if (text === undefined && takesNext && (found !== undefined || ownKind !== undefined)) {
      text = next;
      i++;
    }
    const key = found?.key ?? flag;
    if (found === undefined && ownKind === undefined) {
      const meant = nearest(flag, [...byFlag.keys(), ...Object.keys(ownFlags)]);
      const hint = meant === undefined ? '--help lists the flags' : `did you mean ${meant}?`;
      problems.push({ origin, message: `there is no such flag; ${hint}` });
      // Its value is not to be taken for something else.
      if (equals < 0 && next !== undefined && !next.startsWith('-')) i++;
    } else if (values.has(key) || own.has(flag)) {
      problems.push({ origin, message: 'given twice; keep one of them' });
    } else if (found?.setting.type.fileOnly === true) {
      problems.push({ origin, key, message: FILE_ONLY });
    } else if (text === undefined && !mayBeBare) {
      problems.push({ origin, message: `has no value; write ${written} <value>` });
    } else if (found !== undefined) {
      values.set(key, { kind: 'text', text: text ?? 'true', origin });
    } else if (ownKind === 'switch' && text !== undefined) {
      problems.push({ origin, message: `takes no value; write ${written} alone` });
    } else own.set(flag, text ?? '');
  }
  return { values, problems, own, positionals };
}

const FILE_ONLY = 'can be given in the configuration file only; move it there';

/**
 * Variables that Kubernetes sets for every service of the namespace, which may well be called kymo.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function isServiceLink(variable: string, text: string): boolean {
  if (/_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$/.test(variable)) return true;
  return /_PORT$/.test(variable)
    ? /^(tcp|udp|sctp):\/\//.test(text)
    : /_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable);
}

function isBoolean({ setting }: KeyedSetting): boolean {
  return setting.type.name === 'boolean';
}

function index(members: Members, nameOf: (key: string) => string): Map<string, KeyedSetting> {
  return new Map(settingsOf(members).map((keyed) => [nameOf(keyed.key), keyed]));
}

/** Every key and section, for suggestions. */
function keysOf(members: Members, prefix = ''): string[] {
  return Object.entries(members).flatMap(([name, member]) =>
    member.kind === 'setting'
      ? [prefix + name]
      : [prefix + name, ...keysOf(member.members, `${prefix}${name}.`)],
  );
}

function unknownKey(key: string, keys: readonly string[]): string {
  // A key that stands in the wrong section is the likelier mistake than another of that length.
  const last = key.slice(key.lastIndexOf('.') + 1);
  const elsewhere = keys.filter((known) => known.endsWith(`.${last}`));
  const meant = elsewhere.length === 1 ? elsewhere[0] : nearest(key, keys);
  return meant === undefined
    ? 'there is no such setting; remove it'
    : `there is no such setting; did you mean ${meant}?`;
}
