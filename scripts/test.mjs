// `npm test [-- vitest arguments]`: installs and builds what is missing, then runs every test.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { prepare, root } from './prepare.mjs';
import { installSystemPackages } from './system-packages.mjs';

prepare();
installSystemPackages();

const report = path.join(root, '.cache', 'tests.json');
mkdirSync(path.dirname(report), { recursive: true });
rmSync(report, { force: true });
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const run = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);

let failed = 0;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  failed = result.numFailedTests;
  // A file that cannot be loaded counts no test as failed.
  const broken = result.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  failed += broken.length;
  const skipped = result.numPendingTests + result.numTodoTests;
  console.log(`${result.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
} catch (error) {
  console.error(`The test runner left no report: ${error.message}`);
  console.log('0 passed, 1 failed, 0 skipped');
  failed = 1;
}
process.exitCode = run.status === 0 && failed === 0 ? 0 : 1;
