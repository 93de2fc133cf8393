import { FieldColorModeId, FieldConfigProperty, PanelPlugin, ThresholdsMode } from '@grafana/data';
import { paced } from '../../shared/paced.js';
import { DEFAULTS, ROLES, SHARES, type ProtocolsOptions } from './options.js';
import { ProtocolsPanel } from './ProtocolsPanel.js';

export const plugin = new PanelPlugin<ProtocolsOptions>(paced(ProtocolsPanel, 'tables'))
  .useFieldConfig({
    // Nothing here is shown by them, and Grafana looks each up for every field of every answer.
    disableStandardOptions: [
      FieldConfigProperty.Min,
      FieldConfigProperty.Max,
      FieldConfigProperty.FieldMinMax,
      FieldConfigProperty.NoValue,
      FieldConfigProperty.Links,
      FieldConfigProperty.Actions,
    ],
    standardOptions: {
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: false, bySeriesSupport: true },
        defaultValue: { mode: FieldColorModeId.PaletteClassic },
      },
      // Grafana's own, 80 and above is red, is right of no query here.
      [FieldConfigProperty.Thresholds]: {
        defaultValue: {
          mode: ThresholdsMode.Absolute,
          steps: [{ value: -Infinity, color: 'green' }],
        },
      },
    },
  })
  .setPanelOptions((builder) => {
    builder
      .addTextInput({
        path: 'label',
        name: 'Label',
        description: 'By whose values traffic is broken down',
        defaultValue: DEFAULTS.label,
      })
      .addRadio({
        path: 'share',
        name: 'Shares',
        defaultValue: DEFAULTS.share,
        settings: { options: [...SHARES] },
      })
      .addBooleanSwitch({ path: 'curve', name: 'Trend', defaultValue: DEFAULTS.curve })
      .addBooleanSwitch({
        path: 'sentence',
        name: 'What stands out',
        description: 'One sentence below the table; of a selected row its connections',
        defaultValue: DEFAULTS.sentence,
      })
      .addTextInput({
        path: 'variable',
        name: 'Variable',
        description: 'Set by a selected row, where the dashboard has one of this name',
        defaultValue: DEFAULTS.variable,
      });
    for (const { value, label } of ROLES) {
      builder.addTextInput({
        path: `queries.${value}`,
        name: label,
        description: 'Letter or name of its query',
        category: ['Queries'],
        defaultValue: DEFAULTS.queries[value],
      });
    }
  });
