import { describe, expect, test } from 'vitest';
import { current, serve } from './serve.js';

describe('the newest values', () => {
  test.each([
    ['', {}],
    ['?expr=sum%20by%20(a)%20(b)', { expr: 'sum by (a) (b)' }],
    ['?expr=', { expr: '' }],
    ['?since=1700000000.5', { since: 1_700_000_000_500 }],
    ['?since=2023-11-14T22:13:20Z', { since: 1_700_000_000_000 }],
    ['?since=1000-loyw3v28.1700000000', { since: { epoch: '1000-loyw3v28', seq: 1_700_000_000 } }],
    ['?since=%221000-loyw3v28.17%22', { since: { epoch: '1000-loyw3v28', seq: 17 } }],
  ])('are asked for with "%s"', async (search, asked) => {
    const { url } = await serve({ current });
    const answer = await fetch(`${url}/api/metrics/current${search}`);
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"e.1"']);
    expect(await answer.json()).toEqual(asked);
  });

  test('are asked for only where they are others', async () => {
    const { url } = await serve({ current });
    const answer = await fetch(`${url}/api/metrics/current`, {
      headers: { 'if-none-match': '"e.1"' },
    });
    expect(await answer.json()).toEqual({ ifNoneMatch: '"e.1"' });
  });

  test.each(['soon', '1000-x.', 'x.1'])('since "%s" are refused', async (since) => {
    const { url, errors } = await serve({ current });
    const answer = await fetch(`${url}/api/metrics/current?since=${since}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errorType: 'bad_data',
      error: expect.stringContaining('"since"') as string,
    });
    expect(errors).toEqual([]);
  });
});
