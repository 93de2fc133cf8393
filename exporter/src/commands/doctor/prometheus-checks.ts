import {
  AGES,
  failed,
  notScrapedFinding,
  ok,
  scrapedFinding,
  type Finding,
} from '@kymo/contract/findings';
import { field, list, text, type Peer } from './peer.js';

/** Whether a Prometheus scrapes an exporter. */
export async function checkPrometheus(prometheus: Peer): Promise<Finding[]> {
  const reply = await prometheus.get(`/api/v1/query?query=${encodeURIComponent(AGES)}`);
  if (field(reply.json, 'status') !== 'success') {
    const detail = `${prometheus.url} does not answer a query: ${reply.text}`;
    return [failed('prometheus', detail, 'start it, or say where it is with --prometheus-url')];
  }
  const series = list(field(reply.json, 'data', 'result'));
  const answers = ok('prometheus', `answers at ${prometheus.url}`);
  if (series.length === 0) return [answers, await notScraped(prometheus)];
  const scraped = series.map((one) => ({
    instance: text(field(one, 'metric', 'instance')),
    age: Number(field(one, 'value', 1)),
  }));
  return [answers, scrapedFinding(scraped)];
}

async function notScraped(prometheus: Peer): Promise<Finding> {
  const { json } = await prometheus.get('/api/v1/targets?state=active');
  const targets = list(field(json, 'data', 'activeTargets'));
  const down = targets.find(
    (target) => field(target, 'health') === 'down' && field(target, 'labels', 'job') === 'kymo',
  );
  return notScrapedFinding(
    down === undefined
      ? undefined
      : {
          scrapeUrl: text(field(down, 'scrapeUrl')),
          lastError: text(field(down, 'lastError')),
        },
  );
}
