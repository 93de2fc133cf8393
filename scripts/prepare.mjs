// Makes a checkout ready: installs what package-lock.json names and builds what is stale. Uses nothing
// that has to be installed first.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { hasStamp, stampOf, writeStamp } from './stamp.mjs';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Runs a program and ends this process with its exit code where it fails. */
function must(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) {
    console.error(`${command} could not be run: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Kymo needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Installs when node_modules is missing or was made from another lock file or Node version. */
function install() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).update(process.versions.modules).digest('hex');
  const stamp = path.join(root, 'node_modules', '.kymo-lock');
  if (hasStamp(stamp, wanted)) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  must(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeStamp(stamp, wanted);
}

/** Compiles every package; the compiler skips what is up to date. */
function build() {
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  must(process.execPath, [compiler, '-b']);
}

/** Bundles the page that the exporter serves, when anything has changed that it is made of. */
function buildPreview() {
  const wanted = stampOf([
    'package-lock.json',
    'exporter/contract/src',
    'plugin/src',
    'plugin/preview',
    'plugin/webpack.config.js',
  ]);
  const stamp = path.join(root, 'exporter/dist/preview/.sources');
  if (hasStamp(stamp, wanted)) return;
  must(process.execPath, [path.join(root, 'plugin/preview/build.js')]);
  writeStamp(stamp, wanted);
}

export function prepare() {
  checkNode();
  install();
  build();
  buildPreview();
}

/** Builds the folder that Grafana loads, when anything has changed that it is made of. */
export function preparePlugin() {
  must(process.execPath, [path.join(root, 'plugin/build.js'), '--if-stale']);
}
