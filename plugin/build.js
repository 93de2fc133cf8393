// `npm run build:plugin`: builds dist/, the folder that Grafana loads. With --if-stale only where something
// has changed that it is made of; with --watch without compression, and again whenever something changes.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import webpack from 'webpack';
import { hasStamp, stampOf, writeStamp } from '../scripts/stamp.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const isWatching = process.argv.includes('--watch');

/** Not in dist/, which is what users get. */
const stampFile = path.join(folder, '..', '.cache', 'plugin.sources');
const stamp = stampOf([
  'package-lock.json',
  'exporter/contract/src',
  'plugin/src',
  'plugin/package.json',
  'plugin/.config',
  'plugin/webpack.config.ts',
  'plugin/webpack.common.js',
  'plugin/build.js',
  'plugin/.size-limit.json',
  'plugin/README.md',
  'CHANGELOG.md',
  'LICENSE',
  'docs/img',
]);
const isFresh = existsSync(path.join(folder, 'dist/module.js')) && hasStamp(stampFile, stamp);
if (process.argv.includes('--if-stale') && isFresh) process.exit();
rmSync(stampFile, { force: true });

// create-plugin's configuration looks for the plugin where it runs. Node 20 does not read TypeScript by itself.
process.chdir(folder);
const configure = await createJiti(import.meta.url).import('./webpack.config.ts', {
  default: true,
});
const compiler = webpack(
  await configure(isWatching ? { development: true } : { production: true }),
);

/** Prints what has gone wrong, and says whether nothing has. */
function report(error, stats) {
  const isBuilt = error === null && !stats.hasErrors();
  const wrong =
    error ?? stats?.toString({ colors: process.stderr.isTTY, all: false, errors: true });
  if (!isBuilt) console.error(wrong);
  return isBuilt;
}

/** What a dashboard waits for, gzipped: the limits are in .size-limit.json. */
function checkSizes() {
  const sizeLimit = fileURLToPath(new URL('bin.js', import.meta.resolve('size-limit')));
  const sizes = spawnSync(process.execPath, [sizeLimit], { encoding: 'utf8' });
  console.log(sizes.stdout);
  if (sizes.status === 0) return true;
  console.error(`${sizes.stderr}\nA module is larger than its limit: see what has come into it.`);
  return false;
}

if (isWatching) {
  compiler.watch({}, (error, stats) => {
    if (report(error, stats)) console.log(`Built in ${stats.endTime - stats.startTime} ms.`);
  });
} else {
  compiler.run((error, stats) => {
    if (report(error, stats) && checkSizes()) writeStamp(stampFile, stamp);
    else process.exitCode = 1;
    compiler.close(() => undefined);
  });
}
