import { messageOf } from '../../lib/errors.js';
import { VARIADIC, type TemplateFunction } from './builtins.js';
import type { Block, Command, Node, ParsedTemplate, Pipeline, Term } from './nodes.js';
import {
  DataRecord,
  FieldList,
  isList,
  isMap,
  KeyValues,
  TemplateSample,
  truth,
  typeName,
  valueText,
  type TemplateValue,
} from './values.js';

/** Where and why a template could not be expanded. */
export class ExpansionError extends Error {
  readonly offset: number;
  /** What was being evaluated, as it is written. */
  readonly text: string;

  constructor(message: string, { offset, text }: { offset: number; text: string }) {
    super(message);
    this.offset = offset;
    this.text = text;
  }
}

class Leave extends Error {
  readonly kind: 'break' | 'continue';

  constructor(kind: 'break' | 'continue') {
    super(kind);
    this.kind = kind;
  }
}

const MAX_DEPTH = 100;
/** Characters of an expanded template. */
const MAX_LENGTH = 2 ** 20;
/** Pieces that may be expanded: templates that call each other many times over would take for ever. */
const MAX_STEPS = 1_000_000;

export interface ExpandOptions {
  readonly dot: TemplateValue;
  readonly variables: ReadonlyMap<string, TemplateValue>;
  readonly functions: ReadonlyMap<string, TemplateFunction>;
}

/** @throws ExpansionError */
export function expandTemplate(template: ParsedTemplate, options: ExpandOptions): string {
  return new Expansion(template, options.functions).run(template.nodes, options);
}

interface Variable {
  readonly name: string;
  value: TemplateValue;
}

class Expansion {
  readonly #template: ParsedTemplate;
  readonly #functions: ReadonlyMap<string, TemplateFunction>;
  #variables: Variable[] = [];
  #output = '';
  #depth = 0;
  #steps = 0;

  constructor(template: ParsedTemplate, functions: ReadonlyMap<string, TemplateFunction>) {
    this.#template = template;
    this.#functions = functions;
  }

  run(nodes: readonly Node[], { dot, variables }: ExpandOptions): string {
    this.#variables = [{ name: '$', value: dot }];
    for (const [name, value] of variables) this.#variables.push({ name, value });
    this.#list(nodes, dot);
    return this.#output;
  }

