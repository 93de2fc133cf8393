/** A token of an expression, for messages about it: the grammar itself has its own. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly kind: 'word' | 'number' | 'string' | 'symbol' | 'end';
}

const TOKEN =
  /(?<space>\s+|#[^\n]*)|(?<word>[a-zA-Z_][a-zA-Z0-9_:]*|:[a-zA-Z0-9_:]+)|(?<number>\.?\d[\w.]*)|(?<string>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?)|(?<symbol>==|!=|<=|>=|<\/|>\/|=~|!~|.)/suy;

const AGGREGATIONS: ReadonlySet<string> = new Set([
  'avg',
  'bottomk',
  'count',
  'count_values',
  'group',
  'limit_ratio',
  'limitk',
  'max',
  'min',
  'quantile',
  'stddev',
  'stdvar',
  'sum',
  'topk',
]);
const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'atan2', 'or', 'unless']);
const KEYWORDS: ReadonlySet<string> = new Set([
  'anchored',
  'bool',
  'by',
  'fill',
  'fill_left',
  'fill_right',
  'group_left',
  'group_right',
  'ignoring',
  'offset',
  'on',
  'smoothed',
  'without',
]);
const OPERATORS: ReadonlySet<string> = new Set(
  '+ - * / % ^ == != < <= > >= =~ !~ </ >/'.split(' '),
);

/** The first token at or after `offset`, white space and comments skipped. */
export function tokenAt(text: string, offset: number): Token {
  TOKEN.lastIndex = offset;
  for (;;) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) return { start: text.length, end: text.length, text: '', kind: 'end' };
    const groups = match.groups ?? {};
    if (groups.space !== undefined) continue;
    const kind =
      groups.word !== undefined
        ? 'word'
        : groups.number !== undefined
          ? 'number'
          : groups.string !== undefined
            ? 'string'
            : 'symbol';
    return { start, end: start + match[0].length, text: match[0], kind };
  }
}

export function* tokensOf(text: string): Generator<Token> {
  for (let token = tokenAt(text, 0); token.kind !== 'end'; token = tokenAt(text, token.end)) {
    yield token;
  }
}

/** Whether a word means something to the grammar of itself, and cannot be called. */
export function isKeyword(word: string): boolean {
  const lower = word.toLowerCase();
  return AGGREGATIONS.has(lower) || WORD_OPERATORS.has(lower) || KEYWORDS.has(lower);
}

function quoted(text: string): string {
  return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text);
}

/** A token as Prometheus names it in a message: `identifier "foo"`, `<by>`, `<op:+>`, `")"`. */
export function describe({ kind, text }: Token): string {
  switch (kind) {
    case 'end':
      return 'end of input';
    case 'number':
      return `${/^\d+[a-z]/.test(text) ? 'duration' : 'number'} ${quoted(text)}`;
    case 'string':
      return `string ${quoted(text)}`;
    case 'word': {
      const lower = text.toLowerCase();
      if (AGGREGATIONS.has(lower)) return `<aggr:${text}>`;
      if (WORD_OPERATORS.has(lower)) return `<op:${text}>`;
      return KEYWORDS.has(lower) ? `<${text}>` : `identifier "${text}"`;
    }
    case 'symbol':
      return OPERATORS.has(text) ? `<op:${text}>` : `"${text}"`;
  }
}
