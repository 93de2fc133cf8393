function special(value: number): string | undefined {
  if (value !== value) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return undefined;
}

/** Shifts the decimal point of `d.ddde±xx` into place. */
function withoutExponent(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign, head, fraction = ''] = match;
  const exponent = Number(match[4]);
  const digits = head + fraction;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return exponent >= fraction.length
    ? sign + digits + '0'.repeat(exponent - fraction.length)
    : `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/**
 * The shortest decimal digits that read back as `value`, never with an exponent: Go's
 * `strconv.FormatFloat(value, 'f', -1, 64)`, with which Prometheus prints expressions and labels.
 */
export function formatFloat(value: number): string {
  const text = special(value);
  if (text !== undefined) return text;
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const shortest = String(value);
  return shortest.includes('e') ? withoutExponent(shortest) : shortest;
}

/** Go writes at least two digits of an exponent. */
function padExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/**
 * A sample value as Prometheus's HTTP API writes it: as {@link formatFloat}, but with an exponent
 * below 1e-6 and from 1e21 on (util/jsonutil/marshal.go). JavaScript draws the line at the same
 * places.
 */
export function formatSampleValue(value: number): string {
  if (Number.isInteger(value) && value < 1e15 && value > -1e15) {
    return value === 0 && Object.is(value, -0) ? '-0' : String(value);
  }
  const text = special(value);
  if (text !== undefined) return text;
  const shortest = String(value);
  return shortest.includes('e') ? padExponent(shortest) : shortest;
}

/** Go's `%g`: shortest digits, with an exponent below 1e-4 and from 1e6 on. */
export function formatGeneral(value: number): string {
  const text = special(value);
  if (text !== undefined) return text;
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const exponential = value.toExponential();
  const exponent = Number(exponential.slice(exponential.indexOf('e') + 1));
  return exponent < -4 || exponent >= 6 ? padExponent(exponential) : formatFloat(value);
}

/** Go's `%.2g`: two significant digits, with an exponent below 1e-4 and from 100 on. */
export function formatTwoDigits(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatGeneral(value);
  const exponential = value.toExponential(1).replace('.0e', 'e');
  const exponent = Number(exponential.slice(exponential.indexOf('e') + 1));
  return exponent < -4 || exponent >= 2
    ? padExponent(exponential)
    : formatFloat(Number(exponential));
}
