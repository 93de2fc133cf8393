import { PanelPlugin } from '@grafana/data';
import { paced } from '../../shared/paced.js';
import { AlertsPanel } from './AlertsPanel.js';
import { DEFAULTS, type AlertsOptions } from './options.js';

export const plugin = new PanelPlugin<AlertsOptions>(paced(AlertsPanel, 'tables')).setPanelOptions(
  (builder) =>
    builder
      .addBooleanSwitch({
        path: 'pending',
        name: 'Pending',
        description: 'List alerts whose condition has not held for long enough yet',
        defaultValue: DEFAULTS.pending,
      })
      .addBooleanSwitch({
        path: 'resolved',
        name: 'Resolved',
        description: 'List alerts that were resolved a short while ago',
        defaultValue: DEFAULTS.resolved,
      }),
);
