// `npm run build:plugin`: builds dist/, the folder that Grafana loads. With --if-stale only where something
// has changed that it is made of.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import webpack from 'webpack';
import { hasStamp, stampOf, writeStamp } from '../scripts/stamp.mjs';
import webpackConfig from './webpack.config.js';

const folder = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(folder, 'src');
const target = path.join(folder, 'dist');
const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** The app (`''`) and the plugins nested in it, each with a plugin.json and its pictures. */
const plugins = [
  '',
  'datasource',
  'panels/kpi',
  'panels/heatmap',
  'panels/analysis',
  'panels/protocols',
  'panels/alerts',
];

const sizeLimit = fileURLToPath(new URL('bin.js', import.meta.resolve('size-limit')));

/** Not in dist/, which is what users get. */
const stampFile = path.join(folder, '..', '.cache', 'plugin.sources');
const stamp = stampOf([
  'package-lock.json',
  'exporter/contract/src',
  'plugin/src',
  'plugin/package.json',
  'plugin/webpack.config.js',
  'plugin/build.js',
  'plugin/.size-limit.json',
  'plugin/README.md',
  'CHANGELOG.md',
  'LICENSE',
  'docs/img',
]);
const isFresh = existsSync(path.join(target, 'module.js')) && hasStamp(stampFile, stamp);
if (process.argv.includes('--if-stale') && isFresh) process.exit();
rmSync(stampFile, { force: true });

const stats = await new Promise((resolve, reject) => {
  webpack(webpackConfig, (error, result) => (error ? reject(error) : resolve(result)));
});
if (stats.hasErrors()) {
  console.error(stats.toString({ colors: process.stderr.isTTY, all: false, errors: true }));
  process.exit(1);
}

for (const plugin of plugins) {
  mkdirSync(path.join(target, plugin), { recursive: true });
  cpSync(path.join(source, plugin, 'img'), path.join(target, plugin, 'img'), { recursive: true });
  const meta = readFileSync(path.join(source, plugin, 'plugin.json'), 'utf8')
    .replaceAll('%VERSION%', version)
    .replaceAll('%TODAY%', new Date().toISOString().slice(0, 10));
  const built = { ...JSON.parse(meta), buildMode: 'production' };
  writeFileSync(path.join(target, plugin, 'plugin.json'), `${JSON.stringify(built, null, 2)}\n`);
  if (plugin === '') copyDashboards(built.info.screenshots);
}
for (const file of ['LICENSE', 'CHANGELOG.md']) {
  copyFileSync(path.join(folder, '..', file), path.join(target, file));
}
copyFileSync(path.join(folder, 'README.md'), path.join(target, 'README.md'));

/** Pictures of dashboards are those of the documentation; panels have theirs beside them. */
function copyDashboards(screenshots) {
  for (const picture of screenshots.map((shot) => shot.path)) {
    if (!picture.startsWith('img/')) continue;
    copyFileSync(path.join(folder, '..', 'docs', picture), path.join(target, picture));
  }
}

// What a dashboard waits for, gzipped: the limits are in .size-limit.json.
const sizes = spawnSync(process.execPath, [sizeLimit], { cwd: folder, encoding: 'utf8' });
console.log(sizes.stdout);
if (sizes.status === 0) {
  writeStamp(stampFile, stamp);
} else {
  console.error(`${sizes.stderr}\nA module is larger than its limit: see what has come into it.`);
  process.exitCode = 1;
}
