import type { Dashboard } from './model.js';
import { alerts } from './dashboards/alerts.js';
import { history } from './dashboards/history.js';
import { host } from './dashboards/host.js';
import { http } from './dashboards/http.js';
import { kymoItself } from './dashboards/kymo.js';
import { liveOverview } from './dashboards/live-overview.js';

/** Every dashboard, by the name of its file in provisioning/dashboards. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  'live-overview.json': liveOverview,
  'http.json': http,
  'host.json': host,
  'alerts.json': alerts,
  'history.json': history,
  'kymo.json': kymoItself,
};
