import { parseLiveServerMessages } from '@kymo/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessages, numberOf } from '../src/datasource/live/wire.js';

const good = [
  { type: 'hello', version: 1, epoch: '1000-a', time: 5, tick: 1000 },
  { type: 'subscribed', id: 'a', topic: 't1' },
  {
    type: 'schema',
    topic: 't1',
    version: 1,
    columns: [{ labels: { a: 'b' }, type: 'gauge', unit: '' }],
  },
  {
    type: 'frame',
    topic: 't1',
    epoch: '1000-a',
    seq: 1,
    time: 1000,
    schema: 1,
    values: [1, null, 'NaN', '+Inf', '-Inf', { count: '1', sum: '2' }],
  },
  { type: 'frame', topic: 't1', epoch: 'e', seq: 1, time: 1, schema: 0, values: [{ a: 1 }] },
  { type: 'gap', topic: 't1', missed: 2, from: 1, to: 2 },
  { type: 'error', id: 1, code: 'bad_interval', message: 'no' },
  { type: 'error', topic: 't1', code: 'overloaded', message: 'no' },
  { type: 'pong' },
];

const accepts = (read: (text: string) => unknown, text: string): boolean => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

describe('the reader of live messages', () => {
  test('reads what the contract reads', () => {
    expect(decodeMessages(JSON.stringify(good))).toEqual(
      parseLiveServerMessages(JSON.stringify(good)),
    );
    expect(decodeMessages('{"type":"pong"}')).toEqual([{ type: 'pong' }]);
  });

  test('refuses, as the contract does, messages with a field missing or of another type', () => {
    const broken = fc
      .record({
        message: fc.constantFrom(...good),
        field: fc.nat(),
        value: fc.constantFrom(undefined, null, true, [], ['x'], {}),
      })
      .map(({ message, field, value }) => {
        const names = Object.keys(message);
        return JSON.stringify({ ...message, [names[field % names.length]]: value });
      });
    fc.assert(
      fc.property(broken, (text) => {
        expect([text, accepts(decodeMessages, text)]).toEqual([
          text,
          accepts(parseLiveServerMessages, text),
        ]);
      }),
    );
  });

  test('refuses what is no message', () => {
    for (const text of ['', '<html>', '1', 'null', '{}', '[[]]', '{"type":"toString"}']) {
      expect([text, accepts(decodeMessages, text)]).toEqual([text, false]);
    }
  });

  test('knows the numbers that JSON does not have', () => {
    expect(numberOf('+Inf')).toBe(Infinity);
    expect(numberOf('-Inf')).toBe(-Infinity);
    expect(numberOf('NaN')).toBeNaN();
    expect(numberOf({ count: '1', sum: '2' })).toBeNull();
    expect(numberOf(undefined)).toBeNull();
  });
});
