import { METRIC_NAME, type LabelSet } from '../series/labels.js';
import type { ExpositionFormat } from './negotiate.js';

const SPECIAL = /[\\\n"]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' };

/** As it stands between the quotes of a label value, in both formats. */
export function escapeLabelValue(value: string): string {
  return SPECIAL.test(value) ? value.replace(/[\\\n"]/g, (special) => ESCAPES[special]) : value;
}

/** The text of a `# HELP` line. Only OpenMetrics escapes the double quote. */
export function escapeHelp(help: string, format: ExpositionFormat): string {
  const special = format === 'text' ? /[\\\n]/g : /[\\\n"]/g;
  return help.replace(special, (character) => ESCAPES[character]);
}

/**
 * Labels as a sample has them, `{name="value",…}`, without the metric name; `''` where there are
 * none.
 * @param replace another value for one label
 */
export function formatLabels(
  labels: LabelSet,
  replace?: { readonly name: string; readonly value: string },
): string {
  const { names, values } = labels;
  let text = '';
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name === METRIC_NAME) continue;
    const value = name === replace?.name ? replace.value : escapeLabelValue(values[i]);
    text += `${text === '' ? '{' : ','}${name}="${value}"`;
  }
  return text === '' ? '' : `${text}}`;
}
