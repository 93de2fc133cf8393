/** One element of an `Accept` or `Accept-Encoding` header. */
export interface Preference {
  /** Media range or coding, in lower case. */
  readonly value: string;
  /** Parameters other than `q`; names in lower case, values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 (not acceptable) to 1; 1 where it is absent or no number. */
  readonly quality: number;
}

const ELEMENT = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETER = /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/g;

/** The elements of a header with quality values (RFC 9110, section 12.4.2), in their order. */
export function parsePreferences(header: string): Preference[] {
  const preferences: Preference[] = [];
  for (const [element] of header.matchAll(ELEMENT)) {
    const [value, ...rest] = Array.from(element.matchAll(PARAMETER), ([part]) => part.trim());
    if (value === undefined || value === '') continue;
    const parameters = new Map<string, string>();
    for (const parameter of rest) {
      const equals = parameter.indexOf('=');
      if (equals < 0) continue;
      const name = parameter.slice(0, equals).trim().toLowerCase();
      parameters.set(name, unquote(parameter.slice(equals + 1).trim()));
    }
    const quality = Number(parameters.get('q') ?? 1);
    parameters.delete('q');
    preferences.push({
      value: value.toLowerCase(),
      parameters,
      quality: Number.isNaN(quality) ? 1 : Math.min(1, Math.max(0, quality)),
    });
  }
  return preferences;
}

function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text;
}
