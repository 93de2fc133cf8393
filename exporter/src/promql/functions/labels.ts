import { RE2JS } from 're2js';
import { METRIC_NAME, type LabelSet } from '../../series/labels.js';
import { ExecutionError } from '../errors.js';
import { withLabel } from '../label-operations.js';
import { isLabelName } from '../literals.js';
import type { VectorNode } from '../nodes.js';
import { Kept, SeriesList, type Row } from '../rows.js';
import type { Grid, Run } from '../run.js';

/** A function that changes labels and leaves samples as they are. */
class RelabelNode implements VectorNode {
  readonly type = 'vector';
  readonly #input: VectorNode;
  /** `undefined` where the labels stay as they are. */
  readonly #relabel: (labels: LabelSet) => LabelSet | undefined;
  readonly #target: string;
  readonly #output = new Kept<SeriesList, SeriesList>();

  constructor(
    input: VectorNode,
    options: { target: string; relabel: (labels: LabelSet) => LabelSet | undefined },
  ) {
    this.#input = input;
    this.#target = options.target;
    this.#relabel = options.relabel;
  }

  begin(grid: Grid, run: Run): SeriesList {
    return this.#output.get(this.#input.begin(grid, run), (series) => {
      const relabelled = series.labels.map(this.#relabel);
      const { dropName } = series;
      return new SeriesList(
        relabelled.map((labels, i) => labels ?? series.labels[i]),
        {
          // A name that was set on purpose stays.
          dropName: dropName?.map(
            (drop, i) => drop && !(this.#target === METRIC_NAME && relabelled[i] !== undefined),
          ),
        },
      );
    });
  }

  read(index: number, row: Row): boolean {
    return this.#input.read(index, row);
  }
}

/** Go's Regexp.Expand: `$1`, `$name` and `${name}` stand for groups, `$$` for a dollar. */
function expansion(template: string): (group: (name: string) => string) => string {
  const parts: (string | { readonly group: string })[] = [];
  let rest = template;
  while (rest !== '') {
    const dollar = rest.indexOf('$');
    if (dollar < 0) break;
    parts.push(rest.slice(0, dollar));
    rest = rest.slice(dollar);
    const reference = /^\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/u.exec(rest);
    if (reference === null) {
      parts.push('$');
      rest = rest.slice(1);
      continue;
    }
    const name = reference[1] ?? reference[2];
    parts.push(name === undefined ? '$' : { group: name });
    rest = rest.slice(reference[0].length);
  }
  parts.push(rest);
  return (group) =>
    parts.map((part) => (typeof part === 'string' ? part : group(part.group))).join('');
}

/**
 * `label_replace(v, target, replacement, source, pattern)`. The pattern is RE2 syntax, anchored at
 * both ends.
 * @throws ExecutionError for a pattern that does not compile or a target that is no label name.
 */
export function labelReplace(
  input: VectorNode,
  [target, replacement, source, pattern]: readonly string[],
): VectorNode {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(`^(?s:${pattern})$`);
  } catch {
    throw new ExecutionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
  if (!isLabelName(target)) {
    throw new ExecutionError(`invalid destination label name in label_replace(): ${target}`);
  }
  const expand = expansion(replacement);
  const named = compiled.namedGroups();
  const relabel = (labels: LabelSet): LabelSet | undefined => {
    const matcher = compiled.matcher(labels.get(source));
    if (!matcher.matches()) return undefined;
    const value = expand((name) => {
      const index = /^\d+$/.test(name) ? Number(name) : named[name];
      if (index === undefined || index > matcher.groupCount()) return '';
      return matcher.group(index) ?? '';
    });
    return withLabel(labels, target, value);
  };
  return new RelabelNode(input, { target, relabel });
}

/**
 * `label_join(v, target, separator, source…)`.
 * @throws ExecutionError for what is no label name.
 */
export function labelJoin(
  input: VectorNode,
  [target, separator, ...sources]: readonly string[],
): VectorNode {
  for (const source of sources) {
    if (!isLabelName(source)) {
      throw new ExecutionError(`invalid source label name in label_join(): ${source}`);
    }
  }
  if (!isLabelName(target)) {
    throw new ExecutionError(`invalid destination label name in label_join(): ${target}`);
  }
  const relabel = (labels: LabelSet): LabelSet =>
    withLabel(labels, target, sources.map((source) => labels.get(source)).join(separator));
  return new RelabelNode(input, { target, relabel });
}
