import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

test(
  'the tarball of the exporter has what it runs with, and nothing else',
  { timeout: 120_000 },
  () => {
    const script = path.join(root, 'scripts/package.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--files'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    expect(status, stderr).toBe(0);
    const files = JSON.parse(stdout) as readonly string[];
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
      expect(files).toContain(file);
    }
    const places = /^(dist|provisioning|node_modules\/@kymo\/contract)\/|^[^/]+$/;
    expect(files.filter((file) => !places.test(file))).toEqual([]);
    expect(
      files.filter((file) =>
        /\.map$|\.tsbuildinfo$|^dist\/.*\.tsx?$/.test(file.replace(/\.d\.ts$/, '')),
      ),
    ).toEqual([]);
  },
);
