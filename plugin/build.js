// `npm run build:plugin`: builds dist/, the folder that Grafana loads. With --if-stale only where something
// has changed that it is made of.
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
import { gzipSync } from 'node:zlib';
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

/** KiB of a module, gzipped: what a dashboard waits for. */
const BUDGETS = { datasource: 150, other: 100 };

/** Not in dist/, which is what users get. */
const stampFile = path.join(folder, '..', '.cache', 'plugin.sources');
const stamp = stampOf([
  'package-lock.json',
  'exporter/contract/src',
  'plugin/src',
  'plugin/package.json',
  'plugin/webpack.config.js',
  'plugin/build.js',
  'plugin/README.md',
  'CHANGELOG.md',
  'LICENSE',
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
  const meta = readFileSync(path.join(source, plugin, 'plugin.json'), 'utf8')
    .replaceAll('%VERSION%', version)
    .replaceAll('%TODAY%', new Date().toISOString().slice(0, 10));
  const built = { ...JSON.parse(meta), buildMode: 'production' };
  writeFileSync(path.join(target, plugin, 'plugin.json'), `${JSON.stringify(built, null, 2)}\n`);
  cpSync(path.join(source, plugin, 'img'), path.join(target, plugin, 'img'), { recursive: true });
}
copyFileSync(path.join(folder, 'README.md'), path.join(target, 'README.md'));
copyFileSync(path.join(folder, '..', 'CHANGELOG.md'), path.join(target, 'CHANGELOG.md'));
copyFileSync(path.join(folder, '..', 'LICENSE'), path.join(target, 'LICENSE'));

let tooLarge = false;
for (const { name } of stats.toJson({ all: false, assets: true }).assets) {
  const file = path.join(target, name.replace(/\?.*$/, ''));
  if (!file.endsWith('.js')) continue;
  const size = gzipSync(readFileSync(file)).length / 1024;
  const budget = name.startsWith('datasource/') ? BUDGETS.datasource : BUDGETS.other;
  console.log(`${path.relative(target, file)} ${size.toFixed(1)} of ${budget} KiB gzipped`);
  tooLarge ||= size > budget;
}
if (tooLarge) {
  console.error('A module is larger than its budget: see what has come into it.');
  process.exitCode = 1;
} else {
  writeStamp(stampFile, stamp);
}
