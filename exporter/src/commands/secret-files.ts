import { readFileSync } from 'node:fs';
import { KymoError, messageOf } from '../lib/errors.js';

/**
 * A secret that is given as such or by a file, whose last line break does not count.
 * @param setting what is named where the file cannot be read
 * @throws KymoError `bad_secret_file`
 */
export function secretOf(
  setting: string,
  { value, file }: { readonly value?: string | undefined; readonly file?: string | undefined },
): string | undefined {
  if (value !== undefined || file === undefined) return value;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new KymoError('bad_secret_file', `${setting}: ${messageOf(thrown)}`, { cause: thrown });
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new KymoError('bad_secret_file', `${setting}: ${file} is empty`);
  return secret;
}
