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

/** Runs the tests with Grafana's own fixtures for Playwright; counts as {@link runVitest} does. */
export function runPlaywright(args) {
  const report = path.join(root, '.cache', 'playwright.json');
  rmSync(report, { force: true });
  const program = path.join(root, 'node_modules', '@playwright', 'test', 'cli.js');
  const config = path.join(root, 'e2e', 'playwright', 'playwright.config.ts');
  const { status } = spawnSync(process.execPath, [program, 'test', '--config', config, ...args], {
    // Where plugin-e2e keeps the cookies of its own requests.
    cwd: path.dirname(report),
    stdio: 'inherit',
  });
  return counted('Playwright', status, () => {
    const { expected, flaky, unexpected, skipped } = JSON.parse(readFileSync(report, 'utf8')).stats;
    return { passed: expected + flaky, failed: unexpected, skipped };
  });
}

/**
 * Runs all tests of both, or those that arguments name: of Playwright where they name its folder, of Vitest
 * otherwise.
 * @param {readonly string[]} args as from the command line
 * @param {readonly string[]} always for Vitest, whatever is named
 */
export function runTests(args, always = []) {
  const ofPlaywright = args.filter((arg) => arg.startsWith('e2e/playwright'));
  if (ofPlaywright.length > 0)
    return [runPlaywright(ofPlaywright.map((arg) => path.basename(arg)))];
  const counts = [runVitest([...always, ...args])];
  return args.length > 0 ? counts : [...counts, runPlaywright([])];
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
