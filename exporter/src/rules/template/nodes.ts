import type { TemplateValue } from './values.js';

/** An error of a template's text. */
export class TemplateSyntaxError extends Error {
  /** Offset into the text. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export type Operand =
  | { readonly kind: 'dot' }
  | { readonly kind: 'constant'; readonly value: TemplateValue }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline };

/** An operand with the fields taken of it. */
export interface Term {
  readonly operand: Operand;
  readonly fields: readonly string[];
  readonly offset: number;
  /** Where the fields begin. */
  readonly fieldOffset: number;
  /** As it is written. */
  readonly text: string;
}

export interface Command {
  readonly terms: readonly Term[];
  readonly offset: number;
  readonly text: string;
}

export interface Pipeline {
  /** Variables that are set, one or (in `range`) two. */
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

export interface Block {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | Block
  | { readonly kind: 'template'; readonly name: string; readonly pipeline: Pipeline | undefined }
  | { readonly kind: 'break' | 'continue' };

export interface ParsedTemplate {
  readonly nodes: readonly Node[];
  /** By the name of their `define`. */
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
}
