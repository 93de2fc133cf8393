import type { TestDataSourceResponse } from '@grafana/data';
import { messageOf } from './live/past.js';
import type { PrometheusClient } from './prometheus.js';

interface Checked {
  readonly client: Pick<PrometheusClient, 'time' | 'version'>;
  /** Whether a live connection can be made. */
  readonly connects: () => Promise<boolean>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Milliseconds by which clocks may differ without anybody being told. */
const CLOCKS_DIFFER = 5000;

/** Says whether panels will get their values and in which way, and what to mend where not. */
export async function checkHealth({
  client,
  connects,
  now,
}: Checked): Promise<TestDataSourceResponse> {
  try {
    // First what every query needs: its failure says most.
    const ahead = (await client.time()) - now();
    const version = await client.version();
    if (version === undefined) {
      return {
        status: 'error',
        message:
          'What answers at this URL has the API of Prometheus, but is no Kymo exporter: nothing can be ' +
          'live. Use the datasource type Prometheus, or the URL of an exporter.',
      };
    }
    const live = (await connects())
      ? 'values come live over WebSocket.'
      : 'but no WebSocket passes, so that values are polled for. Let proxies before Grafana and ' +
        'between Grafana and the exporter pass upgrades to WebSocket.';
    const clocks =
      Math.abs(ahead) < CLOCKS_DIFFER
        ? ''
        : ` Its clock and that of this browser differ by ${Math.round(Math.abs(ahead) / 1000)} s: ` +
          'time ranges are off by as much.';
    return { status: 'success', message: `Kymo ${version} answers; ${live}${clocks}` };
  } catch (thrown) {
    return { status: 'error', message: messageOf(thrown) };
  }
}
