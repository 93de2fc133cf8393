import { unquote } from '../../promql/literals.js';
import { messageOf } from '../../lib/errors.js';
import { lex, type Token } from './lex.js';
import {
  TemplateSyntaxError,
  type Command,
  type Node,
  type Operand,
  type ParsedTemplate,
  type Pipeline,
  type Term,
} from './nodes.js';
import type { TemplateValue } from './values.js';

const CONSTANTS: ReadonlyMap<string, TemplateValue> = new Map<string, TemplateValue>([
  ['true', true],
  ['false', false],
  ['nil', null],
]);

export interface ParseOptions {
  /** Names of functions. */
  readonly functions: ReadonlySet<string>;
  /** Variables that are set before the template begins, with their `$`. */
  readonly variables: readonly string[];
}

/**
 * Parses a Go text/template (https://pkg.go.dev/text/template).
 * @throws TemplateSyntaxError
 */
export function parseTemplate(text: string, options: ParseOptions): ParsedTemplate {
  return new Parser(text, options).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #functions: ReadonlySet<string>;
  readonly #definitions = new Map<string, readonly Node[]>();
  #variables: string[];
  #at = 0;
  #loops = 0;

  constructor(text: string, { functions, variables }: ParseOptions) {
    this.#text = text;
    this.#functions = functions;
    this.#variables = ['$', ...variables];
    this.#tokens = lex(text);
  }

  parse(): ParsedTemplate {
    const { nodes, end } = this.#list(false);
    if (end !== 'end of input') throw this.#error(`unexpected {{${end}}}`);
    return { nodes, definitions: this.#definitions };
  }

  get #token(): Token {
    return this.#tokens[this.#at];
  }

  #error(message: string, offset = this.#token.offset): TemplateSyntaxError {
    return new TemplateSyntaxError(message, offset);
  }

  #skipSpace(): void {
    while (this.#token.kind === 'space') this.#at++;
  }

  /** Nodes up to the word that ends them. */
  #list(nested: boolean): { nodes: Node[]; end: string } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#token;
      if (token.kind === 'end') {
        if (nested) throw this.#error('unexpected EOF');
        return { nodes, end: 'end of input' };
      }
      this.#at++;
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      this.#skipSpace();
      const { kind, text } = this.#token;
      if (kind === 'word' && (text === 'end' || text === 'else')) {
        this.#at++;
        if (text === 'end') this.#close('end');
        return { nodes, end: text };
      }
      const node = this.#action();
      if (node !== undefined) nodes.push(node);
    }
  }

  #close(context: string): void {
    this.#skipSpace();
    if (this.#token.kind !== 'close') {
      throw this.#error(`unexpected "${this.#token.text}" in ${context}`);
    }
    this.#at++;
  }

  #action(): Node | undefined {
    const { kind, text } = this.#token;
    if (kind === 'word') {
      switch (text) {
        case 'if':
        case 'with':
        case 'range':
          this.#at++;
          return this.#block(text);
        case 'break':
        case 'continue':
          if (this.#loops === 0) throw this.#error(`{{${text}}} outside {{range}}`);
          this.#at++;
          this.#close(text);
          return { kind: text };
        case 'define':
          this.#at++;
          this.#define('define clause');
          return undefined;
        case 'template':
        case 'block':
          this.#at++;
          return this.#template(text);
        default:
          break;
      }
    }
    const pipeline = this.#pipeline('command');
    this.#close('command');
    return { kind: 'action', pipeline };
  }

  #block(kind: 'if' | 'with' | 'range'): Node {
    const scope = this.#variables.length;
    const pipeline = this.#pipeline(kind);
    this.#close(kind);
    if (kind === 'range') this.#loops++;
    const { nodes: body, end } = this.#list(true);
    if (kind === 'range') this.#loops--;
    let otherwise: readonly Node[] = [];
    if (end === 'else') {
      this.#skipSpace();
      const next = this.#token;
      if (kind !== 'range' && next.kind === 'word' && next.text === kind) {
        this.#at++;
        otherwise = [this.#block(kind)];
      } else {
        this.#close('else');
        const rest = this.#list(true);
        if (rest.end !== 'end') throw this.#error('expected end; found {{else}}');
        otherwise = rest.nodes;
      }
    }
    this.#variables.length = scope;
    return { kind, pipeline, body, otherwise };
  }

  #name(context: string): string {
    this.#skipSpace();
    const { kind, text } = this.#token;
    if (kind !== 'string') throw this.#error(`unexpected "${text}" in ${context}`);
    this.#at++;
    return this.#unquoted(text);
  }

  #define(context: string, name = this.#name(context)): void {
    this.#close(context);
    const outer = this.#variables;
    this.#variables = ['$'];
    const { nodes, end } = this.#list(true);
    if (end !== 'end') throw this.#error(`unexpected {{${end}}} in ${context}`);
    this.#variables = outer;
    this.#definitions.set(name, nodes);
  }

  #template(kind: 'template' | 'block'): Node {
    const context = `${kind} clause`;
    const name = this.#name(context);
    this.#skipSpace();
    const pipeline = this.#token.kind === 'close' ? undefined : this.#pipeline(context);
    if (kind === 'block') this.#define(context, name);
    else this.#close(context);
    return { kind: 'template', name, pipeline };
  }

  #pipeline(context: string, until: 'close' | ')' = 'close'): Pipeline {
    const { variables, declares } = this.#assignment(context);
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpace();
      const { kind, text, offset } = this.#token;
      if ((until === 'close' && kind === 'close') || (until === ')' && text === ')')) {
        if (commands.length === 0) throw this.#error(`missing value for ${context}`, offset);
        break;
      }
      if (kind === 'end' || kind === 'close') throw this.#error('unclosed left paren');
      if (text === ')') throw this.#error('unexpected right paren');
      commands.push(this.#command(context));
    }
    for (const [i, command] of commands.entries()) {
      const first = command.terms[0];
      if (i > 0 && first.operand.kind === 'constant' && first.fields.length === 0) {
        const message = `non executable command in pipeline stage ${i + 1}`;
        throw this.#error(message, command.offset);
      }
    }
    if (declares) this.#variables.push(...variables);
    return { variables, declares, commands };
  }

  /** `$x :=`, `$x =`, `$i, $x :=`. */
  #assignment(context: string): { variables: string[]; declares: boolean } {
    const start = this.#at;
    const variables: string[] = [];
    for (;;) {
      this.#skipSpace();
      if (this.#token.kind !== 'variable') break;
      variables.push(this.#token.text);
      this.#at++;
      this.#skipSpace();
      const { text } = this.#token;
      if (text === ':=' || text === '=') {
        this.#at++;
        const declares = text === ':=';
        for (const name of declares ? [] : variables) this.#check(name);
        return { variables, declares };
      }
      if (text !== ',' || context !== 'range' || variables.length > 1) break;
      this.#at++;
    }
    this.#at = start;
    return { variables: [], declares: false };
  }

  #check(name: string, offset = this.#token.offset): void {
    if (!this.#variables.includes(name)) throw this.#error(`undefined variable "${name}"`, offset);
  }

  #command(context: string): Command {
    const { offset } = this.#token;
    const terms: Term[] = [];
    for (;;) {
      this.#skipSpace();
      const { kind, text } = this.#token;
      if (kind === 'close' || text === ')' || kind === 'end') break;
      if (text === '|') {
        if (terms.length === 0) throw this.#error(`missing value for ${context}`);
        this.#at++;
        this.#skipSpace();
        const next = this.#token;
        if (next.kind === 'close' || next.text === ')') {
          throw this.#error(`missing value for ${context}`);
        }
        break;
      }
      terms.push(this.#term(context));
    }
    const last = terms[terms.length - 1];
    return { terms, offset, text: this.#text.slice(offset, last.offset + last.text.length) };
  }

  #term(context: string): Term {
    const { kind, offset } = this.#token;
    const fields: string[] = [];
    let operand: Operand;
    if (kind === 'field') operand = { kind: 'dot' };
    else operand = this.#operand(context);
    const chains = operand.kind !== 'constant' && operand.kind !== 'function';
    const fieldOffset = this.#token.offset;
    while (this.#token.kind === 'field') {
      if (!chains)
        throw this.#error(
          `unexpected . after term "${this.#text.slice(offset, this.#token.offset)}"`,
        );
      fields.push(this.#token.text.slice(1));
      this.#at++;
    }
    const next = this.#token;
    const separated = next.kind === 'space' || next.kind === 'close' || /^[|)]$/.test(next.text);
    if (!separated) throw this.#error(`unexpected "${next.text}" in operand`);
    return { operand, fields, offset, fieldOffset, text: this.#text.slice(offset, next.offset) };
  }

  #operand(context: string): Operand {
    const { kind, text, offset } = this.#token;
    this.#at++;
    switch (kind) {
      case 'word': {
        const constant = CONSTANTS.get(text);
        if (constant !== undefined) return { kind: 'constant', value: constant };
        if (!this.#functions.has(text)) {
          throw this.#error(`function "${text}" not defined`, offset);
        }
        return { kind: 'function', name: text };
      }
      case 'variable':
        this.#check(text, offset);
        return { kind: 'variable', name: text };
      case 'number':
        return { kind: 'constant', value: this.#number(text, offset) };
      case 'string':
        return { kind: 'constant', value: this.#unquoted(text, offset) };
      case 'character':
        return {
          kind: 'constant',
          value: BigInt(this.#unquoted(text, offset).codePointAt(0) ?? 0),
        };
      default:
        break;
    }
    if (text === '.') return { kind: 'dot' };
    if (text === '(') {
      const pipeline = this.#pipeline('parenthesized pipeline', ')');
      this.#at++;
      return { kind: 'pipeline', pipeline };
    }
    throw this.#error(`unexpected "${text}" in ${context}`, offset);
  }

  #number(text: string, offset: number): TemplateValue {
    const digits = text.replaceAll('_', '');
    const whole = /^([+-]?)(0[xX][\da-fA-F]+|\d+)$/.exec(digits);
    if (whole !== null) return (whole[1] === '-' ? -1n : 1n) * BigInt(whole[2]);
    const value = Number(digits);
    if (Number.isNaN(value)) throw this.#error(`bad number syntax: "${text}"`, offset);
    return value;
  }

  #unquoted(text: string, offset = this.#token.offset): string {
    try {
      return unquote(text);
    } catch (thrown) {
      throw this.#error(messageOf(thrown), offset);
    }
  }
}
