import type { Labels } from '../../series/labels.js';
import type { LooseLabels } from './shapes.js';

/** Labels as text, over the registry's default ones. What is undefined is left out. */
export function labelsOf(own: LooseLabels | undefined, defaults: LooseLabels): Labels {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(defaults)) {
    if (value !== undefined) labels[name] = String(value);
  }
  for (const [name, value] of Object.entries(own ?? {})) {
    if (value !== undefined) labels[name] = String(value);
  }
  return labels;
}

export function sameLabels(a: LooseLabels, b: LooseLabels): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => String(a[name]) === String(b[name]))
  );
}
