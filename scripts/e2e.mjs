// `npm run e2e [-- files or Vitest's arguments]`: the tests in e2e/, against real peers. Grafana is among them where
// GRAFANA_HOME names the folder of one, or GRAFANA_URL the address of one that runs.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { prepare, preparePlugin } from './prepare.mjs';
import { conclude, runTests } from './runners.mjs';
import { installSystemPackages } from './system-packages.mjs';

const { GRAFANA_HOME: home, GRAFANA_URL: url } = process.env;

/** What is said of Grafana, before and after the tests. */
function sayOfGrafana() {
  if (home !== undefined)
    return `Grafana of ${home}${url ? '; GRAFANA_URL is not used beside it' : ''}`;
  if (url !== undefined) {
    return (
      `Grafana at ${url}: dashboards, panels, Explore and datasource were looked at. Nothing was changed but\n` +
      'that a datasource was made and taken away again.\n' +
      'What needs a Grafana of its own (files marked DID NOT RUN above) was skipped: set GRAFANA_HOME.'
    );
  }
  return (
    'NO TEST OF GRAFANA DID RUN. Set GRAFANA_HOME to the folder of a Grafana (12.3 or later) with bin/grafana,\n' +
    'conf/ and public/, or GRAFANA_URL to the address of one that runs with Kymo (as `npm run grafana` does).'
  );
}

if (home !== undefined && !existsSync(path.join(home, 'bin', 'grafana'))) {
  console.error(`GRAFANA_HOME is ${home}, and there is no bin/grafana in it.`);
  process.exit(2);
}
if (url !== undefined && !URL.canParse(url)) {
  console.error(`GRAFANA_URL is ${url}, which is no URL.`);
  process.exit(2);
}

prepare();
installSystemPackages();
if (home !== undefined) preparePlugin();

const counts = runTests(process.argv.slice(2), ['--project', 'e2e']);
console.log(`\n*** ${sayOfGrafana().replaceAll('\n', '\n*** ')}\n`);
conclude(counts);
