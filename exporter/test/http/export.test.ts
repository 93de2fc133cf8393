import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { apiOver, asking, headOf } from './past.js';

const END = 1_700_000_000;

const head = headOf(END, 60, (source, second) => {
  const level = source.family({ name: 'level', type: 'gauge', help: 'A test.' });
  source.set(source.series(level, { room: 'a "b", c' }), second / 2);
  source.set(source.series(level, { room: '=1+1' }), second === 30 ? Infinity : -second);
  const total = source.family({ name: 'hits_total', type: 'counter', help: 'A test.' });
  source.set(source.series(total, { room: 'x\\y' }), second);
});
const range = { start: `${END - 2}`, end: `${END}`, step: '1' };
const run = promisify(execFile);

describe('/api/metrics/export', () => {
  test('writes CSV that no spreadsheet takes for formulas, as a file', async () => {
    const get = await asking(apiOver(head));
    const response = await get('export', { expr: 'level', ...range });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="level-20231114T221318Z.csv"',
    );
    expect((await response.text()).split('\r\n')).toEqual([
      'time,__name__,room,value',
      "2023-11-14T22:13:18.000Z,level,'=1+1,-57",
      "2023-11-14T22:13:19.000Z,level,'=1+1,-58",
      "2023-11-14T22:13:20.000Z,level,'=1+1,-59",
      '2023-11-14T22:13:18.000Z,level,"a ""b"", c",28.5',
      '2023-11-14T22:13:19.000Z,level,"a ""b"", c",29',
      '2023-11-14T22:13:20.000Z,level,"a ""b"", c",29.5',
      '',
    ]);
  });

  test('writes columns as JSON', async () => {
    const get = await asking(apiOver(head));
    const around = { start: `${END - 30}`, end: `${END - 29}`, step: '1', format: 'json' };
    const response = await get('export', { expr: 'level{room="=1+1"}', ...around });
    expect(await response.json()).toEqual({
      series: [
        {
          metric: { __name__: 'level', room: '=1+1' },
          times: [END - 30, END - 29],
          values: [-29, null],
        },
      ],
    });
  });

  test('writes OpenMetrics of which promtool makes blocks', async () => {
    const get = await asking(apiOver(head));
    const expr = '{__name__=~"level|hits_total"} or sum(level)';
    const whole = { start: `${END - 59}`, end: `${END}`, step: '1' };
    const response = await get('export', { expr, ...whole, format: 'openmetrics', name: 'a-sum' });
    const text = await response.text();
    expect(text).toContain('hits_total{room="x\\\\y"} 0 1699999941\n');
    expect(text).toContain('# TYPE a_sum unknown\n');
    const folder = await mkdtemp(path.join(tmpdir(), 'kymo-export-'));
    try {
      await writeFile(path.join(folder, 'export.om'), text);
      await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', 'export.om', 'blocks'], {
        cwd: folder,
      });
      const [block] = await readdir(path.join(folder, 'blocks'));
      // It wants a whole database.
      await mkdir(path.join(folder, 'blocks', 'wal'));
      const { stdout } = await run('promtool', ['tsdb', 'dump', 'blocks'], { cwd: folder });
      expect(block).toMatch(/^[0-9A-Z]{26}$/);
      expect(stdout.trim().split('\n')).toHaveLength(4 * 60);
      expect(stdout).toContain(`{__name__="level", room="a \\"b\\", c"} 29.5 ${END}000`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test.each([
    [{ format: 'xlsx' }, 'none of csv, json, openmetrics'],
    [{ step: '1ms', start: `${END - 12}` }, 'more than the 11000'],
  ])('refuses %j', async (wrong, message) => {
    const get = await asking(apiOver(head));
    const response = await get('export', { expr: 'level', ...range, ...wrong });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });
});
