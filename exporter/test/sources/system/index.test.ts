import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Head } from '../../../src/series/head.js';
import { NoData } from '../../../src/sources/source.js';
import {
  collectors,
  systemSources,
  type CollectorName,
} from '../../../src/sources/system/index.js';
import { systemOptions } from '../../../src/sources/system/options.js';

const names = Object.keys(collectors) as CollectorName[];
const folder = new URL('../../../src/sources/system/collectors/', import.meta.url);

describe('the list of collectors', () => {
  test('has one entry for each file, under the name of its source', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, '').replaceAll('-', '_'));
    expect(files.sort()).toEqual([...names].sort());
    for (const name of names) {
      const { create, description } = collectors[name];
      expect(create(systemOptions()).name).toBe(name);
      expect(description).not.toBe('');
    }
  });

  test('is the one that docs/host-metrics.md has', () => {
    const docs = readFileSync(new URL('../../../../docs/host-metrics.md', import.meta.url), 'utf8');
    const [table] = docs.split('\n## ');
    expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)).toEqual(names);
  });

  test('is switched by name', () => {
    const wanted = new Set<string>(['cpu', 'loadavg']);
    const sources = systemSources({ platform: 'linux', enabled: (name) => wanted.has(name) });
    expect(sources.map(({ name }) => name)).toEqual(['cpu', 'loadavg']);
    expect(systemSources({ platform: 'linux' }).length).toBe(names.length);
  });
});

describe.runIf(existsSync('/proc/stat'))('all collectors on this host', () => {
  test('collect into the head, tick after tick, or have nothing to tell', async () => {
    const head = new Head({});
    const sources = systemSources().map((source) => ({
      source,
      writer: head.source(source.name, { exposed: true }),
    }));
    const silent = new Set<string>();
    for (let time = 1000; time <= 5000; time += 1000) {
      for (const { source, writer } of sources) {
        try {
          await source.collect({ time, writer, signal: new AbortController().signal });
          writer.commit(time);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(NoData);
          silent.add(source.name);
        }
      }
      head.endTick(time);
    }
    const needed = ['cpu', 'stat', 'loadavg', 'meminfo', 'diskstats', 'netdev', 'vmstat', 'time'];
    expect(needed.filter((name) => silent.has(name))).toEqual([]);
    const told = head.exposedFamilies().map(({ metadata }) => metadata.name);
    for (const name of ['node_cpu_seconds_total', 'node_load1', 'node_memory_MemAvailable_bytes']) {
      expect(told).toContain(name);
    }
    for (const { source } of sources) await source.stop?.();
  });
});
