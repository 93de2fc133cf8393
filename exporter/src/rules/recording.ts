import { KymoError } from '../lib/errors.js';
import type { LabelSet } from '../series/labels.js';
import type { SeriesId } from '../series/reader.js';
import type { FamilyHandle, SourceWriter } from '../series/writer.js';
import type { RecordingRule } from './rule.js';
import { RuleQuery, withRuleLabels, type Evaluation, type RuleWorld } from './rule-run.js';

interface Target {
  readonly id: SeriesId;
  /** Key of the labels with those of the rule. */
  readonly key: string;
}

/** Evaluates a recording rule and writes what comes out. */
export class RecordingState {
  readonly rule: RecordingRule;
  readonly writer: SourceWriter;
  readonly #query: RuleQuery;
  #family: FamilyHandle | undefined;
  /** By place in the result: most evaluations yield the same label sets in the same order. */
  #sources: (LabelSet | undefined)[] = [];
  #targets: Target[] = [];
  /** By the key of the source's labels. */
  readonly #known = new Map<string, Target>();
  #removals = 0;

  constructor(rule: RecordingRule, writer: SourceWriter, world: RuleWorld) {
    this.rule = rule;
    this.writer = writer;
    this.#query = new RuleQuery(rule.expression, world);
  }

  /** Series that the last evaluation yielded. */
  get count(): number {
    return this.#targets.length;
  }

  /** @throws KymoError or Error; then nothing is written */
  evaluate({ at, limit }: Evaluation): void {
    const samples = this.#query.evaluate(at);
    if (limit > 0 && samples.length > limit) {
      throw new Error(`exceeded limit of ${limit} with ${samples.length} series`);
    }
    const { writer } = this;
    if (writer.removals !== this.#removals) this.#forget();
    this.#sources.length = this.#targets.length = samples.length;
    let refused: KymoError | undefined;
    let changed = false;
    for (let i = 0; i < samples.length; i++) {
      const { labels, value, histogram } = samples[i];
      if (this.#sources[i] !== labels || !writer.has(this.#targets[i].id)) {
        changed = true;
        try {
          this.#targets[i] = this.#find(labels);
          this.#sources[i] = labels;
        } catch (thrown) {
          if (!(thrown instanceof KymoError)) throw thrown;
          // One series that cannot be written takes no other with it.
          refused ??= thrown;
          this.#sources[i] = undefined;
          continue;
        }
      }
      if (histogram === undefined) writer.set(this.#targets[i].id, value);
      else writer.setHistogram(this.#targets[i].id, histogram);
    }
    if (changed) this.#checkUnique();
    writer.commit(at);
    if (refused !== undefined) throw refused;
  }

  #checkUnique(): void {
    const seen = new Set<string>();
    for (const [i, source] of this.#sources.entries()) {
      if (source === undefined) continue;
      const { key } = this.#targets[i];
      if (seen.has(key)) {
        this.writer.discard();
        this.#sources = [];
        throw new Error(
          'vector contains metrics with the same labelset after applying rule labels',
        );
      }
      seen.add(key);
    }
  }

  #forget(): void {
    this.#removals = this.writer.removals;
    this.#sources = [];
    this.#known.clear();
  }

  #find(labels: LabelSet): Target {
    const { writer, rule } = this;
    const known = this.#known.get(labels.key);
    if (known !== undefined && writer.has(known.id)) return known;
    this.#family ??= writer.family({ name: rule.name, type: 'gauge', help: helpOf(rule) });
    const final = withRuleLabels(labels, rule.labels);
    const target = { id: writer.series(this.#family, final.toObject()), key: final.key };
    if (this.#known.size > 2 * this.#sources.length + 1000) this.#known.clear();
    this.#known.set(labels.key, target);
    return target;
  }
}

/** Kept short: an expression may be a page long. */
function helpOf({ text }: RecordingRule): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return `Recorded: ${line.length > 200 ? `${line.slice(0, 199)}…` : line}`;
}
