import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { AnalysisPanel } from './AnalysisPanel.js';
import { DEFAULTS, type AnalysisOptions } from './options.js';

export const plugin = new PanelPlugin<AnalysisOptions>(AnalysisPanel)
  .useFieldConfig({
    disableStandardOptions: [FieldConfigProperty.Color, FieldConfigProperty.Thresholds],
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
