import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { filterKeys, filterValues, selectorOf, withFilters } from '../src/datasource/ad-hoc.js';

const http2 = { key: 'protocol', operator: '=', value: 'http2' };

describe('ad hoc filters', () => {
  test.each([
    ['up', 'up{protocol="http2"}'],
    ['up{}', 'up{protocol="http2"}'],
    ['up{ a="}" , }[5m]', 'up{protocol="http2",  a="}" , }[5m]'],
    ['{__name__=~"up|down"}', '{protocol="http2", __name__=~"up|down"}'],
    ['{"a.b"}', '{protocol="http2", "a.b"}'],
    [
      'sum by (up) (rate(up[5m] offset 1m)) / on (up) down',
      'sum by (up) (rate(up{protocol="http2"}[5m] offset 1m)) / on (up) down{protocol="http2"}',
    ],
    [
      'label_replace(a, "up", "$1", "b", "up{}")',
      'label_replace(a{protocol="http2"}, "up", "$1", "b", "up{}")',
    ],
    ['# up\nup # {}', '# up\nup{protocol="http2"} # {}'],
    ['1 + time()', '1 + time()'],
  ])('are in every selector of %s', (expr, filtered) => {
    expect(withFilters(expr, [http2])).toBe(filtered);
    const wrong: number[] = [];
    parser.parse(filtered).iterate({
      enter: ({ type, from }) => void (type.isError && wrong.push(from)),
    });
    expect(wrong).toEqual([]);
  });

  test('are written as matchers, whatever is in their values', () => {
    const filters = [
      { key: 'a', operator: '!=', value: 'b"\\\n' },
      { key: 'http.route', operator: '=~', value: '/api/.*' },
      { key: 'c', operator: '=|', value: 'x', values: ['x.y', 'z'] },
      { key: 'd', operator: '!=|', value: 'x', values: ['x'] },
      { key: '', operator: '=', value: '' },
    ];
    expect(selectorOf(filters)).toBe(
      String.raw`{a!="b\"\\\n", "http.route"=~"/api/.*", c=~"x\\.y|z", d!~"x"}`,
    );
    expect(() => withFilters('up', [{ key: 'a', operator: '<', value: '1' }])).toThrow('"<"');
    expect(withFilters('up', [])).toBe('up');
  });

  test('offer what the other filters leave', async () => {
    const asked: unknown[] = [];
    const client = {
      labels: async (selector?: string) => [asked.push(selector), ['__name__', 'a']][1] as string[],
      labelValues: async (label: string, selector?: string) => {
        asked.push([label, selector]);
        return ['1'];
      },
    };
    expect(await filterKeys(client, [http2])).toEqual([{ text: 'a' }]);
    expect(await filterValues(client, 'a', [http2, { ...http2, key: 'a' }])).toEqual([
      { text: '1' },
    ]);
    expect(asked).toEqual(['{protocol="http2"}', ['a', '{protocol="http2"}']]);
  });
});
