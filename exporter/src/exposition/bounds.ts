import type { ExpositionFormat } from './negotiate.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const INFINITY = /^[+-]?inf(inity)?$/i;

/** The number that a `le` or `quantile` label stands for; NaN where it is none. */
export function parseBound(text: string): number {
  if (NUMBER.test(text)) return Number(text);
  if (INFINITY.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return NaN;
}

/**
 * The one spelling of a bound in a format. Text: the shortest decimal, as prom-client writes it
 * (`1`, `1048576`). OpenMetrics: as its section on canonical numbers has it, always a float, with an
 * exponent below 1e-4 and from 1e6 on (`1.0`, `1.048576e+06`).
 */
export function formatBound(bound: number, format: ExpositionFormat): string {
  if (bound === Infinity) return '+Inf';
  if (bound === -Infinity) return '-Inf';
  if (format === 'text') return String(bound);
  const [mantissa, exponent] = bound.toExponential().split('e');
  const power = Number(exponent);
  if (bound !== 0 && (power < -4 || power >= 6)) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const text = String(bound);
  return text.includes('.') ? text : `${text}.0`;
}
