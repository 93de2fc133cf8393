import type { TemplateFunction } from './builtins.js';
import { ExpansionError, expandTemplate } from './expand.js';
import { FUNCTION_NAMES } from './functions.js';
import { TemplateSyntaxError, type ParsedTemplate } from './nodes.js';
import { parseTemplate } from './parse.js';
import { DataRecord, type TemplateData, type TemplateValue } from './values.js';

/** Prometheus writes these in front of each text, which shows in the columns of its errors. */
const DEFINITIONS =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';
const VARIABLES = ['$labels', '$externalLabels', '$externalURL', '$value'];

/** A template that does not parse or cannot be expanded; the message is in Prometheus's words. */
export class TemplateError extends Error {
  /** Offset into the template's text. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * A template of an alert's label or annotation: Go's text/template with Prometheus's functions and
 * variables (https://prometheus.io/docs/prometheus/latest/configuration/template_reference/).
 */
export class Template {
  readonly text: string;
  readonly #alert: string;
  readonly #parsed: ParsedTemplate;

  private constructor(text: string, alert: string, parsed: ParsedTemplate) {
    this.text = text;
    this.#alert = alert;
    this.#parsed = parsed;
  }

  /**
   * @param alert name of the alert, for messages
   * @throws TemplateError
   */
  static parse(text: string, alert: string): Template {
    try {
      const options = { functions: FUNCTION_NAMES, variables: VARIABLES };
      return new Template(text, alert, parseTemplate(text, options));
    } catch (thrown) {
      if (!(thrown instanceof TemplateSyntaxError)) throw thrown;
      const { line } = positionOf(text, thrown.offset);
      throw new TemplateError(
        `template: __alert_${alert}:${line}: ${thrown.message}`,
        thrown.offset,
      );
    }
  }

  /** @throws TemplateError */
  expand(data: TemplateData, functions: ReadonlyMap<string, TemplateFunction>): string {
    const variables = new Map<string, TemplateValue>([
      ['$labels', data.Labels],
      ['$externalLabels', data.ExternalLabels],
      ['$externalURL', data.ExternalURL],
      ['$value', data.Value],
    ]);
    try {
      // In the order in which Go prints them.
      const { Labels, ExternalLabels, ExternalURL, Value } = data;
      const dot = new DataRecord({ Labels, ExternalLabels, ExternalURL, Value });
      return expandTemplate(this.#parsed, { dot, variables, functions });
    } catch (thrown) {
      if (!(thrown instanceof ExpansionError)) throw thrown;
      const { line, column } = positionOf(this.text, thrown.offset);
      const at = `__alert_${this.#alert}:${line}:${column}`;
      const what = `executing "__alert_${this.#alert}" at <${thrown.text}>`;
      throw new TemplateError(
        `error executing template __alert_${this.#alert}: template: ${at}: ${what}: ${thrown.message}`,
        thrown.offset,
      );
    }
  }
}

/** Line from 1 and column from 0, as Go counts them, with what Prometheus writes in front. */
function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = before.length - (before.lastIndexOf('\n') + 1);
  return { line, column: line === 1 ? column + DEFINITIONS.length : column };
}
