import { KymoError } from '../lib/errors.js';

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

function malformed(message: string): KymoError {
  return new KymoError('bad_literal', message);
}

/**
 * The number of a literal: decimal, hexadecimal, octal with a leading zero (as Go reads integers),
 * `Inf` and `NaN` in any case, with an optional sign and with underscores between digits.
 * @throws KymoError `bad_literal`.
 */
export function parseNumber(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '').toLowerCase();
  if (/^(inf|infinity)$/.test(digits)) return sign * Infinity;
  if (digits === 'nan') return NaN;
  if (/^0[0-7]+$/.test(digits)) return sign * parseInt(digits, 8);
  if (/^0x[0-9a-f]+$/.test(digits)) return sign * Number(digits);
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(digits)) {
    throw malformed(`error parsing number: "${text}" is not a number`);
  }
  return sign * Number(digits);
}

/**
 * The text that a quoted string stands for: `"…"` and `'…'` with Go's escapes, `` `…` `` without.
 * @throws KymoError `bad_literal`.
 */
export function unquote(text: string): string {
  const quote = text[0];
  if (text.length < 2 || !text.endsWith(quote)) throw malformed('unterminated quoted string');
  const inner = text.slice(1, -1);
  if (quote === '`') return inner;
  if (inner.includes('\n')) throw malformed('unterminated quoted string');
  if (!inner.includes('\\')) return inner;

  const bytes: number[] = [];
  const flush = (): string => {
    const decoded = Buffer.from(bytes).toString('utf8');
    bytes.length = 0;
    return decoded;
  };
  let result = '';
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] !== '\\') {
      result += flush() + inner[i];
      continue;
    }
    const escape = inner[++i];
    if (escape === undefined) throw malformed('unterminated quoted string');
    if (/[0-7]/.test(escape)) {
      const octal = inner.slice(i, i + 3);
      const value = parseInt(octal, 8);
      if (!/^[0-7]{3}$/.test(octal) || value > 255) {
        throw malformed(`illegal octal escape sequence "\\${octal}"`);
      }
      bytes.push(value);
      i += 2;
    } else if (escape === 'x' || escape === 'u' || escape === 'U') {
      const length = escape === 'x' ? 2 : escape === 'u' ? 4 : 8;
      const hex = inner.slice(i + 1, i + 1 + length);
      if (hex.length !== length || !/^[0-9a-fA-F]+$/.test(hex)) {
        throw malformed(`illegal character in escape sequence "\\${escape}${hex}"`);
      }
      const value = parseInt(hex, 16);
      i += length;
      if (escape === 'x') {
        bytes.push(value);
        continue;
      }
      if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        throw malformed('escape sequence is an invalid Unicode code point');
      }
      result += flush() + String.fromCodePoint(value);
    } else {
      const simple = SIMPLE_ESCAPES[escape];
      if (simple === undefined || ((escape === '"' || escape === "'") && escape !== quote)) {
        throw malformed(`unknown escape sequence "\\${escape}"`);
      }
      result += flush() + simple;
    }
  }
  return result + flush();
}

const QUOTED_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** A string in double quotes that {@link unquote} reads back; what cannot be printed is escaped. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) => {
    const simple = QUOTED_ESCAPES[character];
    if (simple !== undefined) return simple;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

/**
 * Whether a name may be that of a label: any text but none, and but what came from escapes that are
 * no UTF-8 (which a JavaScript string holds as the replacement character).
 */
export function isLabelName(name: string): boolean {
  return name !== '' && !name.includes('\ufffd');
}

/** Whether a label name can be written without quotes. */
export function isPlainLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}
