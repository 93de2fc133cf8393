import { chromiumFile } from '../test/chromium.js';
import { buildPlugin } from '../test/plugin.js';
import { grafanaHome, hasPeer } from '../test/processes.js';
import { startTrustedGrafana } from '../test/trusted-grafana.js';
import { signIn } from './session.js';

/**
 * Once, before the first test: the demo in a Grafana of `GRAFANA_HOME`; without one, `GRAFANA_URL` says where a Grafana
 * runs that has the plugin and its provisioned datasources. Resolves with what ends them.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (!hasPeer(chromiumFile)) {
    delete process.env.GRAFANA_URL;
    return async () => {};
  }
  if (grafanaHome === undefined) {
    const url = process.env.GRAFANA_URL;
    if (url !== undefined) await signIn(url);
    else {
      process.stderr.write(
        '\n*** Neither GRAFANA_HOME nor GRAFANA_URL is set: the tests with plugin-e2e DID NOT RUN. ***\n\n',
      );
    }
    return async () => {};
  }
  buildPlugin();
  const peers = await startTrustedGrafana({ command: 'demo' });
  // Workers inherit it.
  process.env.GRAFANA_URL = peers.grafana.url;
  try {
    await signIn(peers.grafana.url);
  } catch (thrown) {
    await peers.stop();
    throw thrown;
  }
  return () => peers.stop();
}