  #list(nodes: readonly Node[], dot: TemplateValue): void {
    for (const node of nodes) this.#node(node, dot);
  }

  #write(text: string): void {
    if (this.#output.length + text.length > MAX_LENGTH) {
      throw new ExpansionError('the text is longer than 1 MiB', { offset: 0, text: '' });
    }
    this.#output += text;
  }

  #node(node: Node, dot: TemplateValue): void {
    if (++this.#steps > MAX_STEPS) {
      throw new ExpansionError(`more than ${MAX_STEPS} steps`, { offset: 0, text: '' });
    }
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        break;
      case 'action': {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) this.#write(valueText(value));
        break;
      }
      case 'if':
      case 'with': {
        const scope = this.#variables.length;
        const value = this.#pipeline(node.pipeline, dot);
        if (truth(value)) this.#list(node.body, node.kind === 'with' ? value : dot);
        else this.#list(node.otherwise, dot);
        this.#variables.length = scope;
        break;
      }
      case 'range':
        this.#range(node, dot);
        break;
      case 'template':
        this.#call(node, dot);
        break;
      case 'break':
      case 'continue':
        throw new Leave(node.kind);
    }
  }

  #range({ pipeline, body, otherwise }: Block, dot: TemplateValue): void {
    const scope = this.#variables.length;
    const { variables } = pipeline;
    const value = this.#pipeline({ ...pipeline, variables: [], declares: false }, dot);
    const entries = entriesOf(value, pipeline.commands[0]);
    for (const [key, item] of entries) {
      this.#variables.length = scope;
      const values = variables.length === 2 ? [key, item] : [item];
      for (const [i, name] of variables.entries()) this.#set(name, values[i], pipeline.declares);
      try {
        this.#list(body, item);
      } catch (thrown) {
        if (!(thrown instanceof Leave)) throw thrown;
        if (thrown.kind === 'break') break;
      }
    }
    this.#variables.length = scope;
    if (entries.length === 0) this.#list(otherwise, dot);
  }

  #call(
    { name, pipeline }: { readonly name: string; readonly pipeline: Pipeline | undefined },
    dot: TemplateValue,
  ): void {
    const nodes = this.#template.definitions.get(name);
    const at = { offset: 0, text: name };
    if (nodes === undefined) throw new ExpansionError(`template "${name}" not defined`, at);
    if (this.#depth >= MAX_DEPTH) {
      throw new ExpansionError(`exceeded maximum template depth (${MAX_DEPTH})`, at);
    }
    const value = pipeline === undefined ? null : this.#pipeline(pipeline, dot);
    const outer = this.#variables;
    this.#variables = [{ name: '$', value }];
    this.#depth++;
    this.#list(nodes, value);
    this.#depth--;
    this.#variables = outer;
  }

  #set(name: string, value: TemplateValue, declares: boolean): void {
    const known = this.#variables.findLast((variable) => variable.name === name);
    if (declares || known === undefined) this.#variables.push({ name, value });
    else known.value = value;
  }

  #pipeline({ commands, variables, declares }: Pipeline, dot: TemplateValue): TemplateValue {
    let value: TemplateValue | undefined;
    for (const command of commands) value = this.#command(command, dot, value);
    const result = value ?? null;
    for (const name of variables) this.#set(name, result, declares);
    return result;
  }

  #command(command: Command, dot: TemplateValue, piped: TemplateValue | undefined): TemplateValue {
    const [first, ...rest] = command.terms;
    if (first.operand.kind === 'function') {
      return this.#apply(first.operand.name, { command, rest, dot, piped });
    }
    if (rest.length > 0 || piped !== undefined) {
      throw new ExpansionError(`can't give argument to non-function ${first.text}`, first);
    }
    return this.#term(first, dot);
  }

  #apply(
    name: string,
    {
      command,
      rest,
      dot,
      piped,
    }: {
      command: Command;
      rest: readonly Term[];
      dot: TemplateValue;
      piped: TemplateValue | undefined;
    },
  ): TemplateValue {
    if (name === 'and' || name === 'or') {
      const stops = name === 'or';
      let value: TemplateValue = null;
      for (const term of rest) {
        value = this.#term(term, dot);
        if (truth(value) === stops) return value;
      }
      return piped ?? value;
    }
    const args = rest.map((term) => this.#term(term, dot));
    if (piped !== undefined) args.push(piped);
    const run = this.#functions.get(name);
    if (run === undefined) throw new ExpansionError(`function "${name}" not defined`, command);
    const tooMany = args.length > run.length && !VARIADIC.has(name);
    if (tooMany || args.length < run.length) {
      const count = `want ${run.length} got ${args.length}`;
      throw new ExpansionError(`wrong number of args for ${name}: ${count}`, command);
    }
    try {
      return run(...args);
    } catch (thrown) {
      throw new ExpansionError(`error calling ${name}: ${messageOf(thrown)}`, command);
    }
  }

  #term(term: Term, dot: TemplateValue): TemplateValue {
    let value = this.#operand(term, dot);
    for (const field of term.fields) value = fieldOf(value, field, term);
    return value;
  }

  #operand({ operand, offset, text }: Term, dot: TemplateValue): TemplateValue {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'constant':
        return operand.value;
      case 'variable':
        return this.#variables.findLast(({ name }) => name === operand.name)?.value ?? null;
      case 'function':
        return this.#apply(operand.name, {
          command: { terms: [], offset, text },
          rest: [],
          dot,
          piped: undefined,
        });
      case 'pipeline':
        return this.#pipeline(operand.pipeline, dot);
    }
  }
}

function entriesOf(
  value: TemplateValue,
  command: Command,
): readonly (readonly [TemplateValue, TemplateValue])[] {
  if (value === null) return [];
  if (isList(value)) return value.map((item, i) => [BigInt(i), item]);
  if (isMap(value)) return [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  throw new ExpansionError(`range can't iterate over ${valueText(value)}`, command);
}

function fieldOf(value: TemplateValue, field: string, term: Term): TemplateValue {
  if (value instanceof KeyValues && Object.hasOwn(value.lists, field)) return value.lists[field];
  // Prometheus sets missingkey=zero.
  if (isMap(value)) return value.get(field) ?? '';
  const fields: unknown =
    value instanceof DataRecord || value instanceof FieldList
      ? value.fields
      : value instanceof TemplateSample
        ? value
        : undefined;
  if (fields !== undefined && Object.hasOwn(fields as object, field)) {
    return (fields as Record<string, TemplateValue>)[field];
  }
  const what = value === null ? 'nil data; no entry for key' : `can't evaluate field`;
  throw new ExpansionError(
    value === null ? `${what} "${field}"` : `${what} ${field} in type ${typeName(value)}`,
    { offset: term.fieldOffset, text: term.text },
  );
}
