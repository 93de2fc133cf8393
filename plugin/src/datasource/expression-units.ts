import type { PrometheusClient } from './prometheus.js';
import { grafanaUnit, unitOfExpression, type MetricUnits } from './units.js';

/** The units of expressions, from what the exporter says of its metrics and from their names. */
export class ExpressionUnits {
  readonly #client: Pick<PrometheusClient, 'units'>;
  readonly #known = new Map<string, string | undefined>();
  #units: MetricUnits = {};
  #asked: Promise<void> | undefined;

  constructor(client: Pick<PrometheusClient, 'units'>) {
    this.#client = client;
  }

  /** Grafana's id, as far as it is known at the moment; `undefined` where it is not. */
  known(expr: string): string | undefined {
    this.#asked ??= this.#ask();
    return grafanaUnit(this.#baseUnit(expr));
  }

  /** As {@link known}, when the exporter has been asked. */
  async of(expr: string): Promise<string | undefined> {
    return grafanaUnit(await this.baseOf(expr));
  }

  /** The base unit, such as `seconds`, when the exporter has been asked. */
  async baseOf(expr: string): Promise<string | undefined> {
    await (this.#asked ??= this.#ask());
    return this.#baseUnit(expr);
  }

  #baseUnit(expr: string): string | undefined {
    if (!this.#known.has(expr)) this.#known.set(expr, unitOfExpression(expr, this.#units));
    return this.#known.get(expr);
  }

  async #ask(): Promise<void> {
    try {
      this.#units = await this.#client.units();
      this.#known.clear();
    } catch {
      // Names say most of it; whoever asks next time asks the exporter again.
      this.#asked = undefined;
    }
  }
}
