import { describe, expect, test } from 'vitest';
import type { RuleDefinition, RuleTestRange } from '../../src/http/dependencies.js';
import { made, rulesDoor, serve } from './serve.js';

const send = (url: string, method: string, body: unknown): Promise<Response> =>
  fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
const condition = { name: 'X' };

describe('/api/rules', () => {
  test('lists, makes, shows, changes and deletes rules', async () => {
    const asked: { definition: RuleDefinition }[] = [];
    const { url } = await serve({ rules: rulesDoor(asked) });
    const path = `${url}/api/rules`;
    expect(await (await fetch(path)).json()).toEqual({ rules: [made], problem: null });
    const created = await send(path, 'POST', { condition });
    expect([created.status, created.headers.get('location'), await created.json()]).toEqual([
      201,
      '/api/rules/a1',
      made,
    ]);
    expect(await (await fetch(`${path}/a1`)).json()).toEqual(made);
    expect(await (await send(`${path}/a1`, 'PUT', { rule: { alert: 'A' } })).json()).toEqual(made);
    expect((await fetch(`${path}/a1`, { method: 'DELETE' })).status).toBe(204);
    expect(asked).toEqual([
      { definition: { condition } },
      { definition: { rule: { alert: 'A' } } },
    ]);
  });

  test('says how all rules do', async () => {
    const { url } = await serve({ rules: rulesDoor() });
    const answer = await fetch(`${url}/api/rules/state`);
    expect([answer.status, await answer.json()]).toEqual([200, { rules: [] }]);
  });

  test.each([
    ['POST', '', '{"condition":', 400],
    ['POST', '', {}, 400],
    ['POST', '', { condition, rule: {} }, 400],
    ['POST', '', { condition: 'x > 1' }, 400],
    ['POST', '', { condition, when: 'now' }, 400],
    ['POST', '', { rule: {} }, 503],
    ['PUT', '/none', { condition }, 404],
    ['GET', '/none', undefined, 404],
    ['DELETE', '/none', undefined, 404],
    ['PATCH', '/a1', { condition }, 405],
    ['GET', '/test', undefined, 405],
    ['POST', '/test', {}, 400],
    ['POST', '/test', { condition, start: 'soon' }, 400],
    ['POST', '/test', { condition, step: 'often' }, 400],
    ['POST', '/test', { rule: {} }, 429],
  ])('%s %s with %j is answered with what is wrong', async (method, path, body, status) => {
    const { url } = await serve({ rules: rulesDoor() });
    const answer = await send(`${url}/api/rules${path}`, method, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ status: 'error' });
  });

  test('tests a rule over the range that is asked for', async () => {
    const asked: { definition: RuleDefinition; range?: RuleTestRange }[] = [];
    const { url } = await serve({ rules: rulesDoor(asked) });
    const body = { condition, start: 100, end: '1970-01-01T00:03:00Z', step: '5s', id: 'a1' };
    expect((await send(`${url}/api/rules/test`, 'POST', body)).status).toBe(200);
    expect(asked[0]).toMatchObject({
      definition: { condition },
      range: { start: 100_000, end: 180_000, step: 5000, id: 'a1' },
    });
  });
});
