import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { expect, test } from 'vitest';
import { Exposition } from '../../src/exposition/exposition.js';
import { Head } from '../../src/series/head.js';
import { registrySource } from '../../src/sources/registry/registry-source.js';
import { keyOf } from './expected.js';
import { page } from './page.js';
import { readWithPython, samplesOf } from './pythonReader.js';

const START = 1_700_000_000_000;

test('shows the newest commit of every exposed source, and nothing of one that failed', () => {
  const head = new Head({ ownLabels: { job: 'kymo' } });
  const exposition = new Exposition(head);
  const text = (): string => exposition.render('text').toString();
  const disk = head.source('disk', { exposed: true });
  const load = head.source('load', { exposed: true });
  const pushed = head.source('push', { exposed: false });
  const reads = disk.family({ name: 'reads_total', type: 'counter', help: 'Reads.' });
  const one = load.family({ name: 'load1', type: 'gauge', help: 'Load.' });
  const sda = disk.series(reads, { device: 'sda' });
  const load1 = load.series(one, {});
  const foreign = pushed.series(pushed.family({ name: 'foreign', type: 'gauge', help: '' }), {});
  expect(text()).toBe('');

  disk.set(sda, 5);
  load.set(load1, 0.25);
  pushed.set(foreign, 1);
  expect(text()).toBe('');
  disk.commit(START);
  load.commit(START);
  pushed.commit(START);
  head.endTick(START);
  const loads = ['# HELP load1 Load.', '# TYPE load1 gauge', 'load1 0.25'];
  const both = (value: number): string =>
    page(
      ...loads,
      '# HELP reads_total Reads.',
      '# TYPE reads_total counter',
      `reads_total{device="sda"} ${value}`,
    );
  expect(text()).toBe(both(5));

  // What is staged only is not seen.
  disk.set(sda, 6);
  expect(text()).toBe(both(5));
  disk.fail(START + 1000);
  expect(text()).toBe(page(...loads));
  disk.set(sda, 7);
  disk.commit(START + 2000);
  expect(text()).toBe(both(7));
});

test('shows a registry through the head as prom-client shows it', async () => {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ['path'];
  const counter = new Counter({ name: 'requests_total', help: 'Requests.', labelNames, registers });
  const gauge = new Gauge({ name: 'temperature', help: 'Warmth.', labelNames, registers });
  const histogram = new Histogram({
    name: 'latency_seconds',
    help: 'Time.',
    labelNames,
    registers,
  });
  const summary = new Summary({ name: 'wait_seconds', help: 'Waiting.', labelNames, registers });
  const head = new Head();
  const exposition = new Exposition(head);
  const writer = head.source('app', { exposed: true });
  const source = registrySource({ name: 'app', registry });

  const ours: string[] = [];
  const theirs: string[] = [];
  for (let tick = 0; tick < 4; tick++) {
    for (const path of ['/', `/new/${tick}`, 'a "quoted"\nline\\']) {
      counter.inc({ path });
      gauge.set({ path }, tick / 3);
      histogram.observe({ path }, tick / 7);
      summary.observe({ path }, tick / 7);
    }
    if (tick === 2) gauge.remove({ path: '/' });
    const time = START + tick * 1000;
    await source.collect({ time, writer, signal: new AbortController().signal });
    writer.commit(time);
    head.endTick(time);
    ours.push(exposition.render('text').toString());
    theirs.push(await registry.metrics());
    const format = readWithPython([exposition.render('openmetrics').toString()], 'openmetrics');
    expect(format[0]).not.toHaveProperty('error');
  }
  const [read, expected] = [ours, theirs].map((pages) =>
    readWithPython(pages, 'text').map((result) => samplesOf(result).map(keyOf).sort()),
  );
  expect(read).toEqual(expected);
  expect(read[3].length).toBeGreaterThan(read[0].length);
});
