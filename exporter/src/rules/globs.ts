import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Files that patterns name, in order and each once: `*`, `?` and `[…]` stand for characters of one
 * part of a path, as in Prometheus's `rule_files`. A path without any of them is itself.
 * @param folder what relative patterns start from
 */
export function expandGlobs(
  patterns: readonly string[],
  folder: string,
): { readonly files: readonly string[]; readonly unmatched: readonly string[] } {
  const files = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const found = expand(path.isAbsolute(pattern) ? pattern : path.join(folder, pattern));
    if (found.length === 0) unmatched.push(pattern);
    for (const file of found) files.add(file);
  }
  return { files: [...files], unmatched };
}

function expand(pattern: string): string[] {
  const parts = pattern.split('/');
  let paths = [parts[0] === '' ? '/' : parts[0]];
  if (isPattern(parts[0])) paths = matching('.', parts[0]);
  for (const part of parts.slice(1)) {
    paths = isPattern(part)
      ? paths.flatMap((base) => matching(base, part).map((name) => path.join(base, name)))
      : paths.map((base) => path.join(base, part));
  }
  return paths.filter((file) => existsSync(file));
}

const isPattern = (part: string): boolean => /[*?[]/.test(part);

function matching(folder: string, pattern: string): string[] {
  const source = pattern.replace(/\[[^\]]*\]|[^[]|\[/g, (token) => {
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1) return token.replaceAll('\\', '\\\\');
    return token.replace(/[.+^${}()|\\[]/, '\\$&');
  });
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const expression = new RegExp(`^${source}$`);
  return names.filter((name) => expression.test(name)).sort();
}
