// Makes a checkout ready: installs what package-lock.json names and builds what is stale. Uses nothing
// that has to be installed first.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { hasStamp, writeStamp } from './stamp.mjs';

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

/** The compiler takes what is gone for up to date. */
const isGone = !existsSync(path.join(root, 'exporter/dist/main.js'));
const compiler = [
  path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
  '-b',
  ...(isGone ? ['--force'] : []),
];
const preview = [path.join(root, 'plugin/preview/build.js'), '--if-stale'];
const plugin = [path.join(root, 'plugin/build.js'), '--if-stale'];

/** Installs and builds all but the plugin, as far as something has changed. */
export function prepare() {
  prepareInstalled();
  must(process.execPath, compiler);
  must(process.execPath, preview);
}

/** Builds the folder that Grafana loads, when anything has changed that it is made of. */
export function preparePlugin() {
  must(process.execPath, plugin);
}

/** Installs only. */
export function prepareInstalled() {
  checkNode();
  install();
}

/**
 * Builds the plugin and the exporter side by side, and nothing else: tests and the preview take most of the time.
 * Each is a promise that rejects where its build fails.
 */
export function buildBeside() {
  const built = { plugin: beside(plugin), exporter: beside([...compiler, 'exporter']) };
  // Who waits for them may begin to later than they fail.
  for (const one of Object.values(built)) one.catch(() => undefined);
  return built;
}

function beside(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.relative(root, args[0])} has failed`));
    });
  });
}
