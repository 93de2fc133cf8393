// Makes a checkout ready: installs what package-lock.json names and builds what is stale. Uses nothing
// that has to be installed first.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

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
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  must(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Compiles every package; the compiler skips what is up to date. */
function build() {
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  must(process.execPath, [compiler, '-b']);
}

/** Bundles the page that the exporter serves, when anything has changed that it is made of. */
function buildPreview() {
  const hash = createHash('sha256');
  hash.update(readFileSync(path.join(root, 'package-lock.json')));
  for (const folder of ['exporter/contract/src', 'plugin/src', 'plugin/preview']) {
    const entries = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      hash.update(path.relative(root, file)).update(readFileSync(file));
    }
  }
  const wanted = hash
    .update(readFileSync(path.join(root, 'plugin/webpack.config.js')))
    .digest('hex');
  const stamp = path.join(root, 'exporter/dist/preview/.sources');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  must(process.execPath, [path.join(root, 'plugin/preview/build.js')]);
  writeFileSync(stamp, wanted);
}

export function prepare() {
  checkNode();
  install();
  build();
  buildPreview();
}
