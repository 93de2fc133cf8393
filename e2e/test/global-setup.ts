import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './places.js';
import { grafanaHome } from './processes.js';

/** Once, before the first test: builds the plugin that every Grafana of the tests loads, where that is stale. */
export default function setup(): void {
  if (grafanaHome === undefined) return;
  const build = path.join(root, 'plugin/build.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [build, '--if-stale'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout + stderr);
}
