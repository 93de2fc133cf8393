import { FieldColorModeId, type Field } from '@grafana/data';
import { PROTOCOLS } from '@kymo/contract/protocols';

/** The colours of a series' place among all, where none were chosen. */
const BY_ORDER: string = FieldColorModeId.PaletteClassic;

/**
 * Grafana's named colour of a protocol, whatever else is shown and in whichever order.
 * @param field what is coloured: a colour that was chosen for it counts more
 * @returns `undefined` where the field's own colour is to be taken
 */
export function protocolColor(protocol: string, field: Field | undefined): string | undefined {
  const { mode = BY_ORDER } = field?.config.color ?? {};
  return mode === BY_ORDER ? PROTOCOLS.get(protocol)?.color : undefined;
}
