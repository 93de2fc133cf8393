import { FieldConfigProperty, PanelPlugin, ThresholdsMode } from '@grafana/data';
import { AnalysisPanel } from './AnalysisPanel.js';
import { DEFAULTS, type AnalysisOptions } from './options.js';

export const plugin = new PanelPlugin<AnalysisOptions>(AnalysisPanel)
  .useFieldConfig({
    disableStandardOptions: [FieldConfigProperty.Color],
    standardOptions: {
      // Grafana's own default is 80, whatever the values are.
      [FieldConfigProperty.Thresholds]: {
        defaultValue: {
          mode: ThresholdsMode.Absolute,
          steps: [{ value: -Infinity, color: 'green' }],
        },
      },
    },
  })
  .setPanelOptions((builder) =>
    builder
      .addBooleanSwitch({ path: 'figures', name: 'Figures', defaultValue: DEFAULTS.figures })
      .addBooleanSwitch({ path: 'band', name: 'Expected band', defaultValue: DEFAULTS.band })
      .addBooleanSwitch({
        path: 'previous',
        name: 'Period before',
        defaultValue: DEFAULTS.previous,
      })
      .addBooleanSwitch({ path: 'forecast', name: 'Forecast', defaultValue: DEFAULTS.forecast })
      .addBooleanSwitch({
        path: 'findings',
        name: 'What stands out',
        defaultValue: DEFAULTS.findings,
      }),
  );
