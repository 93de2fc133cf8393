import { createRoot } from 'react-dom/client';
import { version } from 'react';
import { App } from '../App.js';
import { registerStandards } from '../standin/registries.js';
import { setDataSource } from '../standin/runtime.js';
import { Alerts } from './Alerts.js';
import { Bench } from './Bench.js';
import { Editors } from './Editors.js';
import { SUBJECTS } from './feeders.js';
import { PAGE_STATES, StateDataSource, type PageState } from './state-datasource.js';

/**
 * The preview's parts for tests and benchmarks, without an exporter: `?state=stale` is the whole page in
 * one of its states, `?alerts` the panel of alerts, `?bench=kpi&count=50` a panel that is fed by hand, `?editors` the datasource's editors.
 */
registerStandards();
const asked = new URLSearchParams(window.location.search);

function content() {
  const subject = SUBJECTS.find((one) => one === asked.get('bench'));
  const count = Number(asked.get('count') ?? NaN);
  if (subject !== undefined) {
    return <Bench subject={subject} count={Number.isNaN(count) ? undefined : count} />;
  }
  if (asked.has('alerts')) return <Alerts />;
  if (asked.has('editors')) return <Editors />;
  const state = PAGE_STATES.find((one) => one === asked.get('state')) ?? 'streaming';
  return <States state={state} />;
}

function States({ state }: { readonly state: PageState }) {
  const datasource = new StateDataSource(state);
  setDataSource(datasource);
  return <App datasource={datasource} url="" />;
}

document.documentElement.dataset.react = version;
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(content());
