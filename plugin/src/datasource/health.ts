import type { TestDataSourceResponse } from '@grafana/data';
import type { CallerAnswer } from '@kymo/contract';
import { fieldsOf, listOf } from '../shared/json.js';
import { whyNotOf } from '../shared/why-not.js';
import { messageOf } from './live/past.js';
import type { PrometheusClient } from './prometheus.js';
import type { Transport } from './query.js';

export interface Checked {
  readonly client: Pick<PrometheusClient, 'time' | 'version' | 'channels'>;
  /** Whether a live connection can be made. */
  readonly connects: () => Promise<boolean>;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly transport: Transport;
  /** Whether Grafana has its Live switched on. */
  readonly hasGrafanaLive: () => boolean;
  /** Version of the plugin. */
  readonly version: string;
  /** Who the exporter takes us for. */
  readonly caller: () => Promise<Partial<CallerAnswer>>;
  /** Of the signed-in user in Grafana. */
  readonly role: string;
}

/** Milliseconds by which clocks may differ without anybody being told. */
const CLOCKS_DIFFER = 5000;

/** Says whether panels will get their values and in which way, and what to mend where not. */
export async function checkHealth(checked: Checked): Promise<TestDataSourceResponse> {
  const { client, now } = checked;
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
    const remarks = [
      `Kymo ${version} answers; ${await describeWay(checked)}`,
      await describeChannels(checked),
      describeVersions(version, checked.version),
      describeClocks(ahead),
      await describeWriting(checked),
    ];
    return { status: 'success', message: remarks.filter((remark) => remark !== '').join(' ') };
  } catch (thrown) {
    return { status: 'error', message: messageOf(thrown) };
  }
}

async function describeWay({ transport, connects }: Checked): Promise<string> {
  if (transport === 'polling') return 'values are polled for, as is set here.';
  if (await connects()) return 'values come live over WebSocket.';
  return (
    'but no WebSocket passes, so that values are polled for. Let proxies before Grafana and ' +
    'between Grafana and the exporter pass upgrades to WebSocket.'
  );
}

/** What is wrong with Grafana Live, where channels shall come through it. */
async function describeChannels({ transport, client, hasGrafanaLive }: Checked): Promise<string> {
  if (transport !== 'live') return '';
  if (!hasGrafanaLive()) {
    return (
      'Grafana Live is switched off: set max_connections of the section [live] in Grafana to -1 or to ' +
      'the number of browsers, or choose another transport.'
    );
  }
  let answer: unknown;
  try {
    answer = await client.channels();
  } catch (thrown) {
    return `Whether there are channels for Grafana Live is not known: ${messageOf(thrown)}`;
  }
  const { channels, grafanas } = fieldsOf(answer);
  if (listOf(grafanas).length === 0) {
    return (
      'The exporter pushes to no Grafana, so that nothing comes through Grafana Live: set url and token of ' +
      'grafana[] in its configuration.'
    );
  }
  const count = listOf(channels).length;
  if (count === 0) return 'The exporter has no channels for Grafana Live: see live.channels.';
  const error = listOf(grafanas)
    .map((grafana) => fieldsOf(grafana).error)
    .find((one) => typeof one === 'string');
  if (error !== undefined) return `The exporter cannot push to Grafana Live: ${error}`;
  return `${count} expressions come through Grafana Live.`;
}

/** The first two numbers of a version tell what fits together. */
function describeVersions(exporter: string, plugin: string): string {
  const of = (version: string): string => version.split('.').slice(0, 2).join('.');
  if (of(exporter) === of(plugin)) return '';
  return `The plugin is ${plugin}: bring it and the exporter to the same version.`;
}

function describeClocks(ahead: number): string {
  if (Math.abs(ahead) < CLOCKS_DIFFER) return '';
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return `Its clock and that of this browser differ by ${seconds} s: time ranges are off by as much.`;
}

async function describeWriting({ caller, role }: Checked): Promise<string> {
  try {
    const whyNot = whyNotOf(await caller(), role);
    return whyNot === undefined ? '' : `Alerts cannot be acknowledged. ${whyNot}`;
  } catch {
    // Looking is what this is about.
    return '';
  }
}
