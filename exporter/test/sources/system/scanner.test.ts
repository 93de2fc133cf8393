import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHex, Scanner } from '../../../src/sources/system/scanner.js';

function scan(text: string): Scanner {
  const bytes = Buffer.from(text);
  // What stands behind the text in the buffer belongs to another file.
  return new Scanner().load(
    '/proc/example',
    Buffer.concat([bytes, Buffer.from('99 x: 1\n')]),
    bytes.length,
  );
}

describe('Scanner', () => {
  test('reads words of a line and then stays at its end', () => {
    const scanner = scan('  one\ttwo  three \nfour');
    expect([scanner.word(), scanner.word(), scanner.word(), scanner.word()]).toEqual([
      'one',
      'two',
      'three',
      '',
    ]);
    expect(scanner.atLineEnd).toBe(true);
    expect(scanner.nextLine()).toBe(true);
    expect(scanner.word()).toBe('four');
    expect(scanner.nextLine()).toBe(false);
    expect(scanner.atEnd).toBe(true);
  });

  test('reads what is before a separator, in this line only', () => {
    const scanner = scan('  eth0 :12\nnone\n');
    expect(scanner.before(':')).toBe('eth0');
    expect(scanner.number()).toBe(12);
    scanner.nextLine();
    expect(scanner.before(':')).toBeUndefined();
    expect(scanner.word()).toBe('none');
  });

  test('reads any words and numbers that were written with blanks between them', () => {
    const word = fc.stringMatching(/^[^\s\0]{1,12}$/u).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 8 }),
        fc.constantFrom(' ', '\t', '   '),
        (all, blank) => {
          const scanner = scan(all.join(blank));
          expect(all.map(() => scanner.word())).toEqual(all);
          expect(scanner.word()).toBe('');
        },
      ),
    );
  });

  test('reads every number as JavaScript does', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.stringMatching(/^(\.\d{1,9})?$/))
      .map(([whole, fraction]) => `${whole}${fraction}`);
    fc.assert(
      fc.property(decimal, (text) => {
        expect(scan(`${text} 5`).number()).toBe(Number(text));
      }),
    );
    expect(scan('-0').number()).toBe(-0);
    expect(scan('0.95').number()).toBe(0.95);
    expect(scan('1e3').number()).toBe(1000);
  });

  test.each([
    ['', 'found nothing'],
    ['x', 'found "x"'],
    ['12kB', 'found "12kB"'],
    ['-', 'found "-"'],
    ['.5.5', 'found ".5.5"'],
    ['NaN', 'found "NaN"'],
  ])('refuses %j as a number, and says where', (text, found) => {
    const scanner = scan(`first line\n${text}\n`);
    scanner.nextLine();
    expect(() => scanner.number()).toThrow(`/proc/example:2: expected a number, ${found}`);
  });

  test('reads hexadecimal numbers, and nothing else as such', () => {
    expect(scan('0001ee75').hex()).toBe(0x1ee75);
    expect(() => scan('0x10').hex()).toThrow('/proc/example:1: expected a hexadecimal number');
    expect(parseHex('')).toBeNaN();
  });

  test('skips a line that is known, and stays before one that is not', () => {
    const line = scan('a b\n').copyLine();
    const same = scan('a b\n1');
    expect(same.skipLineIfEqual(line)).toBe(true);
    expect(same.number()).toBe(1);
    for (const other of ['a bc\n1', 'a c\n1', 'a', '']) {
      const scanner = scan(other);
      expect(scanner.skipLineIfEqual(line)).toBe(false);
      expect(scanner.position).toBe(0);
    }
    const last = scan('a b');
    expect(last.skipLineIfEqual(line)).toBe(true);
    expect(last.atEnd).toBe(true);
  });

  test('ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const scanner = new Scanner().load('/proc/example', Buffer.from(bytes), bytes.length);
        let lines = 1;
        do {
          while (!scanner.atLineEnd) scanner.word();
        } while (scanner.nextLine() && lines++ < 1000);
        expect(lines).toBeLessThanOrEqual(bytes.filter((byte) => byte === 10).length + 1);
      }),
    );
  });
});
