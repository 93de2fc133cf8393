import {
  DataFrameType,
  FieldConfigProperty,
  PanelPlugin,
  VisualizationSuggestionScore,
  type SelectableValue,
} from '@grafana/data';
import { HeatmapPanel } from './HeatmapPanel.js';
import {
  CURVES,
  DEFAULTS,
  PRESETS,
  QUANTILES,
  ROW_SCALES,
  SCHEMES,
  type HeatmapOptions,
} from './options.js';

const LIKE_PRESET = { value: 'preset', label: 'As the preset has it' } as const;

export const plugin = new PanelPlugin<HeatmapOptions>(HeatmapPanel)
  .useFieldConfig({
    disableStandardOptions: [FieldConfigProperty.Color, FieldConfigProperty.Thresholds],
  })
  .setPanelOptions((builder) => {
    builder
      .addRadio({
        path: 'preset',
        name: 'Shown first',
        defaultValue: DEFAULTS.preset,
        settings: { options: PRESETS.map(({ value, label }) => ({ value, label })) },
      })
      .addSelect({
        path: 'rowScale',
        name: 'Rows',
        description: 'Where the buckets of a distribution lie',
        defaultValue: DEFAULTS.rowScale,
        settings: { options: [...ROW_SCALES] },
      })
      .addUnitPicker({
        path: 'rowUnit',
        name: 'Unit of rows',
        description: 'Of the bounds of buckets',
        defaultValue: DEFAULTS.rowUnit,
      })
      .addSelect({
        path: 'scheme',
        name: 'Colours',
        description:
          'Each changes evenly in lightness, so that it is read without telling hues apart',
        defaultValue: DEFAULTS.scheme,
        settings: { options: [LIKE_PRESET, ...SCHEMES] },
      })
      .addSelect({
        path: 'curve',
        name: 'Colours follow values',
        defaultValue: DEFAULTS.curve,
        settings: { options: [LIKE_PRESET, ...CURVES] },
      })
      .addMultiSelect<number, { options: SelectableValue<number>[] }>({
        path: 'quantiles',
        name: 'Lines',
        defaultValue: [...DEFAULTS.quantiles] as unknown as number,
        settings: { options: [...QUANTILES] },
      })
      .addBooleanSwitch({
        path: 'now',
        name: 'Distribution of now',
        defaultValue: DEFAULTS.now,
      })
      .addBooleanSwitch({ path: 'legend', name: 'Legend', defaultValue: DEFAULTS.legend });
    for (const { value, label } of PRESETS) {
      builder.addTextInput({
        path: `queries.${value}`,
        name: `${label}: query`,
        description: 'Its letter or name',
        category: ['Queries'],
        defaultValue: DEFAULTS.queries[value],
      });
    }
  })
  .setSuggestionsSupplier(({ rawFrames = [] }) => {
    const isHistogram = rawFrames.some(
      ({ meta, fields }) =>
        meta?.type === DataFrameType.HeatmapCells ||
        fields.some(({ labels }) => labels?.le !== undefined),
    );
    return isHistogram ? [{ score: VisualizationSuggestionScore.Good }] : [];
  });
