import type { SyntaxNode, Tree } from '@lezer/common';
import { closestName } from './closest-name.js';
import { ParseError } from './errors.js';
import { FUNCTION_SIGNATURES } from './functions/signatures.js';
import { describe, isKeyword, tokenAt, tokensOf, type Token } from './tokens.js';

function firstError(tree: Tree): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && (found === undefined || node.from < found.from)) found = node.node;
      return found === undefined || node.from <= found.from;
    },
  });
  return found;
}

/** Where in the grammar an error stands, and what could have stood there. */
function expectation(text: string, error: SyntaxNode): string {
  const before = error.prevSibling?.name;
  switch (error.parent?.name) {
    case 'AggregateExpr':
      return before === 'FunctionCallBody' ? '' : ' in aggregation';
    case 'AggregateModifier':
    case 'MatchingModifierClause':
      return ' in grouping opts, expected "("';
    case 'GroupingLabels':
      if (text[error.parent.from] !== '(') return ' in grouping opts, expected "("';
      return before === undefined
        ? ' in grouping opts, expected label'
        : ' in grouping opts, expected "," or ")"';
    case 'LabelMatchers':
      return before === undefined
        ? ' in label matching, expected identifier or "}"'
        : ' in label matching, expected "," or "}"';
    case 'UnquotedLabelMatcher':
    case 'QuotedLabelMatcher':
      return before === 'MatchOp'
        ? ' in label matching, expected string'
        : ' in label matching, expected label matching operator';
    case 'StepInvariantExpr':
      return ' in @, expected timestamp';
    case 'OffsetExpr':
    case 'OffsetDurationExpr':
      return ' in offset, expected number, duration, step(), or range()';
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return before === 'DurationExpr'
        ? ' in subquery or range, expected ":" or "]"'
        : ' in subquery or range selector, expected number, duration, step(), or range()';
    case 'DurationExpr':
    case 'NumberDurationLiteralInDurationContext':
      return ' in subquery or range selector, expected number, duration, step(), or range()';
    default:
      return '';
  }
}

/** What an open bracket at the end of the text lacks, in Prometheus's words. */
function unclosed(text: string): string | undefined {
  const open: string[] = [];
  for (const { text: symbol } of tokensOf(text)) {
    if (symbol === '(' || symbol === '[' || symbol === '{') open.push(symbol);
    else if (symbol === ')' || symbol === ']' || symbol === '}') open.pop();
  }
  switch (open.at(-1)) {
    case '(':
      return 'unclosed left parenthesis; add ")"';
    case '[':
      return 'unclosed left bracket; add "]"';
    case '{':
      return 'unexpected end of input inside braces; add "}"';
    default:
      return undefined;
  }
}

/** What is wrong with a token before `end` by itself, which the grammar takes for something else. */
function brokenToken(text: string, end: number): ParseError | undefined {
  for (const token of tokensOf(text)) {
    const { start, kind, text: written } = token;
    if (start > end) return undefined;
    if (kind === 'string' && (written.length === 1 || written.at(-1) !== written[0])) {
      const what = written.startsWith('`') ? 'raw string' : 'quoted string';
      return new ParseError(text, token, `unterminated ${what}`);
    }
    if (kind === 'number' && start < end && end < token.end) {
      const reason = /^(\d+(ms|[smhdwy]))+$/.test(written)
        ? `not a valid duration string: "${written}"; units go from large to small, each once`
        : `bad number or duration syntax: "${written}"`;
      return new ParseError(text, token, reason);
    }
  }
  return undefined;
}

/** Whether a token is called and nothing of that name can be. A call that is not closed is no call. */
function isUnknownFunction(text: string, { kind, text: name, end }: Token): boolean {
  if (kind !== 'word' || FUNCTION_SIGNATURES.has(name) || isKeyword(name)) return false;
  const next = tokenAt(text, end);
  return next.text === '(' && unclosed(text.slice(next.start)) === undefined;
}

function unknownFunction(text: string, name: Token): ParseError {
  const closest = closestName(name.text.toLowerCase(), FUNCTION_SIGNATURES.keys());
  const remedy = closest === undefined ? '' : `; did you mean "${closest}"?`;
  return new ParseError(text, name, `unknown function with name "${name.text}"${remedy}`);
}

const CHARACTERS: Readonly<Record<string, string>> = {
  '&': 'character: \'&\'; the operator is "and"',
  '|': 'character: \'|\'; the operator is "or"',
  '!': 'character \'!\'; the operators are "!=" and "unless"',
  ')': "right parenthesis ')'",
  ']': "right bracket ']'",
  '=': '"="; the operator is "=="',
};

/** What is unexpected, with what is expected instead. */
function unexpected(token: Token, expected: string): string {
  if (expected !== '' || token.kind !== 'symbol') return describe(token) + expected;
  if (Object.hasOwn(CHARACTERS, token.text)) return CHARACTERS[token.text];
  return /^[-+*/%^<>=!,([{:@]/.test(token.text) ? describe(token) : `character: '${token.text}'`;
}

/** The error of a tree that has one: where it is, what is wrong, and what would be right. */
export function syntaxErrorOf(text: string, tree: Tree): ParseError | undefined {
  const error = firstError(tree);
  if (error === undefined) return undefined;
  if (tokenAt(text, 0).kind === 'end') {
    return new ParseError(text, { start: 0, end: 0 }, 'no expression found in input');
  }
  const broken = brokenToken(text, error.from);
  if (broken !== undefined) return broken;
  const token = tokenAt(text, error.from);
  // Where an unknown name is called, the error may stand at the bracket.
  const previous = error.prevSibling ?? error.parent?.prevSibling;
  const callee = token.text === '(' && previous ? tokenAt(text, previous.from) : token;
  if (error.parent?.name !== 'GroupingLabels' && isUnknownFunction(text, callee)) {
    return unknownFunction(text, callee);
  }
  if (token.text === ')' && unclosed(text.slice(0, token.start)) !== undefined) {
    return new ParseError(text, token, `unexpected ")"${expectation(text, error)}`);
  }
  const lacking = token.kind === 'end' || callee !== token ? unclosed(text) : undefined;
  if (lacking !== undefined) {
    return new ParseError(text, { start: text.length, end: text.length }, lacking);
  }
  return new ParseError(text, token, `unexpected ${unexpected(token, expectation(text, error))}`);
}
