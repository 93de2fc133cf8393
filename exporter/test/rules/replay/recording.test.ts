import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readRecording,
  RecordingError,
  type Recording,
} from '../../../src/rules/replay/recording.js';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kymo-recording-'));
  file = path.join(folder, 'samples');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): Promise<Recording> {
  writeFileSync(file, text);
  return readRecording(file);
}

function plain({ series }: Recording) {
  return series.map(({ labels, times, values }) => ({ labels: labels.toObject(), times, values }));
}

describe('readRecording', () => {
  it('reads OpenMetrics with time stamps, exemplars and comments', async () => {
    const recording = await read(
      [
        '# TYPE up gauge',
        'up{job="a b",path="C:\\\\x\\"}\\n#"} 1 1700000000',
        'up{path="C:\\\\x\\"}\\n#",job="a b"} 0 1700000001.5 # {trace_id="x"} 0.5 1700000001',
        'up_total 1e3 1700000000',
        'up_total +Inf 1700000002',
        'up_total NaN 1700000003',
        '# EOF',
        'what follows is not read',
      ].join('\r\n'),
    );
    expect(plain(recording)).toEqual([
      {
        labels: { __name__: 'up', job: 'a b', path: 'C:\\x"}\n#' },
        times: [1_700_000_000_000, 1_700_000_001_500],
        values: [1, 0],
      },
      {
        labels: { __name__: 'up_total' },
        times: [1_700_000_000_000, 1_700_000_002_000, 1_700_000_003_000],
        values: [1000, Infinity, NaN],
      },
    ]);
    expect(recording).toMatchObject({
      samples: 5,
      start: 1_700_000_000_000,
      end: 1_700_000_003_000,
    });
  });

  it('reads one JSON object a line, and a series that goes on in a later one', async () => {
    const recording = await read(
      '{"metric":{"__name__":"up"},"values":[[1700000000,"1"]]}\n\n' +
        '{"metric":{"__name__":"up"},"values":[[1700000001.25,"NaN"],[1700000002,0.5]]}\n',
    );
    expect(plain(recording)).toEqual([
      {
        labels: { __name__: 'up' },
        times: [1_700_000_000_000, 1_700_000_001_250, 1_700_000_002_000],
        values: [1, NaN, 0.5],
      },
    ]);
  });

  it('reads a whole answer of the API, and counts histograms, which it cannot read', async () => {
    const result = [
      { metric: { __name__: 'up' }, values: [[1_700_000_000, '1']] },
      { metric: { __name__: 'h' }, histograms: [[1_700_000_000, { count: '1' }]] },
    ];
    const recording = await read(
      JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }),
    );
    expect(recording).toMatchObject({ samples: 1, histograms: 1 });
    expect(recording.series).toHaveLength(1);
  });

  it.each([
    ['up 1 1700000000\nup{job="a" 1 1700000000', ':2: a sample is expected'],
    ['up 1 1700000000\nup 1', ':2: the sample has no time stamp'],
    ['up one 1700000000', ':1: error parsing number: "one" is not a number'],
    ['up 1 1700000000000', ':1: the time stamp 1700000000000 is far in the future; write seconds'],
    ['up 1 0', ':1: 0 is no time stamp'],
    ['up 1 17\nup 2 17', ':2: a sample of up is at the time of the one that precedes it'],
    ['up 1 17\nup 2 16', ':2: a sample of up is before the one that precedes it'],
    ['1up 1 17', ':1: "1up" is no metric name'],
    ['up{a="b"c="d"} 1 17\nup{=} 1 17', ':2: cannot read the labels from "=" on'],
    ['{"metric":{},"values":[[1,"1"]]', ':1: no JSON object'],
    ['{"values":[]}', ':1: "metric" is to be an object'],
    ['{"metric":{"a":1},"values":[]}', ':1: the label a is to be a string'],
    ['{"metric":{}}', ':1: "values" is missing'],
    ['{"metric":{},"values":{}}', ':1: "values" is to be a list'],
    ['{"metric":{},"values":[[1,"1"]]}\n[1]', ':2: a JSON object is expected'],
    ['{"metric":{},"values":[[1,"1"],["2","1"]]}', ':1: ["2","1"] is no sample'],
    ['{"metric":{},"values":[[1,"x"]]}', ':1: [1,"x"] is no sample'],
    ['{"status":"error","error":"x"}', ':1: the answer is no matrix'],
    ['', ': has no samples'],
    ['# EOF', ': has no samples'],
  ])('says where %j is wrong', async (text, message) => {
    const failure = await read(text).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(RecordingError);
    expect((failure as RecordingError).message).toContain(`${file}${message}`);
  });

  it('says that there is no such file', async () => {
    await expect(readRecording(path.join(folder, 'none'))).rejects.toThrow('none: cannot be read');
  });

  it('reads the same from both formats', async () => {
    const label = fc.record({ name: fc.stringMatching(/^[a-z]{1,3}$/), value: fc.string() });
    const series = fc.record({
      labels: fc.uniqueArray(label, { selector: ({ name }) => name, maxLength: 4 }),
      values: fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(series, { minLength: 1, maxLength: 5 }), async (all) => {
        const escape = (text: string): string =>
          text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
        const lines: string[] = [];
        const json: string[] = [];
        for (const [i, { labels, values }] of all.entries()) {
          const written = labels.map(({ name, value }) => `${name}="${escape(value)}"`);
          const metric = { __name__: `s${i}` } as Record<string, string>;
          for (const { name, value } of labels) metric[name] = value;
          const texts = values.map((value) => String(value).replace('Infinity', 'Inf'));
          json.push(JSON.stringify({ metric, values: texts.map((text, at) => [at + 1, text]) }));
          for (const [at, text] of texts.entries()) {
            lines.push(`s${i}{${written.join(',')}} ${text} ${at + 1}`);
          }
        }
        const [first, second] = [await read(lines.join('\n')), await read(json.join('\n'))];
        expect(plain(first)).toEqual(plain(second));
        expect(plain(first).map(({ values }) => values)).toEqual(all.map(({ values }) => values));
      }),
      { numRuns: 50 },
    );
  });
});
