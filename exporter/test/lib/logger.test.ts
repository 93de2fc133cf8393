import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { KymoError } from '../../src/lib/errors.js';
import { createLogger, type LoggerOptions, type RootLogger } from '../../src/lib/logger.js';
import { redact } from '../../src/lib/redact.js';

function setUp(options: LoggerOptions = {}): {
  logger: RootLogger;
  lines: string[];
  records: () => Record<string, unknown>[];
} {
  const lines: string[] = [];
  const logger = createLogger({ ...options, write: (line) => lines.push(line) });
  const records = (): Record<string, unknown>[] =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines, records };
}

describe('the logger', () => {
  test('writes one JSON object a line, with ISO time, level, component and fields', () => {
    const { logger, lines, records } = setUp();
    logger.child('http').warn('limit reached', { limit: 'rate', count: 3 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(records()[0]).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      component: 'http',
      message: 'limit reached',
      limit: 'rate',
      count: 3,
    });
  });

  test('leaves out what is below its level, which can be changed for children too', () => {
    const { logger, records } = setUp({ level: 'error' });
    const child = logger.child('a');
    child.warn('left out');
    logger.setLevel('debug');
    child.debug('written');
    expect(records().map(({ message }) => message)).toEqual(['written']);
  });

  test('masks secrets at any depth, in maps, lists and URLs', () => {
    const { logger, lines } = setUp();
    logger.error('push failed', {
      headers: { Authorization: 'Bearer hunter2', Cookie: 'a=hunter2' },
      list: [{ api_key: 'hunter2', token_file: 'hunter2' }],
      map: new Map([['password', 'hunter2']]),
      url: 'https://user:hunter2@example.com/x',
      error: new Error('cannot reach http://u:hunter2@example.com', {
        cause: new KymoError('x', 'http://hunter2@h'),
      }),
    });
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).toContain('https://********@example.com/x');
  });

  test('writes errors with type, code, message, stack and cause', () => {
    const { logger, records } = setUp();
    logger.error('it failed', {
      error: new KymoError('broken', 'no', { cause: new Error('why') }),
    });
    expect(records()[0].error).toMatchObject({
      type: 'KymoError',
      code: 'broken',
      message: 'no',
      stack: expect.stringContaining('logger.test') as string,
      cause: { type: 'Error', message: 'why' },
    });
  });

  test('survives what JSON cannot carry', () => {
    const circular: Record<string, unknown> = { big: 1n, nothing: undefined };
    circular.self = circular;
    expect(() => JSON.stringify(redact(circular))).not.toThrow();
  });

  test('writes lines to read as text, with stacks indented below', () => {
    const { logger, lines } = setUp({ format: 'text' });
    logger.child('http').info('listening', { url: 'http://127.0.0.1:1', note: 'two words', n: 1 });
    logger.error('failed', { error: new Error('why') });
    expect(lines[0]).toMatch(
      /^\S+Z INFO {2}\[http\] listening url=http:\/\/127.0.0.1:1 note="two words" n=1\n$/,
    );
    expect(lines[1]).toMatch(/^\S+Z ERROR failed\n {4}Error: why\n {8}at /);
  });

  test('lets nothing from outside steer the terminal or begin a line', () => {
    const { logger, lines } = setUp({ format: 'text' });
    logger.warn('bad request', { path: '/\u001b[31m\n2026 INFO forged', c1: '\u009b2J' });
    expect(lines[0].trimEnd()).not.toMatch(/\p{Cc}/u);
    expect(lines[0]).toContain('\\u001b');
  });

  test('writes to the standard output, whole, when the process ends after a flush', () => {
    const script = fileURLToPath(new URL('../../dist/lib/logger.js', import.meta.url));
    const code =
      `import { createLogger } from ${JSON.stringify(script)};` +
      "const logger = createLogger(); for (let i = 0; i < 1000; i++) logger.info('line', { i });" +
      'logger.flush(); process.exit(1);';
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
    });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1000);
    expect(JSON.parse(lines[999])).toMatchObject({ i: 999 });
  });
});
