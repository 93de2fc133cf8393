// Test runners, and what all of them say together.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './prepare.mjs';

/** Runs Vitest; how many tests passed, failed and were skipped. */
export function runVitest(args) {
  const report = path.join(root, '.cache', 'tests.json');
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return counted('Vitest', status, () => {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    // A file that cannot be loaded counts no test as failed.
    const broken = result.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
    );
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + broken.length,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  });
}

/** What a runner's report says; one failure where it left none, or has failed without saying of what. */
function counted(name, status, read) {
  try {
    const counts = read();
    if (status === 0 || counts.failed > 0) return counts;
    console.error(`${name} has ended with exit code ${status}.`);
    return { ...counts, failed: 1 };
  } catch (error) {
    console.error(`${name} left no report: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Prints the sum of what runners said as the last line, and fails this process where a test has failed. */
export function conclude(counts) {
  const sum = (key) => counts.reduce((total, one) => total + one[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}
