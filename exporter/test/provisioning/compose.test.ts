import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Service {
  readonly image: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const { services } = parse(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as { services: Readonly<Record<string, Service>> };

const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;
if (!hasCompose) {
  process.stderr.write(
    '\n*** docker compose is not here: its check of the file DID NOT RUN. ***\n\n',
  );
}

describe('docker-compose.yml', () => {
  it('has images of a version each, and ports for this machine only', () => {
    for (const [name, { image, ports = [] }] of Object.entries(services)) {
      expect(image, name).toMatch(/:v?\d+\.\d+\.\d+$/);
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('locks the exporter in', () => {
    const { exporter } = services;
    expect(exporter).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    const ofHost = exporter.volumes?.filter((volume) => volume.startsWith('/')) ?? [];
    expect(ofHost.length).toBe(3);
    for (const volume of ofHost) expect(volume).toMatch(/:ro(,|$)/);
    const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(
      /AS exporter[\s\S]*\nUSER node\n[\s\S]*HEALTHCHECK[\s\S]*AS grafana/,
    );
  });

  it('has no secret in it', () => {
    for (const { environment = {} } of Object.values(services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/SECRET|TOKEN|PASSWORD/.test(name)) expect(value).toMatch(/^\/run\/kymo\//);
      }
    }
  });

  it.skipIf(!hasCompose)('is right to docker compose', () => {
    const { status, stderr } = spawnSync('docker', ['compose', 'config', '--quiet'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});
