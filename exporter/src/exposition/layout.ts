import type { ExposedFamily, ExposedSeries } from '../series/exposed.js';
import { findUntyped, looseNames } from './clash.js';
import { escapeHelp } from './escape.js';
import type { ExpositionFormat } from './negotiate.js';
import { familyName, SHAPES, type Shape } from './shape.js';

/** A family as it stands on the page of one format. */
export interface Section {
  /** After `# TYPE`. */
  readonly name: string;
  readonly shape: Shape;
  /** `# HELP`, `# TYPE` and `# UNIT` lines. */
  readonly header: string;
  /** Where its series come from: one family, except where names clash. */
  readonly families: readonly ExposedFamily[];
  /** The name of a sample on this page; `undefined` for a series that is not in this section. */
  readonly sampleName: (series: ExposedSeries) => string | undefined;
}

/**
 * The sections of a page, sorted by name (code units).
 *
 * A family that cannot be shown as what it is (see {@link findUntyped}) gives up its type: each of
 * its sample names becomes a family of its own of type unknown (untyped), together with the family
 * that has this name already. So no sample is renamed and none is left out, save where both have one
 * of the same name and labels: then that of the family of this name stays.
 */
export function layOut(families: readonly ExposedFamily[], format: ExpositionFormat): Section[] {
  const untyped = findUntyped(families, format);
  const sections = new Map<string, Section>();
  const loose = new Map<string, ExposedFamily[]>();
  for (const family of families) {
    const shape = SHAPES[format][family.metadata.type];
    if (untyped.has(family)) {
      for (const name of looseNames(family)) push(loose, name, family);
    } else {
      const name = familyName(family, shape);
      sections.set(name, {
        name,
        shape,
        header: header(family, { name, shape, format }),
        families: [family],
        sampleName: ({ suffix }) => {
          const ending = shape.suffixes[suffix];
          return ending === undefined ? undefined : name + ending;
        },
      });
    }
  }
  const shape = SHAPES[format].unknown;
  for (const [name, members] of loose) {
    const namesake = sections.get(name)?.families ?? [];
    const all = [...namesake, ...members];
    const described = all.find(({ metadata }) => metadata.name === name) ?? all[0];
    sections.set(name, {
      name,
      shape,
      header: header(described, { name, shape, format }),
      families: all,
      sampleName: ({ labels }) => (labels.metricName === name ? name : undefined),
    });
  }
  return Array.from(sections.values()).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function header(
  { metadata }: ExposedFamily,
  { name, shape, format }: { name: string; shape: Shape; format: ExpositionFormat },
): string {
  const { help, unit = '' } = metadata;
  let text = '';
  if (help !== '') text += `# HELP ${name} ${escapeHelp(help, format)}\n`;
  text += `# TYPE ${name} ${shape.type}\n`;
  if (format === 'openmetrics' && shape.unit && unit !== '' && name.endsWith(`_${unit}`)) {
    text += `# UNIT ${name} ${unit}\n`;
  }
  return text;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
