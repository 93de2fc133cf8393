import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Exposition } from '../../src/exposition/exposition.js';
import type { ExpositionFormat } from '../../src/exposition/negotiate.js';
import type { FamilyMetadata } from '../../src/series/metadata.js';
import { InMemorySeries } from './inMemorySeries.js';
import { page } from './page.js';

const FORMATS: readonly ExpositionFormat[] = ['text', 'openmetrics'];

describe('an exposition that is rendered again and again', () => {
  test('leaves a page that it gave out as it was', () => {
    const series = new InMemorySeries().family({ name: 'a', type: 'gauge', help: '' });
    for (let n = 0; n < 100; n++) series.set('a', { n: String(n) }, n);
    const exposition = new Exposition(series);
    const first = exposition.render('text');
    const before = first.toString();
    for (let n = 0; n < 100; n++) series.set('a', { n: String(n) }, -1000);
    const second = exposition.render('text');
    expect(first.toString()).toBe(before);
    expect(second.toString()).not.toBe(before);
  });

  test('uses the memory of a page again only when that is given back, and once', () => {
    const series = new InMemorySeries().family({ name: 'a', type: 'gauge', help: '' });
    for (let n = 0; n < 1000; n++) series.set('a', { n: String(n) }, n);
    const exposition = new Exposition(series);
    exposition.render('text');
    const first = exposition.render('text');
    const expected = first.toString();
    exposition.recycle(first);
    exposition.recycle(first);
    exposition.recycle(Buffer.alloc(first.length));
    const second = exposition.render('text');
    exposition.recycle(first);
    const third = exposition.render('text');
    expect(second.buffer).toBe(first.buffer);
    expect(third.buffer).not.toBe(first.buffer);
    expect(second.toString()).toBe(expected);
    expect(third.toString()).toBe(expected);
  });

  test('gives the same page when nothing changed, and each format unharmed by the other', () => {
    const series = new InMemorySeries()
      .family({ name: 'a_total', type: 'counter', help: '' })
      .set('a_total', {}, 1)
      .family({ name: 'b', type: 'histogram', help: '' })
      .histogram('b', {}, { buckets: { '1': 1, '+Inf': 1 }, sum: 1, count: 1 });
    const exposition = new Exposition(series);
    const pages = FORMATS.map((format) => exposition.render(format).toString());
    expect(FORMATS.map((format) => exposition.render(format).toString())).toEqual(pages);
    expect(pages[0]).toContain('a_total 1\n');
  });

  test('spells values anew that become longer, shorter, NaN and the same again', () => {
    const series = new InMemorySeries().family({ name: 'a', type: 'gauge', help: '' });
    const exposition = new Exposition(series);
    const values = [1, 0.1 + 0.2, 1, -1.2345678901234567e-308, NaN, NaN, 0, -0, Infinity, 10, 10];
    for (const value of values) {
      series.set('a', { n: '1' }, value).set('a', { n: '2' }, 5);
      const spelt = Object.is(value, Infinity) ? '+Inf' : String(value);
      expect(exposition.render('text').toString()).toBe(
        page('# TYPE a gauge', `a{n="1"} ${spelt}`, 'a{n="2"} 5'),
      );
    }
  });

  const exemplar = { labels: { id: 'x'.repeat(120) }, value: 1, time: 1_700_000_000_123 };
  test.each([
    ['lines', {}],
    ['exemplars', { exemplar }],
    ['times of creation', { created: 1000.5 }],
    ['all of them', { exemplar, created: 1000.5 }],
  ])('writes what is longer than every page before: %s', (_name, options) => {
    const series = new InMemorySeries().family({ name: 'a_total', type: 'counter', help: '' });
    const exposition = new Exposition(series);
    exposition.render('openmetrics');
    const lines: string[] = ['# TYPE a counter'];
    for (let n = 100; n < 400; n++) {
      const labels = { n: String(n), pad: '𝛥'.repeat(n) };
      series.set('a_total', labels, n + 1 / 3, options);
      const spelt = `{n="${n}",pad="${labels.pad}"}`;
      const tail = 'exemplar' in options ? ` # {id="${'x'.repeat(120)}"} 1 1700000000.123` : '';
      lines.push(`a_total${spelt} ${n + 1 / 3}${tail}`);
      if ('created' in options) lines.push(`a_created${spelt} 1.0005`);
    }
    const expected = page(...lines, '# EOF');
    expect(exposition.render('openmetrics').toString()).toBe(expected);
    expect(exposition.render('openmetrics').toString()).toBe(expected);
  });

  test('is the same as one that is new, whatever happens to the series between', () => {
    const families: readonly FamilyMetadata[] = [
      { name: 'a', type: 'gauge', help: 'A.' },
      { name: 'a_total', type: 'counter', help: 'B.' },
      { name: 'b', type: 'histogram', help: 'C.' },
      { name: 'b_count', type: 'gauge', help: 'D.' },
      { name: 'c', type: 'summary', help: 'E.' },
      { name: 'd', type: 'stateset', help: 'F.' },
    ];
    const text = fc.constantFrom('', 'x', 'é', '𝛥\u007f', '\u007f𝛥', 'a\\"\n', 'longer than that');
    const step = fc.record({
      what: fc.constantFrom('set', 'set', 'set', 'set', 'stale', 'remove', 'family', 'drop'),
      metadata: fc.constantFrom(...families),
      labels: fc.record({ k: text, l: text }),
      bound: fc.constantFrom('0.5', '1', '+Inf', ''),
      suffix: fc.constantFrom('', '_bucket', '_sum', '_count'),
      value: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double()),
    });
    type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

    const apply = (series: InMemorySeries, names: Set<string>, one: Step): void => {
      const { name, type } = one.metadata;
      if (one.what === 'drop') {
        series.drop(name);
        names.delete(name);
        return;
      }
      if (!names.has(name)) series.family(one.metadata);
      names.add(name);
      const hasParts = type === 'histogram' || type === 'summary';
      const suffix = hasParts ? one.suffix : '';
      const bounds = { histogram: 'le', summary: 'quantile', stateset: name };
      const label = type in bounds ? bounds[type as keyof typeof bounds] : 'm';
      const isBound = suffix === '_bucket' || suffix === '';
      const bound = type === 'summary' && one.bound === '+Inf' ? '0.25' : one.bound;
      const labels = { ...one.labels, [label]: isBound ? bound : '' };
      if (one.what === 'set') series.set(name, labels, one.value, { suffix });
      if (one.what === 'stale') series.stale(name, labels, suffix);
      if (one.what === 'remove') series.remove(name, labels, suffix);
    };

    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 8 }), (rounds) => {
        const series = new InMemorySeries();
        const exposition = new Exposition(series);
        const names = new Set<string>();
        for (const round of rounds) {
          for (const one of round) apply(series, names, one);
          for (const format of FORMATS) {
            const fresh = new Exposition(series).render(format).toString();
            expect(exposition.render(format).toString()).toBe(fresh);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
