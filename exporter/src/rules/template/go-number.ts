/**
 * Go rounds to even where a number lies exactly between two decimals; JavaScript rounds away from
 * zero. `[digits, exponent]` of `0.d₁d₂… × 10^exponent`, rounded to `count` digits.
 */
function roundedDigits(value: number, count: number): readonly [digits: string, exponent: number] {
  // A hundred digits after the first tell a tie from what is near to one.
  const exact = Math.abs(value).toExponential(100);
  const at = exact.indexOf('e');
  const exponent = Number(exact.slice(at + 1)) + 1;
  const all = exact[0] + exact.slice(2, at);
  if (count < 0) return ['', exponent];
  const kept = all.slice(0, count);
  const rest = all.slice(count);
  const half = `5${'0'.repeat(Math.max(0, rest.length - 1))}`;
  const odd = count > 0 && Number(kept[count - 1]) % 2 === 1;
  if (rest < half || (rest === half && !odd)) return [kept, exponent];
  const next = (BigInt(kept === '' ? '0' : kept) + 1n).toString().padStart(count, '0');
  return next.length > count ? [next.slice(0, Math.max(count, 1)), exponent + 1] : [next, exponent];
}

const sign = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '');

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : undefined;
}

function withExponent(digits: string, exponent: number): string {
  const power = exponent - 1;
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(power)).padStart(2, '0');
  return `${digits[0]}${fraction}e${power < 0 ? '-' : '+'}${size}`;
}

/** Go's `%.<precision>f`. */
export function fixed(value: number, precision: number): string {
  const text = special(value);
  if (text !== undefined) return text;
  if (Math.abs(value) >= 1e21) {
    const whole = BigInt(value).toString();
    return precision > 0 ? `${whole}.${'0'.repeat(precision)}` : whole;
  }
  const exponent = value === 0 ? 0 : Number(Math.abs(value).toExponential(100).split('e')[1]) + 1;
  const wanted = exponent + precision;
  const [digits, shifted] = value === 0 || wanted < 0 ? ['', 0] : roundedDigits(value, wanted);
  const places = digits.length - shifted;
  const padded =
    digits === ''
      ? '0'.repeat(precision + 1)
      : (digits + '0'.repeat(Math.max(0, precision - places))).padStart(precision + 1, '0');
  const split = padded.length - precision;
  const whole = padded.slice(0, split) || '0';
  return sign(value) + whole + (precision > 0 ? `.${padded.slice(split)}` : '');
}

/** Go's `%.<precision>e`. */
export function scientific(value: number, precision: number): string {
  const text = special(value);
  if (text !== undefined) return text;
  if (value === 0) return sign(value) + withExponent('0'.repeat(precision + 1), 1);
  const [digits, exponent] = roundedDigits(value, precision + 1);
  return sign(value) + withExponent(digits.padEnd(precision + 1, '0'), exponent);
}

/** Go's `%.<precision>g`: that many digits, without zeros at the end. */
export function general(value: number, precision: number): string {
  const text = special(value);
  if (text !== undefined) return text;
  if (value === 0) return `${sign(value)}0`;
  const count = Math.max(1, precision);
  const [rounded, exponent] = roundedDigits(value, count);
  const digits = rounded.replace(/0+$/, '');
  // strconv: %e where the exponent is below −4 or not below the precision.
  const most = count > digits.length && digits.length >= exponent ? digits.length : count;
  if (exponent - 1 < -4 || exponent - 1 >= most) {
    return sign(value) + withExponent(digits, exponent);
  }
  if (exponent <= 0) return `${sign(value)}0.${'0'.repeat(-exponent)}${digits}`;
  const whole = digits.slice(0, exponent).padEnd(exponent, '0');
  const fraction = digits.slice(exponent);
  return sign(value) + whole + (fraction === '' ? '' : `.${fraction}`);
}
