import { messageOf } from '../../lib/errors.js';
import type { Labels } from '../../series/labels.js';
import type { TemplateFunction } from '../template/builtins.js';
import { ExpansionError, expandTemplate } from '../template/expand.js';
import { templateFunctions } from '../template/functions.js';
import { TemplateSyntaxError, type ParsedTemplate } from '../template/nodes.js';
import { parseTemplate } from '../template/parse.js';
import {
  DataRecord,
  FieldList,
  isList,
  isMap,
  KeyValues,
  valueText,
  type TemplateValue,
} from '../template/values.js';

/** What body templates see as `.`: the names of Alertmanager's template data. */
export interface WebhookData {
  readonly Receiver: string;
  readonly Status: string;
  readonly Alerts: readonly WebhookAlert[];
  readonly GroupLabels: Labels;
  readonly CommonLabels: Labels;
  readonly CommonAnnotations: Labels;
  readonly ExternalURL: string;
}

/** One of its alerts. */
export interface WebhookAlert {
  readonly Status: string;
  readonly Labels: Labels;
  readonly Annotations: Labels;
  /** RFC 3339, as `EndsAt`. */
  readonly StartsAt: string;
  readonly EndsAt: string;
  readonly GeneratorURL: string;
  readonly Fingerprint: string;
  /** Of the expression, when it last held. */
  readonly Value: number;
}

/** Those of Prometheus that ask for nothing but their arguments. */
const SHARED = [
  ...['title', 'toUpper', 'toLower', 'match', 'reReplaceAll', 'safeHtml', 'urlQueryEscape'],
  ...['humanize', 'humanize1024', 'humanizeDuration', 'humanizePercentage', 'humanizeTimestamp'],
  ...['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'not', 'len', 'index', 'slice'],
  ...['print', 'println', 'printf', 'html', 'js', 'urlquery', 'stripPort', 'stripDomain'],
];
const prometheus = templateFunctions({ query: () => [], now: () => 0, externalUrl: '' });
const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ...[...prometheus].filter(([name]) => SHARED.includes(name)),
  ['toJson', (value) => JSON.stringify(plainOf(value))],
  ['trimSpace', (value) => valueText(value).trim()],
  [
    'join',
    (separator, list) => {
      if (!isList(list)) throw new Error('wrong type for value; expected a list');
      return list.map(valueText).join(valueText(separator));
    },
  ],
]);
const names = new Set([...functions.keys(), 'and', 'or']);

/**
 * Template of the body that a webhook is sent: Go's text/template with the data and the functions of
 * Alertmanager's (https://prometheus.io/docs/alerting/latest/notifications/). Times are texts.
 */
export class BodyTemplate {
  readonly #text: string;
  readonly #parsed: ParsedTemplate;

  private constructor(text: string, parsed: ParsedTemplate) {
    this.#text = text;
    this.#parsed = parsed;
  }

  /** @throws Error whose message begins with line and column, both from 1 */
  static parse(text: string): BodyTemplate {
    try {
      return new BodyTemplate(text, parseTemplate(text, { functions: names, variables: [] }));
    } catch (thrown) {
      if (!(thrown instanceof TemplateSyntaxError)) throw thrown;
      throw new Error(`${placeOf(text, thrown.offset)}: ${thrown.message}`, { cause: thrown });
    }
  }

  /** @throws Error whose message begins with line and column */
  expand(data: WebhookData): string {
    try {
      const dot = recordOf(data);
      return expandTemplate(this.#parsed, { dot, variables: new Map(), functions });
    } catch (thrown) {
      if (!(thrown instanceof ExpansionError)) throw thrown;
      const place = placeOf(this.#text, thrown.offset);
      throw new Error(`${place}: at <${thrown.text}>: ${thrown.message}`, { cause: thrown });
    }
  }
}

/**
 * What is wrong with a template, as far as it can be told before there is an alert: its syntax, and
 * fields that there never are.
 */
export function bodyTemplateProblem(text: string): string | undefined {
  try {
    BodyTemplate.parse(text).expand(SAMPLE);
    return undefined;
  } catch (thrown) {
    const message = messageOf(thrown);
    const { cause } = thrown as Error;
    const certain =
      cause instanceof TemplateSyntaxError || message.includes("can't evaluate field");
    return certain ? `the template does not work: ${message}` : undefined;
  }
}

const SAMPLE: WebhookData = {
  Receiver: 'sample',
  Status: 'firing',
  Alerts: [
    {
      Status: 'firing',
      Labels: { alertname: 'Sample' },
      Annotations: { summary: 'A sample.' },
      StartsAt: '2030-01-01T00:00:00.000Z',
      EndsAt: '0001-01-01T00:00:00Z',
      GeneratorURL: '',
      Fingerprint: '0123456789abcdef',
      Value: 1,
    },
  ],
  GroupLabels: {},
  CommonLabels: { alertname: 'Sample' },
  CommonAnnotations: { summary: 'A sample.' },
  ExternalURL: '',
};

function recordOf({ Alerts, ...data }: WebhookData): DataRecord {
  const alerts = FieldList.from(Alerts.map(alertOf)) as FieldList;
  const having = (status: string): TemplateValue[] =>
    alerts.filter((_, i) => Alerts[i].Status === status);
  alerts.fields = { Firing: having('firing'), Resolved: having('resolved') };
  return new DataRecord({
    ...data,
    Alerts: alerts,
    GroupLabels: pairs(data.GroupLabels),
    CommonLabels: pairs(data.CommonLabels),
    CommonAnnotations: pairs(data.CommonAnnotations),
  });
}

function alertOf({ Labels: labels, Annotations: annotations, ...alert }: WebhookAlert): DataRecord {
  return new DataRecord({ ...alert, Labels: pairs(labels), Annotations: pairs(annotations) });
}

const pairs = (labels: Labels): KeyValues => new KeyValues(Object.entries(labels));

/** As JSON knows it. */
function plainOf(value: TemplateValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(plainOf);
  const entries =
    value instanceof DataRecord ? Object.entries(value.fields) : isMap(value) ? [...value] : [];
  if (value instanceof DataRecord || isMap(value)) {
    return Object.fromEntries(entries.map(([name, item]) => [name, plainOf(item)]));
  }
  return typeof value === 'object' && value !== null ? valueText(value) : value;
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
}
