import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Pictures that tests make, to be looked at. */
export const shots = path.join(root, '.cache/shots');

/** What Grafana loads: the plugin as `npm run build:plugin` builds it. */
export const pluginFolder = path.join(root, 'plugin/dist');

/** Datasources, dashboards, alerting and rules as users get them. */
export const provisioning = path.join(root, 'provisioning');
