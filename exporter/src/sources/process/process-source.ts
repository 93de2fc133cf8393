import { collectDefaultMetrics, Registry } from 'prom-client';
import { registrySource, type RegistrySource } from '../registry/registry-source.js';
import type { RegistryLike } from '../registry/shapes.js';

export interface ProcessSourceOptions {
  /**
   * Milliseconds between looks at the event loop's lag, 20 by default. Each look wakes the process,
   * and a lag shorter than this is seen only by chance.
   */
  readonly lagPrecision?: number;
}

/**
 * This process: CPU time, memory, garbage collection, event loop lag, handles, file descriptors, as
 * prom-client's default metrics name them. They are held by a registry of their own, so that the
 * application's is left alone.
 */
export function processSource(options: ProcessSourceOptions = {}): RegistrySource {
  const register = new Registry();
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: options.lagPrecision ?? 20 });
  return registrySource({ name: 'process', registry: register });
}

/**
 * Whether an application's registry already holds the default metrics; then the process need not be
 * collected a second time.
 */
export function hasDefaultMetrics(registry: RegistryLike): boolean {
  return registry
    .getMetricsAsArray()
    .some((metric) => (metric as { name?: unknown }).name === 'process_start_time_seconds');
}
