import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs a tool of node_modules in the repository and returns its exit code and output. */
function run(tool: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules', tool), ...args],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return { status, output: stdout + stderr };
}

const cruise = (): { status: number | null; output: string } =>
  run(
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.ci/dependency-cruiser.cjs',
    'exporter/src',
    'exporter/contract/src',
    'exporter/test',
    'e2e/test',
    'plugin/src',
  );

describe('the repository', { timeout: 300_000 }, () => {
  test('passes ESLint', () => {
    const { status, output } = run('eslint/bin/eslint.js', '--config', '.ci/eslint.config.js', '.');
    expect(output).toBe('');
    expect(status).toBe(0);
  });

  test('is formatted with Prettier', () => {
    const { status, output } = run('prettier/bin/prettier.cjs', '--check', '.');
    expect(output).toContain('All matched files use Prettier code style!');
    expect(status).toBe(0);
  });

  test('has the dashboards that their generator writes', () => {
    const { status, output } = run('../scripts/dashboards.mjs', '--check');
    expect(output).toBe('');
    expect(status).toBe(0);
  });

  test('has no unused files, exports or dependencies', () => {
    const { status, output } = run(
      'knip/bin/knip.js',
      '--config',
      '.ci/knip.json',
      '--no-config-hints',
    );
    expect(output).toBe('');
    expect(status).toBe(0);
  });
});

describe('import directions', { timeout: 120_000 }, () => {
  const planted = [
    ['exporter/src/series/planted-import.ts', "import '../http/server.js';\n", 'series-on-lib'],
    [
      'exporter/src/exposition/planted-import.ts',
      "import '../http/server.js';\n",
      'exposition-meets-no-sibling',
    ],
    ['exporter/contract/src/planted-import.ts', "import 'node:fs';\n", 'contract-is-pure'],
    [
      'plugin/src/planted-import.ts',
      "import '../../exporter/src/kymo.js';\n",
      'plugin-crosses-only-to-contract',
    ],
  ] as const;

  afterEach(() => {
    for (const [file] of planted) rmSync(path.join(root, file), { force: true });
  });

  test('are kept', () => {
    const { status, output } = cruise();
    expect(output).toContain('no dependency violations found');
    expect(status).toBe(0);
  });

  test('are refused where a forbidden import is planted', () => {
    for (const [file, text] of planted) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
    const { status, output } = cruise();
    expect(status).not.toBe(0);
    for (const [, , rule] of planted) expect(output).toContain(rule);
  });
});
