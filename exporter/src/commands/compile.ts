import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { messageOf } from '../lib/errors.js';
import { compileConditions } from '../rules/conditions/compile.js';
import { ConditionError, type ConditionProblem } from '../rules/conditions/condition.js';
import { EXIT_FAILED, EXIT_FINE, UsageError, type Command, type Invocation } from './command.js';

const MAX_BYTES = 4 * 2 ** 20;

export const compile: Command = {
  name: 'compile',
  summary: 'Prints structured conditions as a Prometheus rule file.',
  usage: ['kymo compile <file>'],
  run: (invocation) => Promise.resolve(runCompile(invocation)),
};

function runCompile({ args, print, complain }: Invocation): number {
  const [file, ...others] = args;
  if (file === undefined || others.length > 0) throw new UsageError('give one file of conditions');
  if (file.startsWith('-')) throw new UsageError(`there is no flag ${file} here; give a file only`);
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length > MAX_BYTES) throw new Error('it is larger than 4MiB');
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  } catch (thrown) {
    complain(`${file}: cannot be read: ${messageOf(thrown)}\n`);
    return EXIT_FAILED;
  }
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  if (document.errors.length > 0) {
    for (const { pos, message } of document.errors) complain(`${place(pos[0])}: ${message}\n`);
    return EXIT_FAILED;
  }
  try {
    const { yaml, watches } = compileConditions(document.toJS());
    print(yaml);
    for (const { name, expr } of watches) {
      complain(`${file}: "${name}" needs a watch of that name, of the expression ${expr}\n`);
    }
    return EXIT_FINE;
  } catch (thrown) {
    if (!(thrown instanceof ConditionError)) throw thrown;
    for (const { path, message } of thrown.problems) {
      const what = path === '' ? message : `${path}: ${message}`;
      complain(`${place(offsetOf(document, path))}: ${what}\n`);
    }
    return EXIT_FAILED;
  }
}

/** Where the nearest thing to a path such as `conditions[2].for` stands. */
function offsetOf(document: Document.Parsed, path: ConditionProblem['path']): number {
  const keys = [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([key, index]) =>
    index === undefined ? key : Number(index),
  );
  for (let length = keys.length; length > 0; length--) {
    const node: unknown = document.getIn(keys.slice(0, length), true);
    if (typeof node !== 'object' || node === null || !('range' in node)) continue;
    if (Array.isArray(node.range)) return Number(node.range[0]);
  }
  return 0;
}
