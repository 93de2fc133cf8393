import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';

/** The metrics of the demo shop, as an application that uses prom-client has them. */
export class ShopMetrics {
  readonly registry = new Registry();

  readonly cacheRequests = this.#counter('shop_cache_requests_total', 'Cache look-ups by result.', [
    'cache',
    'result',
  ]);
  readonly cacheEvictions = this.#counter(
    'shop_cache_evictions_total',
    'Entries that made room for newer ones.',
    ['cache'],
  );

  readonly poolTimeouts = this.#counter(
    'shop_pool_timeouts_total',
    'Callers that gave up waiting for a connection.',
    ['pool'],
  );
  readonly poolWait = this.#histogram(
    'shop_pool_wait_seconds',
    'Time that callers waited for a connection.',
    { labels: ['pool'], buckets: [0.0001, 0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5] },
  );

  readonly queueJobs = this.#counter(
    'shop_queue_jobs_total',
    'Jobs by result (done, failed, rejected because the queue was full).',
    ['queue', 'result'],
  );
  readonly queueWait = this.#histogram(
    'shop_queue_wait_seconds',
    'Time that jobs waited for a worker.',
    { labels: ['queue'], buckets: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] },
  );

  readonly dependencyRequests = this.#counter(
    'shop_dependency_requests_total',
    'Requests to what the shop depends on, by result (ok, failed, timeout).',
    ['dependency', 'result'],
  );
  readonly paymentDuration = new Summary({
    name: 'shop_payment_duration_seconds',
    help: 'Time until the payment provider answered; quantiles over the last minute.',
    percentiles: [0.5, 0.9, 0.99],
    maxAgeSeconds: 60,
    ageBuckets: 6,
    pruneAgedBuckets: true,
    registers: [this.registry],
  });

  readonly orders = this.#counter(
    'shop_orders_total',
    'Orders by outcome (paid, declined, failed).',
    ['status'],
  );
  readonly orderValue = this.#histogram('shop_order_value_euros', 'Value of paid orders.', {
    labels: [],
    buckets: [5, 10, 20, 50, 100, 200, 500, 1000],
  });
  readonly faultActive = this.#gauge(
    'shop_simulated_fault_active',
    'Whether a fault is being simulated: 1 yes, 0 no.',
    ['fault'],
  );

  /** Exposes values that are read when the registry is: they change far more often than that. */
  level(
    name: string,
    help: string,
    read: () => readonly (readonly [labels: Record<string, string>, value: number])[],
  ): void {
    const labelNames = Object.keys(read()[0][0]);
    const gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect: () => {
        for (const [labels, value] of read()) gauge.set(labels, value);
      },
    });
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(
    name: string,
    help: string,
    { labels, buckets }: { labels: string[]; buckets: number[] },
  ): Histogram {
    return new Histogram({ name, help, labelNames: labels, buckets, registers: [this.registry] });
  }
}
