import type { LabelSet, Labels } from '../series/labels.js';
import type { AlertingRule, NamedTemplate } from './rule.js';
import { mapOf, withRuleLabels, type RuleWorld, type Samples } from './rule-run.js';
import { TemplateError } from './template/template.js';
import type { TemplateData } from './template/values.js';

/** The labels and annotations of the alerts of one rule. */
export class AlertTexts {
  /** Labels that every alert of the rule has, whatever its series. */
  readonly ownLabels: Labels;
  readonly #rule: AlertingRule;
  readonly #world: RuleWorld;
  readonly #plainAnnotations: Labels;

  constructor(rule: AlertingRule, world: RuleWorld) {
    this.#rule = rule;
    this.#world = world;
    this.ownLabels = { ...without(rule.labels, rule.labelTemplates), alertname: rule.name };
    this.#plainAnnotations = without(rule.annotations, rule.annotationTemplates);
  }

  /** What templates see of a sample; `undefined` where the rule has none. */
  dataOf({ labels, value, histogram }: Samples[number]): TemplateData | undefined {
    const { labelTemplates, annotationTemplates } = this.#rule;
    if (labelTemplates.length === 0 && annotationTemplates.length === 0) return undefined;
    return {
      Labels: mapOf(labels),
      ExternalLabels: this.#world.externalLabels,
      ExternalURL: this.#world.externalUrl,
      Value: histogram ?? value,
    };
  }

  /** The labels of an alert: those of its series, of the rule, and its name. */
  labels(source: LabelSet, data: TemplateData | undefined): LabelSet {
    const expanded = this.#expand(this.#rule.labelTemplates, data);
    return withRuleLabels(source, expanded ? { ...expanded, ...this.ownLabels } : this.ownLabels);
  }

  annotations(data: TemplateData | undefined): Labels {
    const expanded = this.#expand(this.#rule.annotationTemplates, data);
    return expanded ? { ...this.#plainAnnotations, ...expanded } : this.#plainAnnotations;
  }

  #expand(templates: readonly NamedTemplate[], data: TemplateData | undefined): Labels | undefined {
    if (data === undefined || templates.length === 0) return undefined;
    const { templates: scope, onTemplateError } = this.#world;
    const expanded: Record<string, string> = {};
    for (const { name, template } of templates) {
      try {
        expanded[name] = template.expand(data, scope.functions);
      } catch (thrown) {
        if (!(thrown instanceof TemplateError)) throw thrown;
        onTemplateError();
        expanded[name] = `<error expanding template: ${thrown.message}>`;
      }
    }
    return expanded;
  }
}

function without(labels: Labels, templates: readonly NamedTemplate[]): Labels {
  const names = new Set(templates.map(({ name }) => name));
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.has(name)));
}
