import { failed, ok, warning, type Finding } from './finding.js';
import { field, list, text, type Peer } from './peer.js';

/** Seconds after which a sample is no longer from the last scrapes. */
const OLD = 90;

/** Whether a Prometheus scrapes an exporter. */
export async function checkPrometheus(prometheus: Peer): Promise<Finding[]> {
  const reply = await prometheus.get(
    `/api/v1/query?query=${encodeURIComponent('time() - timestamp(kymo_build_info)')}`,
  );
  if (field(reply.json, 'status') !== 'success') {
    const detail = `${prometheus.url} does not answer a query: ${reply.text}`;
    return [failed('prometheus', detail, 'start it, or say where it is with --prometheus-url')];
  }
  const series = list(field(reply.json, 'data', 'result'));
  const answers = ok('prometheus', `answers at ${prometheus.url}`);
  if (series.length === 0) return [answers, await notScraped(prometheus)];
  const ages = series.map((one) => Number(field(one, 'value', 1)));
  const youngest = Math.min(...ages);
  const age = `${Math.max(0, youngest).toFixed(1)} s ago`;
  if (youngest > OLD) {
    const remedy = 'look at its page Status > Targets; is the exporter up?';
    return [answers, warning('scraping', `the last time ${age}`, remedy)];
  }
  const exporters = series.map((one) => text(field(one, 'metric', 'instance'), '?')).join(', ');
  return [answers, ok('scraping', `${exporters}, the last time ${age}`)];
}

async function notScraped(prometheus: Peer): Promise<Finding> {
  const { json } = await prometheus.get('/api/v1/targets?state=active');
  const targets = list(field(json, 'data', 'activeTargets'));
  const down = targets.find(
    (target) => field(target, 'health') === 'down' && field(target, 'labels', 'job') === 'kymo',
  );
  if (down !== undefined) {
    const detail = `${text(field(down, 'scrapeUrl'))} is down: ${text(field(down, 'lastError'))}`;
    return failed('scraping', detail, 'mend the address in scrape_configs, or start the exporter');
  }
  return failed(
    'scraping',
    'no exporter is scraped',
    "add to scrape_configs: {job_name: kymo, scrape_interval: 1s, static_configs: [{targets: ['127.0.0.1:9797']}]}",
  );
}
