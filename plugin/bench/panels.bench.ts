// What panels and datasource cost in headless Chromium, in the preview's host and in a real Grafana beside
// its own panels; `npm run bench -- panels --help` lists the parts.
import { measureAlerts } from './panels/alerts.js';
import { measureInGrafana } from './panels/grafana-parts.js';
import { optionsOf } from './panels/options.js';
import { measureOwn } from './panels/own.js';

export async function run(): Promise<void> {
  const options = optionsOf(process.argv.slice(1));
  if (options === undefined) return;
  const { parts, seconds, rounds, minutes } = options;
  const results: Record<string, unknown> = {};
  if (parts.has('cards')) results.cards = await measureOwn('cards', options);
  if (parts.has('heatmap')) results.heatmap = await measureOwn('heatmap', options);
  if (parts.has('alerts')) results.alerts = await measureAlerts(options);
  Object.assign(results, await measureInGrafana(options));
  console.log(JSON.stringify({ benchmark: 'panels', seconds, rounds, minutes, results }));
}
