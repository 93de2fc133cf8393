import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const { services, volumes } = parse(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as Compose;
const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');

describe('docker-compose.yml', () => {
  it.each(Object.entries(services))('%s mounts what is there', (_name, service) => {
    for (const [source] of (service.volumes ?? []).map((volume) => volume.split(':'))) {
      if (source.startsWith('./'))
        expect([source, existsSync(path.join(root, source))]).toEqual([source, true]);
      else if (!source.startsWith('/')) expect(Object.keys(volumes)).toContain(source);
    }
  });

  it.each(Object.entries(services))('%s waits for what can be waited for', (_name, service) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(services)).toContain(other);
      if (condition !== 'service_healthy') continue;
      const isChecked =
        services[other].healthcheck !== undefined || dockerfile.includes('HEALTHCHECK');
      expect([other, isChecked]).toEqual([other, true]);
    }
  });

  it.each(Object.entries(services))('%s has an image of a version', (_name, service) => {
    expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/);
    if (service.build === undefined) return;
    expect(dockerfile).toMatch(new RegExp(`^FROM .* AS ${service.build.target}$`, 'm'));
  });

  it('listens on loopback only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('runs programs that are there', () => {
    const programs = Object.values(services)
      .flatMap((service) => service.entrypoint ?? [])
      .filter((word) => word.startsWith('/app/'));
    expect(programs.length).toBeGreaterThan(0);
    for (const program of programs) {
      expect([program, existsSync(path.join(root, program.slice('/app/'.length)))]).toEqual([
        program,
        true,
      ]);
    }
  });

  it('uses every volume that it names', () => {
    const used = Object.values(services)
      .flatMap((service) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0]);
    expect(Object.keys(volumes).filter((volume) => !used.includes(volume))).toEqual([]);
  });
});

/** How Compose is called here; `undefined` where it is not installed; version 1 knew less. */
function compose(): readonly string[] | undefined {
  return [['docker', 'compose'], ['docker-compose']].find(([program, ...args]) => {
    const asked = spawnSync(program, [...args, 'version', '--short'], { encoding: 'utf8' });
    return asked.status === 0 && !asked.stdout.startsWith('1.');
  });
}

interface Resolved {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly environment?: Readonly<Record<string, string>>;
        readonly command?: readonly string[];
      }
    >
  >;
}

const call = compose();
if (call === undefined) {
  process.stderr.write('\n*** Docker Compose is not installed: its own check DID NOT RUN. ***\n\n');
}

describe.skipIf(call === undefined)('docker compose config', () => {
  /** What Compose makes of the file, with these variables; it reads no `.env` of somebody's folder. */
  const resolve = (variables: Readonly<Record<string, string>>): Resolved => {
    const [program, ...args] = call ?? [];
    const { status, stdout, stderr } = spawnSync(
      program,
      [...args, '--env-file', '/dev/null', 'config', '--format', 'json'],
      {
        cwd: root,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
      },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return JSON.parse(stdout) as Resolved;
  };

  it('takes the file as it is, without a variable set', () => {
    const resolved = resolve({});
    expect(Object.keys(resolved.services).sort()).toEqual(Object.keys(services).sort());
    expect(resolved.services.exporter.command).toEqual(['demo']);
    expect(resolved.services.grafana.environment).toMatchObject({
      KYMO_ALERT_WEBHOOK: 'http://alert-log:8080/',
    });
  });

  it('takes what is to be run and where alerts go from the environment', () => {
    const resolved = resolve({
      KYMO_COMMAND: 'start',
      KYMO_ALERT_WEBHOOK: 'https://hooks.example/alerts',
    });
    expect(resolved.services.exporter.command).toEqual(['start']);
    expect(resolved.services.grafana.environment).toMatchObject({
      KYMO_ALERT_WEBHOOK: 'https://hooks.example/alerts',
    });
  });
});
