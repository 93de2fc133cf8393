import {
  FieldConfigProperty,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  type FieldConfigPropertyItem,
  type StandardEditorsRegistryItem,
} from '@grafana/data';

const NoEditor = () => null;

/** The standard options of fields, which Grafana's application registers at its start. */
const properties: readonly FieldConfigProperty[] = [
  FieldConfigProperty.Unit,
  FieldConfigProperty.Min,
  FieldConfigProperty.Max,
  FieldConfigProperty.Decimals,
  FieldConfigProperty.DisplayName,
  FieldConfigProperty.NoValue,
  FieldConfigProperty.Thresholds,
  FieldConfigProperty.Mappings,
  FieldConfigProperty.Links,
  FieldConfigProperty.Color,
];

/** Editors that options name; nothing is edited here. */
const editors = [
  'text',
  'number',
  'slider',
  'boolean',
  'radio',
  'select',
  'multi-select',
  'color',
  'unit',
  'links',
  'field-name',
  'strings',
  'timezone',
  'thresholds',
  'mappings',
  'fieldColor',
  'stats-picker',
];

/** Fills Grafana's registries as far as panels need them to be drawn. */
export function registerStandards(): void {
  standardFieldConfigEditorRegistry.setInit(() =>
    properties.map((id): FieldConfigPropertyItem => ({
      id,
      path: id,
      name: id,
      editor: NoEditor,
      override: NoEditor,
      process: (value: unknown) => value,
      shouldApply: () => true,
      settings: {},
    })),
  );
  standardEditorsRegistry.setInit(() =>
    editors.map((id): StandardEditorsRegistryItem => ({ id, name: id, editor: NoEditor })),
  );
}
