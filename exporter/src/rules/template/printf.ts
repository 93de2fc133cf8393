import { quote } from '../../promql/literals.js';
import { formatGeneral } from '../../promql/number-format.js';
import { fixed, general, scientific } from './go-number.js';
import { typeName, valueText, type TemplateValue } from './values.js';

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d*))?([\s\S]?)/gu;
/** More would be an attack, not a layout. */
const MAX_WIDTH = 1000;

interface Layout {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Go's fmt.Sprintf for the values that templates have. */
export function printf(format: string, args: readonly TemplateValue[]): string {
  let next = 0;
  let text = format.replace(
    VERB,
    (_, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      if (verb === '') return '%!(NOVERB)';
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const layout = {
        flags,
        width: Math.min(Number(width ?? 0), MAX_WIDTH),
        precision: precision === undefined ? undefined : Math.min(Number(precision), 100),
        verb,
      };
      return formatted(args[next++], layout);
    },
  );
  if (next < args.length) {
    const rest = args.slice(next).map((arg) => `${typeName(arg)}=${valueText(arg)}`);
    text += `%!(EXTRA ${rest.join(', ')})`;
  }
  return text;
}

function formatted(value: TemplateValue, layout: Layout): string {
  const text = bodyOf(value, layout);
  const numeric = typeof value === 'number' || typeof value === 'bigint';
  if (text === undefined) {
    if (value === null) return `%!${layout.verb}(<nil>)`;
    return `%!${layout.verb}(${typeName(value)}=${valueText(value)})`;
  }
  return padded(numeric ? signed(text, layout.flags) : text, layout, numeric);
}

function signed(text: string, flags: string): string {
  const bare =
    text.startsWith('+') && !flags.includes('+') && text !== '+Inf' ? text.slice(1) : text;
  if (/^[-+]/.test(bare)) return bare;
  if (flags.includes('+')) return `+${bare}`;
  return flags.includes(' ') ? ` ${bare}` : bare;
}

function padded(text: string, { flags, width }: Layout, numeric: boolean): string {
  const lacking = width - [...text].length;
  if (lacking <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(lacking);
  if (!flags.includes('0') || (numeric && /Inf|NaN/.test(text))) return ' '.repeat(lacking) + text;
  const sign = numeric && /^[-+ ]/.test(text) ? text[0] : '';
  return sign + '0'.repeat(lacking) + text.slice(sign.length);
}

/** The value without padding; `undefined` where the verb is none for it. */
function bodyOf(value: TemplateValue, layout: Layout): string | undefined {
  const { verb, precision } = layout;
  if (verb === 'T') return typeName(value);
  if (verb === 'v' && typeof value !== 'number') return value === null ? '<nil>' : valueText(value);
  switch (typeof value) {
    case 'number':
      return floatText(value, layout);
    case 'bigint':
      return intText(value, layout);
    case 'string':
      return stringText(value, layout);
    case 'boolean':
      return verb === 't' ? String(value) : undefined;
    default:
      return value !== null && verb === 's' && precision === undefined
        ? valueText(value)
        : undefined;
  }
}

function floatText(value: number, { verb, precision }: Layout): string | undefined {
  switch (verb) {
    case 'f':
    case 'F':
      return fixed(value, precision ?? 6);
    case 'e':
      return scientific(value, precision ?? 6);
    case 'E':
      return scientific(value, precision ?? 6).toUpperCase();
    case 'g':
    case 'v':
      return precision === undefined ? formatGeneral(value) : general(value, precision);
    case 'G':
      return (
        precision === undefined ? formatGeneral(value) : general(value, precision)
      ).toUpperCase();
    default:
      return undefined;
  }
}

function intText(value: bigint, { verb, flags }: Layout): string | undefined {
  const prefix = (text: string): string => (flags.includes('#') ? text : '');
  const magnitude = value < 0n ? -value : value;
  const sign = value < 0n ? '-' : '';
  switch (verb) {
    case 'd':
      return String(value);
    case 'x':
      return sign + prefix('0x') + magnitude.toString(16);
    case 'X':
      return sign + prefix('0X') + magnitude.toString(16).toUpperCase();
    case 'o':
      return sign + prefix('0') + magnitude.toString(8);
    case 'b':
      return sign + prefix('0b') + magnitude.toString(2);
    case 'c':
      return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : '\ufffd';
    default:
      return undefined;
  }
}

function stringText(value: string, { verb, precision, flags }: Layout): string | undefined {
  const text = precision === undefined ? value : [...value].slice(0, precision).join('');
  switch (verb) {
    case 's':
      return text;
    case 'q':
      return flags.includes('#') && !text.includes('`') ? `\`${text}\`` : quote(text);
    case 'x':
      return Buffer.from(text).toString('hex');
    case 'X':
      return Buffer.from(text).toString('hex').toUpperCase();
    default:
      return undefined;
  }
}
