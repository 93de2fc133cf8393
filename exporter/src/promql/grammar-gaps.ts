/**
 * What Prometheus accepts and the official Lezer grammar does not, rewritten to something of the same
 * length that the grammar accepts. Positions stay as they are, and the text itself is read from the
 * original, so that only the shape of the tree comes from the rewritten one.
 */
const TOKEN =
  /"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?|#[^\n]*|[a-zA-Z_:][\w:]*|\.?\d[\w.]*|\s+|./gsu;

// Functions that the grammar does not know, under a name of equal length that it knows.
const FUNCTIONS: Readonly<Record<string, string>> = { holt_winters: 'day_of_month' };

// These are known inside durations only.
const SCALAR_FUNCTIONS: Readonly<Record<string, string>> = { max_of: 'minute', min_of: 'minute' };

// Keywords that may be written in any case.
const KEYWORDS: ReadonlySet<string> = new Set(['step', 'range', 'max_of', 'min_of']);

function rewrite(text: string, functions: Readonly<Record<string, string>>): string {
  const tokens = text.match(TOKEN) ?? [];
  return tokens
    .map((token, i) => {
      // A number may end in a point: 2. is 2.
      if (/^\d[\d_]*\.$/.test(token)) return `${token.slice(0, -1)} `;
      // Where an expression starts, offset is the name of a metric.
      if (token.toLowerCase() === 'offset' && startsOperand(tokens, i)) return 'offse_';
      const next = tokens.slice(i + 1).find((other) => !/^\s/.test(other));
      if (next !== '(') return token;
      const lower = token.toLowerCase();
      return functions[token] ?? (KEYWORDS.has(lower) ? lower : token);
    })
    .join('');
}

function startsOperand(tokens: readonly string[], position: number): boolean {
  const before = tokens.slice(0, position).findLast((token) => !/^[\s#]/.test(token));
  return before === undefined || /^([-+*/%^(,=<>!]|and|or|unless|atan2)$/i.test(before);
}

/** Other ways to put `text` for the grammar, in the order in which to try them. */
export function rewritings(text: string): string[] {
  const inDurations = rewrite(text, FUNCTIONS);
  const anywhere = rewrite(text, { ...FUNCTIONS, ...SCALAR_FUNCTIONS });
  return [inDurations, anywhere].filter((rewritten) => rewritten !== text);
}
