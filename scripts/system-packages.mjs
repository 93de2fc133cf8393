// The programs of other projects that the tests run beside ours, by Debian package.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const packages = [
  { name: 'prometheus', proof: '/usr/bin/promtool' },
  { name: 'prometheus-alertmanager', proof: '/usr/bin/prometheus-alertmanager' },
  { name: 'prometheus-node-exporter', proof: '/usr/bin/prometheus-node-exporter' },
  { name: 'python3-prometheus-client', proof: '/usr/lib/python3/dist-packages/prometheus_client' },
];

const apt = (args) =>
  spawnSync('apt-get', args, {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

/**
 * Installs what is missing where that is allowed, and otherwise says which command would. Tests that
 * need a program which is not there fail in CI and are skipped elsewhere.
 */
export function installSystemPackages() {
  const missing = packages.filter(({ proof }) => !existsSync(proof)).map(({ name }) => name);
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const root = process.getuid?.() === 0;
  if (root && existsSync('/usr/bin/apt-get')) {
    if (apt(install) || (apt(['update']) && apt(install))) return;
  }
  console.error(`Missing for the tests: ${missing.join(' ')}. Install with:`);
  console.error(`  sudo apt-get ${install.join(' ')}`);
}
