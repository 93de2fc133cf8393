import { createRoot } from 'react-dom/client';
import { version } from 'react';
import { App } from '../App.js';
import { registerStandards } from '../standin/registries.js';
import { setDataSource } from '../standin/runtime.js';
import { Bench, type Subject } from './Bench.js';
import { Editors } from './Editors.js';
import { PAGE_STATES, StateDataSource, type PageState } from './state-datasource.js';

/**
 * The preview's parts for tests and benchmarks, without an exporter: `?state=stale` is the whole page in
 * one of its states, `?bench=kpi` a panel that is fed by hand, `?editors` the datasource's editors.
 */
registerStandards();
const asked = new URLSearchParams(window.location.search);

function content() {
  const bench = asked.get('bench');
  if (bench !== null) return <Bench subject={bench as Subject} />;
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
