import type { Health, Stats } from '@kymo/contract';
import { Router, type RequestHandler } from 'express';
import type { HttpDependencies } from '../dependencies.js';
import { methodNotAllowed } from '../http-error.js';

/** A plain page that says what runs here and links to the rest; at `/` too where there is no preview. */
export function landingRoutes(dependencies: HttpDependencies): Router {
  const router = Router();
  const answer: RequestHandler = (_request, response) => {
    const page = landingPage({
      version: dependencies.version,
      hasPreview: dependencies.preview !== undefined,
      health: dependencies.health(),
      stats: dependencies.stats(),
      links: links(dependencies),
    });
    response.set('Cache-Control', 'no-store').type('html').send(page);
  };
  for (const path of ['/', '/about']) {
    router.route(path).get(answer);
    router.all(path, methodNotAllowed('GET', 'HEAD'));
  }
  return router;
}

interface Link {
  readonly path: string;
  readonly what: string;
}

function links({ preview, simulator, prometheus, current }: HttpDependencies): readonly Link[] {
  const all: Link[] = [
    { path: '/metrics', what: 'everything collected here, for Prometheus to scrape' },
    { path: '/api/health', what: 'state of each source, with its last error' },
    { path: '/api/stats', what: 'series, samples, memory, ticks' },
    { path: '/-/healthy', what: 'whether the process lives' },
    { path: '/-/ready', what: 'whether it wants traffic' },
  ];
  if (preview !== undefined) all.unshift({ path: '/', what: 'the live preview' });
  if (prometheus !== undefined) {
    all.push(
      { path: '/api/v1/query?query=node_load1', what: 'the Prometheus HTTP API' },
      { path: '/federate?match[]=node_load1', what: 'federation' },
    );
  }
  if (current !== undefined) {
    all.push({ path: '/api/metrics/current', what: 'key figures of the last tick' });
  }
  if (simulator !== undefined) {
    all.push({ path: '/api/simulate', what: 'faults of the demo; POST starts one' });
  }
  return all;
}

interface LandingPage {
  readonly version: string;
  readonly hasPreview: boolean;
  readonly health: Health;
  readonly stats: Stats;
  readonly links: readonly Link[];
}

function landingPage({ version, hasPreview, health, stats, links }: LandingPage): string {
  const rows = health.sources
    .map(({ name, status, duration, error }) => {
      const words = {
        ok: '✓ ok',
        silent: '– no data here',
        failed: '✗ failed',
        starting: '… starting',
      };
      const milliseconds = (duration * 1000).toFixed(2);
      return `<tr class="${status}"><th scope="row">${escape(name)}</th><td>${words[status]}</td><td class="number">${milliseconds} ms</td><td>${escape(error ?? '')}</td></tr>`;
    })
    .join('\n');
  const figures: readonly (readonly [string, string])[] = [
    ['Status', health.status],
    ['Version', version],
    ['Up for', upTime(stats.uptime)],
    ['Tick', `${stats.tick.interval / 1000} s, ${stats.tick.count} run, ${stats.tick.late} late`],
    ['Series', `${count(stats.series.count)} of ${count(stats.series.limit)}`],
    [
      'Memory of samples',
      `${mebibytes(stats.memory.used)} of ${mebibytes(stats.memory.budget)} MiB`,
    ],
  ];
  const missing = hasPreview
    ? ''
    : '<p>The live preview is not built: run <code>npm run build:preview</code> in the repository and start again.</p>';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Kymo</title>
<style>
:root { --text: #24292e; --quiet: #5c6773; --line: #d8dce1; --page: #ffffff; --link: #1f62e0; --bad: #c4162a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #d9dce2; --quiet: #9aa3ae; --line: #2f343b; --page: #111217; --link: #6e9fff; --bad: #ff7383; }
}
body { background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1rem; margin: 2rem 0 0.5rem; }
p, dd { margin: 0; }
.lead, dt, td:last-child { color: var(--quiet); }
dl { display: grid; gap: 0.25rem 2rem; grid-template-columns: max-content 1fr; margin: 0; }
a { color: var(--link); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: 0.25rem 1rem 0.25rem 0; text-align: left; vertical-align: top; font-weight: normal; }
thead th { border: 0; color: var(--quiet); }
.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.failed td:nth-child(2) { color: var(--bad); font-weight: 600; }
</style>
</head>
<body>
<header>
<h1>Kymo</h1>
<p class="lead">Metrics of this host and its services, once a second, for Prometheus and Grafana.</p>
${missing}
</header>
<main>
<h2>Now</h2>
<dl>${figures.map(([name, value]) => `<dt>${name}</dt><dd>${escape(value)}</dd>`).join('\n')}</dl>
<h2>Where to go</h2>
<dl>${links.map(({ path, what }) => `<dt><a href="${escape(path)}">${escape(path)}</a></dt><dd>${escape(what)}</dd>`).join('\n')}</dl>
<h2>Sources</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Sources">
<table>
<thead><tr><th scope="col">Source</th><th scope="col">State</th><th scope="col" class="number">Took</th><th scope="col">Last error</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</div>
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

function count(number: number): string {
  return number.toLocaleString('en').replaceAll(',', '\u2009');
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function upTime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
