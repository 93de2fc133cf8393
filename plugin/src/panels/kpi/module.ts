import {
  FieldColorModeId,
  FieldConfigProperty,
  PanelPlugin,
  type SelectableValue,
} from '@grafana/data';
import { KpiPanel } from './KpiPanel.js';
import {
  COMPARISONS,
  DEFAULTS,
  FIGURES,
  POLARITIES,
  type Figure,
  type KpiFieldConfig,
  type KpiOptions,
} from './options.js';

export const plugin = new PanelPlugin<KpiOptions, KpiFieldConfig>(KpiPanel)
  .useFieldConfig({
    disableStandardOptions: [FieldConfigProperty.Color],
    standardOptions: {
      [FieldConfigProperty.Thresholds]: {},
      [FieldConfigProperty.Color]: { defaultValue: { mode: FieldColorModeId.Thresholds } },
    },
    useCustomConfig: (builder) =>
      builder.addRadio({
        path: 'polarity',
        name: 'Polarity',
        description: 'Which end of the thresholds is the good one',
        defaultValue: 'lower',
        settings: { options: [...POLARITIES] },
      }),
  })
  .setPanelOptions((builder) =>
    builder
      .addSelect({
        path: 'compareTo',
        name: 'Compare with',
        defaultValue: DEFAULTS.compareTo,
        settings: { options: [...COMPARISONS] },
      })
      .addBooleanSwitch({ path: 'curve', name: 'Curve', defaultValue: DEFAULTS.curve })
      .addMultiSelect<Figure, { options: SelectableValue<Figure>[] }>({
        path: 'figures',
        name: 'Figures',
        defaultValue: [...DEFAULTS.figures] as unknown as Figure,
        settings: { options: [...FIGURES] },
      }),
  );
