import {
  FieldColorModeId,
  FieldConfigProperty,
  PanelPlugin,
  ThresholdsMode,
  type SelectableValue,
} from '@grafana/data';
import { paced } from '../../shared/paced.js';
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

export const plugin = new PanelPlugin<KpiOptions, KpiFieldConfig>(paced(KpiPanel, 'cards'))
  .useFieldConfig({
    disableStandardOptions: [FieldConfigProperty.Color],
    standardOptions: {
      // Grafana's own, 80 and above is red, is right of few.
      [FieldConfigProperty.Thresholds]: {
        defaultValue: {
          mode: ThresholdsMode.Absolute,
          steps: [{ value: -Infinity, color: 'green' }],
        },
      },
      [FieldConfigProperty.Color]: { defaultValue: { mode: FieldColorModeId.Thresholds } },
    },
    useCustomConfig: (builder) =>
      builder
        .addRadio({
          path: 'polarity',
          name: 'Polarity',
          description: 'Which end of the thresholds is the good one',
          defaultValue: 'lower',
          settings: { options: [...POLARITIES] },
        })
        .addNumberInput({
          path: 'target',
          name: 'Target',
          description:
            'What the value is to keep: at most this where lower is better, otherwise at least',
          settings: { placeholder: 'none' },
        })
        .addTextInput({
          path: 'watch',
          name: 'Watch',
          description:
            'Name of the watch that tells what is expected of the value, such as request_rate. Another query of the panel asks for kymo_anomaly_score, kymo_expected, kymo_expected_lower and kymo_expected_upper of it.',
          settings: { placeholder: 'none' },
        })
        .addTextInput({
          path: 'of',
          name: 'Sub-metric of',
          description: 'Title of the card that the value is shown in; a card of its own by default',
          settings: { placeholder: 'a card of its own' },
        }),
  })
  .setPanelOptions((builder) =>
    builder
      .addSelect({
        path: 'compareTo',
        name: 'Trend over',
        description: 'The average of this long against that of as long before, in what is shown',
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
