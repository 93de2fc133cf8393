import { createRoot } from 'react-dom/client';
import { KymoDataSource } from '../src/datasource/datasource.js';
import { App } from './App.js';
import { settingsOf } from './settings.js';
import { registerStandards } from './standin/registries.js';
import { setDataSource } from './standin/runtime.js';

registerStandards();

/** The folder that this page is in, so that it works below a path of a reverse proxy too. */
const url = window.location.pathname.replace(/\/[^/]*$/, '');
const datasource = new KymoDataSource(settingsOf(url));
setDataSource(datasource);

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App datasource={datasource} url={url} />);
