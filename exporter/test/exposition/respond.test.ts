import { gunzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { gzip, negotiateCoding } from '../../src/exposition/compress.js';
import { Exposition } from '../../src/exposition/exposition.js';
import { respond } from '../../src/exposition/respond.js';
import { ManualClock } from '../../src/lib/clock.js';
import { InMemorySeries } from './inMemorySeries.js';

const SMALL = 100;
const LARGE = 100_000;

describe('negotiating the coding', () => {
  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another coding', 'br'],
    ['gzip refused', 'gzip;q=0'],
    ['gzip refused, anything else accepted', 'gzip;q=0, *'],
    ['identity preferred', 'gzip;q=0.5, identity'],
    ['everything refused but identity', '*;q=0, identity'],
  ])('leaves a large page as it is: %s', (_name, header) => {
    expect(negotiateCoding(header, LARGE)).toBe('identity');
  });

  test.each([
    ['Prometheus', 'gzip'],
    ['a browser', 'gzip, deflate, br, zstd'],
    ['gzip among others', 'br;q=1.0, gzip;q=0.8, *;q=0.1'],
    ['anything', '*'],
    ['its other name', 'X-GZIP'],
    ['both equally', 'identity, gzip'],
  ])('compresses a large page, and no small one: %s', (_name, header) => {
    expect(negotiateCoding(header, LARGE)).toBe('gzip');
    expect(negotiateCoding(header, SMALL)).toBe('identity');
  });

  test.each(['gzip, identity;q=0', 'gzip, *;q=0', '*, identity;q=0'])(
    'compresses a small page too where %s',
    (header) => {
      expect(negotiateCoding(header, SMALL)).toBe('gzip');
    },
  );

  test.each(['identity;q=0', '*;q=0', 'br, gzip;q=0, identity;q=0'])(
    'knows no coding for %s',
    (header) => {
      expect(negotiateCoding(header, LARGE)).toBeUndefined();
    },
  );
});

describe('compressing', () => {
  const text = Buffer.from('queue_depth{queue="mail"} 12\n'.repeat(200_000));

  test('gives what gunzip reads back, much smaller', async () => {
    const compressed = await gzip(text, { clock: new ManualClock() });
    expect(compressed?.length).toBeLessThan(text.length / 20);
    expect(compressed && gunzipSync(compressed).equals(text)).toBe(true);
  });

  test('gives up at its timeout', async () => {
    const clock = new ManualClock();
    const compressed = gzip(text, { timeout: 100, clock });
    clock.advance(100);
    expect(await compressed).toBeUndefined();
  });

  test('leaves no timer behind when done in time', async () => {
    const clock = new ManualClock();
    const cancel = vi.spyOn(clock, 'cancel');
    const compressed = await gzip(Buffer.from('a'), { timeout: 100, clock });
    expect(cancel).toHaveBeenCalledOnce();
    expect(compressed && gunzipSync(compressed).toString()).toBe('a');
  });
});

describe('answering a scrape', () => {
  function scrape(size: number, headers: Record<string, string>, clock = new ManualClock()) {
    const series = new InMemorySeries()
      .family({ name: 'a_total', type: 'counter', help: 'x'.repeat(size) })
      .set('a_total', {}, 1);
    return respond(new Exposition(series), { headers, clock });
  }

  test('answers text without any header', async () => {
    const { status, headers, body } = await scrape(SMALL, {});
    expect(status).toBe(200);
    expect(headers).toEqual({
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      Vary: 'Accept, Accept-Encoding',
    });
    expect(body.toString()).toContain('# TYPE a_total counter\na_total 1\n');
  });

  test('answers compressed OpenMetrics', async () => {
    const accept = 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8';
    const { status, headers, body } = await scrape(LARGE, { accept, 'accept-encoding': 'gzip' });
    expect(status).toBe(200);
    expect(headers).toEqual({
      'Content-Type': 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      'Content-Encoding': 'gzip',
      Vary: 'Accept, Accept-Encoding',
    });
    expect(gunzipSync(body).toString()).toMatch(/# TYPE a counter\na_total 1\n# EOF\n$/);
  });

  test('answers 406 where no coding will do', async () => {
    const { status, headers, body } = await scrape(LARGE, { 'accept-encoding': 'identity;q=0' });
    expect(status).toBe(406);
    expect(headers['Content-Type']).toBe('text/plain; charset=utf-8');
    expect(body.toString()).toMatch(/gzip or identity/);
  });

  test.each(['gzip', 'identity'])('gives the memory of a page back once: %s', async (coding) => {
    const series = new InMemorySeries()
      .family({ name: 'a', type: 'gauge', help: 'x'.repeat(LARGE) })
      .set('a', {}, 1);
    const exposition = new Exposition(series);
    const headers = { 'accept-encoding': coding };
    await respond(exposition, { headers, clock: new ManualClock() });
    const { body, release } = await respond(exposition, { headers, clock: new ManualClock() });
    const expected = Buffer.from(body);
    const before = exposition.render('text');
    release();
    release();
    const [one, two] = [exposition.render('text'), exposition.render('text')];
    if (coding === 'identity') expect(one.buffer).toBe(body.buffer);
    expect(new Set([before.buffer, one.buffer, two.buffer]).size).toBe(3);
    expect(body.equals(expected)).toBe(true);
  });

  test('answers the page as it is when compressing takes too long for the scraper', async () => {
    const clock = new ManualClock();
    const answer = scrape(
      LARGE,
      { 'accept-encoding': 'gzip', 'x-prometheus-scrape-timeout-seconds': '2' },
      clock,
    );
    clock.advance(1500);
    const { status, headers, body } = await answer;
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('Content-Encoding');
    expect(body.length).toBeGreaterThan(LARGE);
  });

  test.each(['never', '-1', '0', ''])('takes no timeout from %j', async (timeout) => {
    const clock = new ManualClock();
    const answer = scrape(
      LARGE,
      { 'accept-encoding': 'gzip', 'x-prometheus-scrape-timeout-seconds': timeout },
      clock,
    );
    clock.advance(1e9);
    expect((await answer).headers['Content-Encoding']).toBe('gzip');
  });

  test('compresses however long it takes where the page as it is would be refused', async () => {
    const clock = new ManualClock();
    const answer = scrape(
      LARGE,
      { 'accept-encoding': 'gzip, *;q=0', 'x-prometheus-scrape-timeout-seconds': '1' },
      clock,
    );
    clock.advance(1e9);
    expect((await answer).headers['Content-Encoding']).toBe('gzip');
  });
});
