import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { collectDefaultMetrics, register, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { hasDefaultMetrics, processSource } from '../../../src/sources/process/process-source.js';
import { RecordingWriter, tick } from '../registry/recording-writer.js';

describe('processSource', () => {
  test("samples this process under prom-client's names", async () => {
    const source = processSource();
    const writer = new RecordingWriter();
    await tick(source, writer);
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    // The lag is measured by the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const samples = await tick(source, writer);
    const start = samples.get('process_start_time_seconds') ?? 0;
    expect(start).toBeGreaterThan(1e9);
    expect(start).toBeLessThanOrEqual(Date.now() / 1000 + 1);
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(samples.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(1e6);
    expect(samples.get('nodejs_eventloop_lag_seconds')).toBeGreaterThan(0);
    expect(writer.families.get('nodejs_gc_duration_seconds')?.type).toBe('histogram');
    expect(source.failing).toEqual([]);
    await source.stop?.();
  });

  test("leaves the application's default registry alone", () => {
    processSource();
    expect(register.getMetricsAsArray()).toEqual([]);
  });
});

describe('hasDefaultMetrics', () => {
  test('tells whether a registry holds the default metrics', () => {
    const registry = new Registry();
    expect(hasDefaultMetrics(registry)).toBe(false);
    collectDefaultMetrics({ register: registry });
    expect(hasDefaultMetrics(registry)).toBe(true);
  });
});
