import { TemplateSyntaxError } from './nodes.js';

export interface Token {
  readonly kind:
    | 'text'
    | 'open'
    | 'close'
    | 'space'
    | 'word'
    | 'field'
    | 'variable'
    | 'number'
    | 'string'
    | 'character'
    | 'symbol'
    | 'end';
  readonly text: string;
  readonly offset: number;
}

const INSIDE: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['character', /'(?:[^'\\\n]|\\.)+'/y],
  ['number', /[+-]?(?:0[xX][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['variable', /\$(?:[\p{L}_][\p{L}\p{Nd}_]*)?/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['symbol', /:=|[|()=,.]/y],
];

const SPACE_AT_END = /[ \t\r\n]+$/;
const SPACE_AT_START = /^[ \t\r\n]+/;

/**
 * Splits a template into tokens, with the space taken off that `{{-` and `-}}` ask for.
 * @throws TemplateSyntaxError
 */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trims = false;
  const push = (kind: Token['kind'], value: string, offset: number): void => {
    tokens.push({ kind, text: value, offset });
  };
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    let plain = text.slice(at, open < 0 ? undefined : open);
    const trimsBefore = open >= 0 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
    if (trims) plain = plain.replace(SPACE_AT_START, '');
    if (trimsBefore) plain = plain.replace(SPACE_AT_END, '');
    if (plain !== '') push('text', plain, at);
    if (open < 0) break;
    at = open + (trimsBefore ? 3 : 2);
    const comment = /^[ \t\r\n]*\/\*/.test(text.slice(at));
    if (comment) {
      const end = text.indexOf('*/', at);
      if (end < 0) throw new TemplateSyntaxError('unclosed comment', open);
      const close = /^([ \t\r\n]+-)?\}\}/.exec(text.slice(end + 2));
      if (close === null) {
        throw new TemplateSyntaxError('comment ends before closing delimiter', open);
      }
      trims = close[1] !== undefined;
      at = end + 2 + close[0].length;
      continue;
    }
    push('open', '{{', open);
    ({ at, trims } = lexAction(text, at, open, push));
  }
  push('end', '', text.length);
  return tokens;
}

function lexAction(
  text: string,
  start: number,
  open: number,
  push: (kind: Token['kind'], value: string, offset: number) => void,
): { at: number; trims: boolean } {
  let at = start;
  for (;;) {
    if (at >= text.length) throw new TemplateSyntaxError('unclosed action', open);
    const trimmed = /^[ \t\r\n]-\}\}/.test(text.slice(at, at + 4));
    if (trimmed || text.startsWith('}}', at)) {
      push('close', '}}', at);
      return { at: at + (trimmed ? 4 : 2), trims: trimmed };
    }
    // A space that belongs to the trim marker is none of the action.
    const space = /^[ \t\r\n]+(?=[ \t\r\n]-\}\})/.exec(text.slice(at));
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    at = lexInside(text, at, push);
  }
}

function lexInside(
  text: string,
  at: number,
  push: (kind: Token['kind'], value: string, offset: number) => void,
): number {
  for (const [kind, pattern] of INSIDE) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    push(kind, match[0], at);
    return at + match[0].length;
  }
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const what = /["'`]/.test(character) ? 'unterminated quoted string' : `unexpected "${character}"`;
  throw new TemplateSyntaxError(`${what} in command`, at);
}
