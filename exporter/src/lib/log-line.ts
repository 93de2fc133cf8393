/**
 * A JSON log line as one to read:
 * `2026-01-31T12:00:00.000Z WARN  [http] limit reached limit=rate count=3`. Stacks follow, indented.
 */
export function formatLogLine(line: string): string {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof record !== 'object' || record === null) return line;
  const { time, level, component, message, ...fields } = record as Record<string, unknown>;
  const parts = [text(time), text(level).toUpperCase().padEnd(5)];
  if (component !== undefined) parts.push(`[${text(component)}]`);
  parts.push(text(message));
  const stacks: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    const stack = stackOf(value);
    if (stack === undefined) parts.push(`${key}=${quote(value)}`);
    else stacks.push(stack);
  }
  return [parts.join(' '), ...stacks].join('\n') + '\n';
}

// What comes from outside must not steer the terminal or begin a line of its own.
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;

function text(value: unknown): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return plain.replace(CONTROL, escapeCharacter);
}

function quote(value: unknown): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value);
  const written = /^[^\s"=]+$/.test(plain) || typeof value !== 'string';
  return (written ? plain : JSON.stringify(value)).replace(CONTROL, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function stackOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('stack' in value)) return undefined;
  if (typeof value.stack !== 'string') return undefined;
  const indented = value.stack
    .split('\n')
    .map((line) => `    ${line.replace(CONTROL, escapeCharacter)}`)
    .join('\n');
  const cause = 'cause' in value ? stackOf(value.cause) : undefined;
  return cause === undefined ? indented : `${indented}\n    caused by:\n${cause}`;
}
