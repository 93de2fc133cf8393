const NEWLINE = 10;
const TAB = 9;
const SPACE = 32;
const MINUS = 45;
const POINT = 46;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
/** Digits that a double surely holds without rounding. */
const EXACT_DIGITS = 15;

const WORD_BUCKETS = 4096;
const WORDS_PER_BUCKET = 8;

/**
 * The words of kernel files are few and come again every tick: they are looked up by their bytes, so
 * that a string is made only once.
 */
class Words {
  readonly #buckets: (string[] | undefined)[] = new Array<string[] | undefined>(WORD_BUCKETS);

  /** The text of `bytes[start, end)`. */
  get(bytes: Buffer, start: number, end: number): string {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]) | 0;
    const index = (hash ^ (hash >>> 12)) & (WORD_BUCKETS - 1);
    const bucket = (this.#buckets[index] ??= []);
    for (const word of bucket) if (sameBytes(word, bytes, start, end)) return word;
    const word = bytes.toString('utf8', start, end);
    // Text beyond ASCII never equals its bytes and would be added again and again.
    if (word.length === end - start) {
      if (bucket.length === WORDS_PER_BUCKET) bucket.length = 0;
      bucket.push(word);
    }
    return word;
  }
}

function sameBytes(word: string, bytes: Buffer, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++) {
    if (word.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

const words = new Words();

/**
 * Reads the text of a kernel file word by word, straight from its bytes. Words are separated by
 * spaces and tabs; nothing but {@link nextLine} goes past the end of a line.
 */
export class Scanner {
  #bytes: Buffer = Buffer.alloc(0);
  #position = 0;
  #end = 0;
  #path = '';

  /** Starts at the beginning of `bytes[0, length)`, which stay the caller's. */
  load(path: string, bytes: Buffer, length: number): this {
    this.#path = path;
    this.#bytes = bytes;
    this.#position = 0;
    this.#end = length;
    return this;
  }

  /** Whether all lines have been read. */
  get atEnd(): boolean {
    return this.#position >= this.#end;
  }

  /** Whether nothing but blanks is left in this line. */
  get atLineEnd(): boolean {
    this.#skipBlanks();
    return this.atEnd || this.#bytes[this.#position] === NEWLINE;
  }

  /** Goes to the beginning of the next line; false where there is none. */
  nextLine(): boolean {
    const newline = this.#bytes.indexOf(NEWLINE, this.#position);
    this.#position = newline < 0 || newline >= this.#end ? this.#end : newline + 1;
    return !this.atEnd;
  }

  /** The next word of this line, `''` at its end. */
  word(): string {
    this.#skipBlanks();
    const start = this.#position;
    this.#skipWord();
    return start === this.#position ? '' : words.get(this.#bytes, start, this.#position);
  }

  /**
   * The text before the next `separator` (an ASCII character) in this line, blanks around it left
   * out; moves behind the separator. Undefined where the line has none: then nothing moves.
   */
  before(separator: string): string | undefined {
    this.#skipBlanks();
    const wanted = separator.charCodeAt(0);
    let at = this.#position;
    while (at < this.#end && this.#bytes[at] !== wanted) {
      if (this.#bytes[at] === NEWLINE) return undefined;
      at++;
    }
    if (at >= this.#end) return undefined;
    let end = at;
    while (end > this.#position && isBlank(this.#bytes[end - 1])) end--;
    const text = words.get(this.#bytes, this.#position, end);
    this.#position = at + 1;
    return text;
  }

  /** Whether this line is `bytes`; then goes to the next, and otherwise nowhere. */
  skipLineIfEqual(bytes: Buffer): boolean {
    const end = this.#position + bytes.length;
    if (end > this.#end || (end < this.#end && this.#bytes[end] !== NEWLINE)) return false;
    if (this.#bytes.compare(bytes, 0, bytes.length, this.#position, end) !== 0) return false;
    this.#position = Math.min(end + 1, this.#end);
    return true;
  }

  /** A copy of this line, for {@link skipLineIfEqual}. */
  copyLine(): Buffer {
    const newline = this.#bytes.indexOf(NEWLINE, this.#position);
    const end = newline < 0 || newline > this.#end ? this.#end : newline;
    return Buffer.from(this.#bytes.subarray(this.#position, end));
  }

  /** What is left of this line, without blanks around it. */
  rest(): string {
    this.#skipBlanks();
    const newline = this.#bytes.indexOf(NEWLINE, this.#position);
    const end = newline < 0 || newline > this.#end ? this.#end : newline;
    const text = this.#bytes.toString('utf8', this.#position, end).trimEnd();
    this.#position = end;
    return text;
  }

  skipWords(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#skipBlanks();
      this.#skipWord();
    }
  }

  /**
   * The next word as a decimal number.
   * @throws Error where it is none, with file, line and what stands there.
   */
  number(): number {
    this.#skipBlanks();
    const bytes = this.#bytes;
    const start = this.#position;
    let at = start;
    if (at < this.#end && bytes[at] === MINUS) at++;
    const digits = at;
    let value = 0;
    let point = -1;
    for (; at < this.#end; at++) {
      const byte = bytes[at];
      if (byte >= DIGIT_0 && byte <= DIGIT_9) value = value * 10 + (byte - DIGIT_0);
      else if (byte === POINT && point < 0 && at > digits) point = at;
      else break;
    }
    const ended = at >= this.#end || bytes[at] === NEWLINE || isBlank(bytes[at]);
    if (ended && at > digits && at - digits <= EXACT_DIGITS) {
      this.#position = at;
      // Both are whole numbers that a double holds, so that the quotient is the nearest there is.
      if (point >= 0) value /= 10 ** (at - point - 1);
      return digits > start ? -value : value;
    }
    const word = this.word();
    const parsed = word === '' ? NaN : Number(word);
    return Number.isNaN(parsed) ? this.fail(start, `a number`) : parsed;
  }

  /**
   * The next word as a hexadecimal number without `0x`.
   * @throws Error where it is none.
   */
  hex(): number {
    this.#skipBlanks();
    const start = this.#position;
    const value = parseHex(this.word());
    return Number.isNaN(value) ? this.fail(start, 'a hexadecimal number') : value;
  }

  /** @throws Error that names the file, the line and what stands at `position` instead. */
  fail(position: number, expected: string): never {
    let line = 1;
    for (let i = 0; i < position; i++) if (this.#bytes[i] === NEWLINE) line++;
    this.#position = position;
    const found = this.rest().slice(0, 40);
    throw new Error(
      `${this.#path}:${line}: expected ${expected}, found ${found === '' ? 'nothing' : JSON.stringify(found)}`,
    );
  }

  /** Where the scanner stands, for {@link fail}. */
  get position(): number {
    return this.#position;
  }

  #skipBlanks(): void {
    while (this.#position < this.#end && isBlank(this.#bytes[this.#position])) this.#position++;
  }

  #skipWord(): void {
    const bytes = this.#bytes;
    let at = this.#position;
    while (at < this.#end && bytes[at] !== NEWLINE && !isBlank(bytes[at])) at++;
    this.#position = at;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

/** The value of hexadecimal digits without `0x`, NaN where they are none. */
export function parseHex(text: string): number {
  return /^[0-9a-f]+$/i.test(text) ? Number.parseInt(text, 16) : NaN;
}
