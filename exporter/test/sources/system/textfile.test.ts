import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Head } from '../../../src/series/head.js';
import { NoData } from '../../../src/sources/source.js';
import { textfile } from '../../../src/sources/system/collectors/textfile.js';
import { parseExpositionText } from '../../../src/sources/system/exposition-text.js';
import { systemOptions } from '../../../src/sources/system/options.js';
import { RecordingWriter, render, tick } from './collection.js';
import { emptyFixture } from './fixture.js';

function setUp() {
  const fixture = emptyFixture();
  const directory = path.join(fixture.rootfs, 'metrics');
  const source = textfile(systemOptions({ textfile: { directory } }));
  const writer = new RecordingWriter();
  /** Samples of one tick without modification times. */
  const collect = async (): Promise<string> => {
    const samples = await tick(source, writer);
    return render(new Map([...samples].filter(([series]) => !series.includes('_mtime_'))));
  };
  const write = (name: string, content: string): void =>
    fixture.write(`root/metrics/${name}`, content);
  return { fixture, directory, source, writer, collect, write };
}

const ok = 'node_textfile_scrape_error 0\n';
const failed = 'node_textfile_scrape_error 1\n';

describe('textfile', () => {
  test('tells what is in files that end in .prom, and when they were changed', async () => {
    const { write, collect, writer, directory } = setUp();
    write('a.prom', 'a 1\n');
    write('b.prom.tmp', 'b 2\n');
    write('c.prom', '# HELP c Of c.\n# TYPE c counter\nc{x="y"} 3\n');
    expect(await collect()).toBe(`a 1\nc{x="y"} 3\n${ok}`);
    expect(writer.families.get('c')).toMatchObject({ type: 'counter', help: 'Of c.' });
    expect(writer.families.get('a')).toMatchObject({
      type: 'unknown',
      help: `Metric read from ${directory}/a.prom`,
    });
    const files = [...writer.samples.keys()].filter((series) => series.includes('_mtime_'));
    expect(files).toEqual([
      `node_textfile_mtime_seconds{file="${directory}/a.prom"}`,
      `node_textfile_mtime_seconds{file="${directory}/c.prom"}`,
    ]);
  });

  test('reads a file again when it has changed, and forgets one that is gone', async () => {
    const { fixture, write, collect, writer } = setUp();
    write('a.prom', 'a 1\n');
    await collect();
    write('a.prom', 'a 20\n');
    expect(await collect()).toBe(`a 20\n${ok}`);
    fixture.remove('root/metrics/a.prom');
    expect(await collect()).toBe(ok);
    expect(writer.stale).toContain('a');
  });

  test('marks a file that is wrong, and tells the others', async () => {
    const { write, collect } = setUp();
    write('a.prom', 'a 1\nb one\n');
    write('c.prom', 'c 3\n');
    expect(await collect()).toBe(`c 3\n${failed}`);
    expect(await collect()).toBe(`c 3\n${failed}`);
    write('a.prom', 'a 1\nb 11\n');
    expect(await collect()).toBe(`a 1\nb 11\nc 3\n${ok}`);
  });

  test('marks a file whose metric another source has with another type', async () => {
    const { write, source } = setUp();
    write('a.prom', '# TYPE taken counter\ntaken 1\n');
    write('b.prom', 'b 2\n');
    const head = new Head({});
    const other = head.source('other', { exposed: true });
    other.set(other.series(other.family({ name: 'taken', type: 'gauge', help: '' }), {}), 1);
    other.commit(1000);
    const writer = head.source('textfile', { exposed: true });
    await source.collect({ time: 1000, writer, signal: new AbortController().signal });
    writer.commit(1000);
    const values = head
      .exposedFamilies()
      .map((family) => [family.metadata.name, head.latestValues[family.series[0].id]]);
    expect(values).toContainEqual(['node_textfile_scrape_error', 1]);
    expect(values).toContainEqual(['b', 2]);
  });

  test('marks a folder that cannot be read, and is silent where the default one is missing', async () => {
    const { collect } = setUp();
    expect(await collect()).toBe(failed);
    const standard = textfile(systemOptions());
    const outcome = await tick(standard, new RecordingWriter()).catch((thrown: unknown) => thrown);
    expect(outcome instanceof NoData || outcome instanceof Map).toBe(true);
  });
});

describe('parseExpositionText', () => {
  test('reads types, helps, labels and values', () => {
    const [family] = parseExpositionText(
      '# A comment\n#HELP m Of a \\\\ and\\na line\n# TYPE m gauge\n' +
        'm{a="x,}\\"=\\\\",b = "", }  +Inf \n m {} -inf\nm NaN\nm 1e-3\n\n',
    );
    expect(family.metadata).toEqual({ name: 'm', type: 'gauge', help: 'Of a \\ and\na line' });
    expect(family.samples).toEqual([
      { suffix: '', labels: { a: 'x,}"=\\', b: '' }, value: Infinity },
      { suffix: '', labels: {}, value: -Infinity },
      { suffix: '', labels: {}, value: NaN },
      { suffix: '', labels: {}, value: 0.001 },
    ]);
  });

  test('counts the parts of histograms and summaries to their family, and no others', () => {
    const families = parseExpositionText(
      '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 2\nh_count 1\n' +
        '# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 2\ns_count 3\ns_bucket 4\nx_sum 5\n',
    );
    expect(
      families.map(({ metadata, samples }) => [metadata.name, samples.map(({ suffix }) => suffix)]),
    ).toEqual([
      ['h', ['_bucket', '_sum', '_count']],
      ['s', ['', '_sum', '_count']],
      ['s_bucket', ['']],
      ['x_sum', ['']],
    ]);
  });

  test.each([
    ['1a 1', 'expected the name of a metric'],
    ['a', 'expected a number, found ""'],
    ['a x', 'expected a number, found "x"'],
    ['a 1 1700000000000', 'time stamps are not supported here'],
    ['a{b="c" 1', 'expected labels as name="value" and }'],
    ['a{b=c} 1', 'expected labels as name="value" and }'],
    ['a{b="c",b="d"} 1', 'label b is there twice'],
    ['# TYPE a sum', 'unknown type "sum"'],
  ])('refuses %j and says why', (line, reason) => {
    expect(() => parseExpositionText(`ok 1\n${line}\n`)).toThrow(`line 2: ${reason}`);
  });
});
