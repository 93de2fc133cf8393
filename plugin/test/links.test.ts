import type { PanelData } from '@grafana/data';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { exploreLinks } from '../src/panels/analysis/links.js';
import { config } from './grafana-runtime.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));
vi.mock('@grafana/runtime', () => import('./grafana-runtime.js'));

const EXPLORE = 'datasources:explore';
const expression = 'rate(a{p="grpc"}[1m])';

/** What a panel has of a query. */
function data(rangeRaw: { from: unknown; to: unknown }, uid?: string): PanelData {
  const targets = [{ refId: 'C', datasource: uid === undefined ? undefined : { type: 'x', uid } }];
  return { request: { targets, rangeRaw } } as unknown as PanelData;
}

beforeEach(() => {
  config.bootData.user.permissions = { [EXPLORE]: true };
});

describe('the link of an expression', () => {
  test('shows it in Explore, with the datasource and the time range of the panel', () => {
    const link = exploreLinks(data({ from: 'now-1h', to: 'now' }, 'kymo'))(expression);
    const { pathname, searchParams } = new URL(link ?? '', 'http://host');
    expect([pathname, searchParams.get('schemaVersion')]).toEqual(['/grafana/explore', '1']);
    expect(JSON.parse(searchParams.get('panes') ?? '')).toEqual({
      a: {
        datasource: 'kymo',
        queries: [
          {
            ...{ refId: 'A', version: 2, kind: 'live', expr: expression },
            datasource: { type: 'x', uid: 'kymo' },
          },
        ],
        range: { from: 'now-1h', to: 'now' },
      },
    });
  });

  test('has times that are not relative in Unix milliseconds', () => {
    const time = (value: number) => ({ valueOf: () => value });
    const link = exploreLinks(data({ from: time(1000), to: time(2000) }, 'kymo'))(expression);
    expect(new URL(link ?? '', 'http://host').searchParams.get('panes')).toContain(
      '"range":{"from":"1000","to":"2000"}',
    );
  });

  test('is none for who may not explore, or where no datasource is known', () => {
    const range = { from: 'now-1h', to: 'now' };
    expect(exploreLinks(data(range))(expression)).toBeUndefined();
    config.bootData.user.permissions = {};
    expect(exploreLinks(data(range, 'kymo'))(expression)).toBeUndefined();
    expect(exploreLinks({} as PanelData)(expression)).toBeUndefined();
  });
});
