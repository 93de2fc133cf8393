import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { pluginFolder, root } from './places.js';

/** Builds the plugin where it is stale. */
export function buildPlugin(): void {
  const build = path.join(root, 'plugin/build.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [build, '--if-stale'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout + stderr);
}

/** A Grafana's environment in which it loads our plugin, which the global set-up has built. */
export function pluginEnvironment(): Readonly<Record<string, string>> {
  const plugins = path.join(root, '.cache/grafana-plugins');
  mkdirSync(plugins, { recursive: true });
  try {
    symlinkSync(path.relative(plugins, pluginFolder), path.join(plugins, 'kymo-live-app'));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
  return {
    GF_PATHS_PLUGINS: plugins,
    GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: pluginIds().join(','),
  };
}

/** The app and what is nested in it. */
function pluginIds(): string[] {
  return readdirSync(pluginFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'plugin.json')
    .map((file) => readFileSync(path.join(pluginFolder, file), 'utf8'))
    .map((text) => (JSON.parse(text) as { id: string }).id);
}
