import { Counter, Gauge, type Registry } from 'prom-client';

export interface Metric {
  readonly name: string;
  readonly help: string;
}

type Labelled = readonly [labels: Readonly<Record<string, string>>, value: number];

/** Metrics whose values are kept elsewhere and read on each tick. */
export class Readings {
  readonly registers: Registry[];

  constructor(registry: Registry) {
    this.registers = [registry];
  }

  counter({ name, help }: Metric, read: () => number): void {
    new Counter({
      name,
      help,
      registers: this.registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  gauge({ name, help }: Metric, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: this.registers,
      collect() {
        this.set(read());
      },
    });
  }

  counters(
    { name, help, labels }: Metric & { readonly labels: readonly string[] },
    read: () => Iterable<Labelled>,
  ): void {
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: this.registers,
      collect() {
        this.reset();
        for (const [values, count] of read()) this.inc(values, count);
      },
    });
  }

  gauges(
    { name, help, labels }: Metric & { readonly labels: readonly string[] },
    read: () => Iterable<Labelled>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: this.registers,
      collect() {
        this.reset();
        for (const [values, value] of read()) this.set(values, value);
      },
    });
  }
}

/** Pairs as values of one label. */
export function* labelled(
  label: string,
  pairs: Iterable<readonly [value: string, count: number]>,
): Iterable<Labelled> {
  for (const [value, count] of pairs) yield [{ [label]: value }, count];
}
