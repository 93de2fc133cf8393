import { buildPlugin } from './plugin.js';
import { grafanaHome } from './processes.js';

/** Once, before the first test: builds the plugin that every Grafana of the tests loads, where that is stale. */
export default function setup(): void {
  if (grafanaHome !== undefined) buildPlugin();
}
