import type { DataSourceInstanceSettings } from '@grafana/data';
import { config, getDataSourceSrv } from '@grafana/runtime';
import { failed, grafanaFinding, liveFinding, pluginFinding } from '@kymo/contract/findings';
import { useCallback, useEffect, useRef, useState } from 'react';
import { fieldsOf } from '../../shared/json.js';
import { checkDatasource, checkScraping } from './checks.js';
import { peerAt } from '../peer.js';
import type { Result, Section } from './result.js';
import { tryChannels, tryWebSocket } from './tries.js';

export interface Setup {
  /** This Grafana first, then every datasource of ours. */
  readonly sections: readonly Section[];
  readonly isChecking: boolean;
  readonly checkAgain: () => void;
}

const GRAFANA = { id: '', title: 'This Grafana' };

/** Looks at all that is set up, when it is shown and whenever it is asked to. */
export function useSetup(plugin: string): Setup {
  const [sections, setSections] = useState<readonly Section[]>(() =>
    [GRAFANA, ...ours().map(({ uid, name }) => ({ id: uid, title: name }))].map((one) => ({
      ...one,
      results: undefined,
    })),
  );
  const [isChecking, setChecking] = useState(true);
  /** Of the newest run: what an earlier one still finds is of no interest. */
  const run = useRef(0);
  const check = useCallback(() => {
    const mine = (run.current += 1);
    const put = (id: string, looking: Promise<Result[]>): Promise<void> =>
      looking
        .catch((thrown: unknown) => [
          failed(
            'checks',
            `have failed: ${String(thrown)}`,
            'look again; see the browser’s console',
          ),
        ])
        .then((results) => {
          if (mine !== run.current) return;
          setSections((all) => all.map((one) => (one.id === id ? { ...one, results } : one)));
        });
    setChecking(true);
    const checks = ours().map((settings) => put(settings.uid, lookAt(settings, plugin)));
    void Promise.all([put(GRAFANA.id, lookAtGrafana(plugin)), ...checks]).then(() => {
      if (mine === run.current) setChecking(false);
    });
  }, [plugin]);
  useEffect(() => {
    check();
    return () => {
      run.current += 1;
    };
  }, [check]);
  return { sections, isChecking, checkAgain: check };
}

const ours = (): DataSourceInstanceSettings[] =>
  getDataSourceSrv().getList({ pluginId: 'kymo-live-datasource' });

async function lookAtGrafana(plugin: string): Promise<Result[]> {
  const prometheuses = getDataSourceSrv().getList({ pluginId: 'prometheus' });
  return [
    grafanaFinding(new URL(document.baseURI).origin + config.appSubUrl, config.buildInfo.version),
    pluginFinding(plugin, undefined),
    liveFinding(config.liveEnabled),
    await checkScraping(prometheuses.map(({ url = '' }) => peerAt(url))),
  ];
}

function lookAt(settings: DataSourceInstanceSettings, plugin: string): Promise<Result[]> {
  const { uid, url = '', jsonData } = settings;
  const { transport } = fieldsOf(jsonData);
  return checkDatasource({
    uid,
    plugin,
    transport: typeof transport === 'string' ? transport : 'auto',
    exporter: peerAt(url),
    grafana: peerAt(''),
    hasGrafanaLive: config.liveEnabled,
    tryWebSocket: () => tryWebSocket(url),
    tryChannels,
    now: () => Date.now(),
  });
}
