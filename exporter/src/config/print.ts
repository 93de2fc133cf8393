import { stringify } from 'yaml';
import type { Declaration, Members, Setting } from './declaration.js';
import type { LoadedConfig } from './load.js';
import { describeOrigin } from './raw-value.js';

/**
 * The configuration as a file that gives it again, with the origin of each value as a comment. Secrets
 * are masked.
 */
export function printConfig<C>(declaration: Declaration<C>, loaded: LoadedConfig<C>): string {
  const lines: string[] = [];
  const walk = (
    members: Members,
    prefix: string,
    values: Readonly<Record<string, unknown>>,
  ): void => {
    const indent = '  '.repeat(prefix.split('.').length - 1);
    for (const [name, member] of Object.entries(members)) {
      const value = values[name];
      if (member.kind === 'group') {
        lines.push(`${indent}${name}:`);
        walk(member.members, `${prefix}${name}.`, value as Readonly<Record<string, unknown>>);
        continue;
      }
      const origin = describeOrigin(loaded.origins.get(prefix + name) ?? { kind: 'default' });
      const comment = origin.replace(/[\p{Cc}\u2028\u2029]/gu, '?');
      lines.push(`${indent}${name}: ${valueText(member, value)} # ${comment}`);
    }
  };
  walk(declaration.members, '', loaded.config as Readonly<Record<string, unknown>>);
  return lines.join('\n') + '\n';
}

/** A setting's value on one line of YAML. */
export function valueText(setting: Setting<unknown>, value: unknown): string {
  const plain = setting.type.plain(value);
  // JSON is YAML, and stays on one line whatever it is.
  return typeof plain === 'object'
    ? JSON.stringify(plain)
    : stringify(plain, { lineWidth: 0, blockQuote: false }).trimEnd();
}
