import type { SyntaxNode } from '@lezer/common';
import { KymoError, messageOf } from '../lib/errors.js';
import { METRIC_NAME } from '../series/labels.js';
import { Matcher, type MatchOperator } from '../series/matcher.js';
import type { StringLiteral, VectorSelector } from './ast.js';
import { errorAt, slice, spanOf } from './grammar.js';
import { unquote } from './literals.js';

function unquoted(text: string, node: SyntaxNode): string {
  try {
    return unquote(slice(text, node));
  } catch (thrown) {
    throw errorAt(text, node, messageOf(thrown), thrown);
  }
}

export function stringLiteral(text: string, node: SyntaxNode): StringLiteral {
  return { kind: 'string', value: unquoted(text, node), span: spanOf(node) };
}

export function vectorSelector(text: string, node: SyntaxNode): VectorSelector {
  const identifier = node.getChild('Identifier');
  const name = identifier === null ? '' : slice(text, identifier);
  const matchers: Matcher[] = [];
  const braces = node.getChild('LabelMatchers');
  for (let child = braces?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (child.name === 'QuotedLabelName') {
      const literal = child.getChild('StringLiteral') ?? child;
      matchers.push(new Matcher(METRIC_NAME, '=', unquoted(text, literal)));
    } else if (child.name.endsWith('LabelMatcher')) {
      matchers.push(matcher(text, child));
    }
  }
  if (name !== '') matchers.push(new Matcher(METRIC_NAME, '=', name));
  return {
    kind: 'selector',
    name,
    matchers,
    offset: undefined,
    at: undefined,
    extension: undefined,
    span: spanOf(node),
  };
}

function matcher(text: string, node: SyntaxNode): Matcher {
  const label = node.firstChild ?? node;
  const operator = node.getChild('MatchOp') ?? node;
  const literal = node.getChild('StringLiteral') ?? node;
  const name =
    label.name === 'LabelName'
      ? slice(text, label)
      : unquoted(text, label.getChild('StringLiteral') ?? label);
  const value = unquoted(text, literal);
  try {
    return new Matcher(name, slice(text, operator) as MatchOperator, value);
  } catch (thrown) {
    if (thrown instanceof KymoError) throw errorAt(text, node, thrown.message, thrown);
    throw thrown;
  }
}

/** Label names in parentheses. */
export function labelList(text: string, node: SyntaxNode): string[] {
  const names: string[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === 'LabelName') names.push(slice(text, child));
    else if (child.name === 'QuotedLabelName') {
      const name = unquoted(text, child.getChild('StringLiteral') ?? child);
      if (name === '') throw errorAt(text, child, 'invalid label name for grouping: ""');
      names.push(name);
    }
  }
  return names;
}
