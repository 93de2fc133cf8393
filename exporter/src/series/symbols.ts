import { LabelSet } from './labels.js';

interface Symbol {
  readonly text: string;
  uses: number;
}

// V8 makes a substring of 13 characters or more a slice that keeps the whole text it was cut from.
const SHORTEST_SLICE = 13;

/** The same text in memory of its own, so that a label does not keep a whole request body alive. */
function detach(text: string): string {
  if (text.length < SHORTEST_SLICE) return text;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) return Buffer.from(text, 'utf16le').toString('utf16le');
  }
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** The names of label sets that have the same. */
interface Shape {
  readonly names: readonly string[];
  uses: number;
}

/** Keeps each label value, and each list of names, once, for as long as a label set uses it. */
export class SymbolTable {
  readonly #values = new Map<string, Symbol>();
  readonly #shapes = new Map<string, Shape>();
  /** Series of one family come one after the other. */
  #lastShape: Shape = { names: [], uses: 0 };

  /** The same labels made of symbols; they stay until {@link release}. */
  acquire({ names, values }: LabelSet): LabelSet {
    const shape = this.#shapeOf(names);
    shape.uses++;
    const own = new Array<string>(values.length);
    for (let i = 0; i < values.length; i++) own[i] = this.#valueOf(values[i]);
    return LabelSet.fromSorted(shape.names, own);
  }

  /** Gives back what {@link acquire} returned. */
  release({ names, values }: LabelSet): void {
    const key = keyOf(names);
    const shape = this.#shapes.get(key);
    if (shape !== undefined && --shape.uses === 0) this.#shapes.delete(key);
    for (const value of values) {
      const symbol = this.#values.get(value);
      if (symbol !== undefined && --symbol.uses === 0) this.#values.delete(value);
    }
  }

  #valueOf(text: string): string {
    const symbol = this.#values.get(text);
    if (symbol !== undefined) {
      symbol.uses++;
      return symbol.text;
    }
    const own = detach(text);
    this.#values.set(own, { text: own, uses: 1 });
    return own;
  }

  #shapeOf(names: readonly string[]): Shape {
    const last = this.#lastShape;
    if (last.uses > 0 && isEqual(last.names, names)) return last;
    const key = keyOf(names);
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = { names: names.map(detach), uses: 0 };
      this.#shapes.set(key, shape);
    }
    this.#lastShape = shape;
    return shape;
  }
}

const keyOf = (names: readonly string[]): string => names.join('\uffff');

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
