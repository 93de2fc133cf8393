import { parseLiveClientMessage } from '@kymo/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { send, World } from './world.js';

describe('a message from a client', () => {
  test.each([
    ['{', 'bad_json'],
    ['', 'bad_json'],
    ['[]', 'bad_message'],
    ['null', 'bad_message'],
    ['"ping"', 'bad_message'],
    ['{}', 'unknown_type'],
    ['{"type":"publish"}', 'unknown_type'],
    ['{"type":"__proto__"}', 'unknown_type'],
    ['{"type":"subscribe"}', 'bad_message'],
    ['{"type":"subscribe","id":"p","expr":"a"}', 'bad_message'],
    ['{"type":"subscribe","id":"p","expr":"a","interval":"1s"}', 'bad_message'],
    ['{"type":"subscribe","id":"p","expr":"a","interval":1000.5}', 'bad_message'],
    ['{"type":"subscribe","id":"p","expr":"a","interval":0}', 'bad_message'],
    ['{"type":"subscribe","id":"p","expr":"a","interval":1000,"form":1}', 'bad_message'],
    ['{"type":"subscribe","id":"p","expr":"a","interval":1000,"from":"now"}', 'bad_message'],
    ['{"type":"subscribe","id":"p","expr":"a","interval":1000,"from":{"seq":1}}', 'bad_message'],
    ['{"type":"subscribe","id":{},"expr":"a","interval":1000}', 'bad_message'],
    ['{"type":"subscribe","id":"p","stream":"logs"}', 'bad_message'],
    ['{"type":"subscribe","id":"p","stream":"alerts","expr":"a"}', 'bad_message'],
    ['{"type":"unsubscribe"}', 'bad_message'],
  ])('%s is answered with %s', (text, code) => {
    const world = new World();
    const { client, transport } = world.connect();
    transport.take();
    client.receive(text);
    expect(transport.take()).toMatchObject([{ type: 'error', code }]);
    expect(transport.closed).toEqual([]);
    expect(world.hub.stats.refused.get(code)).toBe(1);
  });

  test('that names its subscription gets the name back with the error', () => {
    const parsed = parseLiveClientMessage('{"type":"subscribe","id":"p","expr":""}');
    expect(parsed).toMatchObject({ ok: false, error: { id: 'p', code: 'bad_message' } });
  });

  test('of any kind is taken or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const world = new World();
        const { client } = world.connect();
        client.receive(text);
      }),
    );
  });
});

describe('a subscription that cannot be', () => {
  test.each([
    ['rate(', 1000, 'bad_expression', /parse error/],
    ['a[5m]', 1000, 'bad_expression', /instant vector/],
    ['"text"', 1000, 'bad_expression', /instant vector/],
    ['label_replace(a, "x", "$1", "y", "(")', 1000, 'bad_expression', /./],
    ['a{x=~"("}', 1000, 'bad_expression', /./],
    ['('.repeat(4900) + 'a' + ')'.repeat(4900), 1000, 'bad_expression', /./],
    ['-'.repeat(9000) + 'a', 1000, 'bad_expression', /./],
    ['a', 1500, 'bad_interval', /2000/],
    ['a', 100, 'bad_interval', /1000/],
  ])('%.20s at %d ms is refused with %s', (expr, interval, code, message) => {
    const world = new World();
    const { client, transport } = world.connect();
    transport.take();
    send(client, { type: 'subscribe', id: 7, expr, interval });
    const [error] = transport.take();
    expect(error).toMatchObject({ type: 'error', id: 7, code });
    expect((error as { message: string }).message).toMatch(message);
    expect(world.hub.topics).toBe(0);
  });

  test('has an id that is in use, or is not there to be ended', () => {
    const world = new World();
    const { client, transport } = world.connect();
    send(client, { type: 'subscribe', id: 1, expr: 'a', interval: 1000 });
    send(client, { type: 'subscribe', id: 1, expr: 'b', interval: 1000 });
    send(client, { type: 'unsubscribe', id: 2 });
    expect(transport.take().slice(2)).toMatchObject([
      { type: 'error', id: 1, code: 'duplicate_id' },
      { type: 'error', id: 2, code: 'unknown_id' },
    ]);
  });

  test('asks for ten thousand: the limit holds and the rest works', () => {
    const world = new World({ limits: { rate: 10_000 } });
    const { client, transport } = world.connect();
    for (let id = 0; id < 10_000; id++) {
      send(client, { type: 'subscribe', id, expr: `a + ${id}`, interval: 1000 });
    }
    expect(world.hub.subscriptions).toBe(200);
    expect(world.hub.stats.refused.get('too_many_subscriptions')).toBe(9800);
    expect(transport.closed).toEqual([]);
  });
});

describe('a position that makes no sense', () => {
  test.each([
    [0],
    [Number.MAX_SAFE_INTEGER],
    [{ epoch: '0-x', seq: 5 }],
    [{ epoch: '1-x', seq: Number.MAX_SAFE_INTEGER }],
    [{ epoch: '999999-x', seq: 1 }],
    [{ epoch: '💥', seq: 1 }],
  ])('%j is followed by the live stream', (from) => {
    const world = new World();
    world.tick({ one: 1 });
    const { client, transport } = world.connect();
    send(client, { type: 'subscribe', id: 1, expr: 'a', interval: 1000, from });
    world.clock.settle();
    transport.take();
    world.tick({ one: 2 });
    expect(transport.take().at(-1)).toMatchObject({ type: 'frame', seq: world.seq });
  });
});
