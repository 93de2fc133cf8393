import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { pluginFolder, root } from './places.js';
import { buildPlugin } from './plugin.js';

const app = 'kymo-live-app';

/** As far as packages are tested. */
interface Manifest {
  readonly id: string;
  readonly info: {
    readonly version: string;
    readonly updated: string;
    readonly keywords?: readonly string[];
    readonly description: string;
    readonly logos: { readonly small: string; readonly large: string };
    readonly screenshots?: readonly { readonly name: string; readonly path: string }[];
  };
  readonly includes?: readonly { readonly type: string; readonly path: string }[];
}

function run(script: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: path.join(root, 'plugin'),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(status, stdout + stderr).toBe(0);
  return stdout;
}

describe('what npm run package makes', { timeout: 120_000 }, () => {
  let tarball: readonly string[];
  let plugin: readonly string[];

  beforeAll(() => {
    buildPlugin();
    const lists = run(path.join(root, 'scripts/package.mjs'), '--files');
    ({ tarball, plugin } = JSON.parse(lists) as Record<'tarball' | 'plugin', readonly string[]>);
  });

  test('the tarball of the exporter has what it runs with, and nothing else', () => {
    for (const file of [
      'package.json',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'dist/main.js',
      'dist/kymo.js',
      'dist/kymo.d.ts',
      'dist/promql/query-worker.js',
      'dist/analysis/analysis-worker.js',
      'dist/preview/index.html',
      'node_modules/@kymo/contract/package.json',
      'node_modules/@kymo/contract/dist/index.js',
      'node_modules/@kymo/contract/dist/index.d.ts',
      'provisioning/datasources/kymo.yaml',
      'provisioning/dashboards/live-overview.json',
      'provisioning/kymo/rules/kpi.yml',
    ]) {
      expect(tarball).toContain(file);
    }
    const places = /^(dist|provisioning|node_modules\/@kymo\/contract)\/|^[^/]+$/;
    expect(tarball.filter((file) => !places.test(file))).toEqual([]);
    expect(
      tarball.filter((file) =>
        /\.map$|\.tsbuildinfo$|^dist\/.*\.tsx?$/.test(file.replace(/\.d\.ts$/, '')),
      ),
    ).toEqual([]);
  });

  test('the zip of the plugin is one folder, named as the app', () => {
    expect(plugin.filter((file) => !file.startsWith(`${app}/`))).toEqual([]);
    for (const file of ['plugin.json', 'module.js', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
      expect(plugin).toContain(`${app}/${file}`);
    }
  });

  test('each plugin in the zip has its module, map, pictures and today’s version', () => {
    const manifests = plugin.filter((file) => path.posix.basename(file) === 'plugin.json');
    expect(manifests).toHaveLength(7);
    for (const file of manifests) {
      const { info } = manifestOf(file);
      const folder = path.posix.dirname(file);
      expect(info.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(info.updated).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(info.description).not.toBe('');
      const pictures = [info.logos.small, info.logos.large];
      if (file !== `${app}/datasource/plugin.json`)
        expect(info.screenshots?.length).toBeGreaterThan(0);
      pictures.push(...(info.screenshots ?? []).map((shot) => shot.path));
      for (const part of ['module.js', 'module.js.map', ...pictures]) {
        expect(plugin).toContain(path.posix.join(folder, part));
      }
    }
  });

  test('the app names the plugins that are nested in it', () => {
    const { includes = [], info } = manifestOf(`${app}/plugin.json`);
    expect(info.keywords?.length).toBeGreaterThan(0);
    const nested = includes
      .filter(({ type }) => type !== 'page')
      .map((one) => `${app}/${one.path}`);
    const there = plugin.filter((file) => /\/.+\/plugin\.json$/.test(file));
    expect(nested.sort()).toEqual(there.sort());
  });

  test('modules are no larger than size-limit allows', () => {
    const sizes = run(path.join(root, 'node_modules/size-limit/bin.js'), '--json');
    const modules = JSON.parse(sizes) as readonly {
      readonly name: string;
      readonly passed: boolean;
    }[];
    expect(modules.filter(({ passed }) => !passed)).toEqual([]);
    expect(modules.map(({ name }) => name)).toEqual([
      'datasource',
      'panel kpi',
      'panel heatmap',
      'panel protocols',
      'panel alerts',
      'panel analysis',
      'app',
    ]);
  });
});

/** A plugin.json of the zip. */
function manifestOf(file: string): Manifest {
  const built = path.join(pluginFolder, path.posix.relative(app, file));
  return JSON.parse(readFileSync(built, 'utf8')) as Manifest;
}
