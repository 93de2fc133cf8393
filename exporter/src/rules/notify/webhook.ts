import { KymoError, messageOf } from '../../lib/errors.js';
import type { Labels } from '../../series/labels.js';
import type { Alert, Severity } from '../alert.js';
import { BodyTemplate, type WebhookAlert, type WebhookData } from './body-template.js';
import { HttpClient, type HttpTarget } from './http-client.js';
import { isAtLeast, RejectedError, type Notice, type Notifier } from './notifier.js';

export interface WebhookOptions extends HttpTarget {
  /** What rules name in `kymo_receivers`. */
  readonly name: string;
  /** Template of the body; Alertmanager's webhook format, version 4, by default. */
  readonly body?: string;
  /** `application/json` by default. */
  readonly contentType?: string;
  /** Whether it is told of the end of alerts; it is by default. */
  readonly sendResolved?: boolean;
  /** The least severity it wants to hear of; all by default. */
  readonly severity?: Severity;
  /** Most alerts in a message; 64 by default. All of them are firing, or all are resolved. */
  readonly batch?: number;
}

/** Go's zero time, which Alertmanager writes for what has not ended. */
const NOT_ENDED = '0001-01-01T00:00:00Z';

/** A receiver of its own: each alert is told once when it fires and once when it is resolved. */
export class Webhook implements Notifier {
  readonly name: string;
  readonly repeats = false;
  readonly batch: number;
  readonly #client: HttpClient;
  readonly #options: WebhookOptions;
  readonly #template: BodyTemplate | undefined;

  /** @throws KymoError `bad_url`, `bad_template` */
  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#template = options.body === undefined ? undefined : parsed(options.name, options.body);
    this.#client = new HttpClient(options);
    this.name = options.name;
    this.batch = options.batch ?? 64;
  }

  /** Rules that name no receivers mean all. */
  accepts({ labels, receivers }: Alert, status: Notice['status']): boolean {
    const { sendResolved = true, severity = 'info' } = this.#options;
    if (status === 'resolved' && !sendResolved) return false;
    return (receivers.length === 0 || receivers.includes(this.name)) && isAtLeast(labels, severity);
  }

  together(first: Notice, other: Notice): boolean {
    return first.status === other.status;
  }

  async send(notices: readonly Notice[], signal: AbortSignal): Promise<void> {
    const data = this.#data(notices);
    const { contentType } = this.#options;
    let text: string;
    try {
      text = this.#template?.expand(data) ?? JSON.stringify(version4(data));
    } catch (thrown) {
      const reason = `receiver "${this.name}": its body template fails: ${messageOf(thrown)}`;
      throw new RejectedError(reason, { cause: thrown });
    }
    const type = contentType ?? 'application/json';
    await this.#client.send({ method: 'POST', body: text, contentType: type, signal });
  }

  #data(notices: readonly Notice[]): WebhookData {
    return {
      Receiver: this.name,
      Status: notices.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
      Alerts: notices.map(alertData),
      // Grouping is Alertmanager's work.
      GroupLabels: {},
      CommonLabels: common(notices.map(({ labels }) => labels)),
      CommonAnnotations: common(notices.map(({ alert }) => alert.annotations)),
      ExternalURL: notices[0].externalUrl,
    };
  }
}

function parsed(receiver: string, body: string): BodyTemplate {
  try {
    return BodyTemplate.parse(body);
  } catch (thrown) {
    throw new KymoError('bad_template', `receiver "${receiver}", body: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

function alertData({
  alert,
  status,
  labels,
  startsAt,
  endsAt,
  generatorUrl,
}: Notice): WebhookAlert {
  return {
    Status: status,
    Labels: labels,
    Annotations: alert.annotations,
    StartsAt: new Date(startsAt).toISOString(),
    EndsAt: status === 'resolved' ? new Date(endsAt).toISOString() : NOT_ENDED,
    GeneratorURL: generatorUrl,
    Fingerprint: alert.fingerprint,
    Value: alert.value,
  };
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
function version4(data: WebhookData): Record<string, unknown> {
  return {
    version: '4',
    groupKey: `{}:{receiver=${JSON.stringify(data.Receiver)}}`,
    truncatedAlerts: 0,
    status: data.Status,
    receiver: data.Receiver,
    groupLabels: data.GroupLabels,
    commonLabels: data.CommonLabels,
    commonAnnotations: data.CommonAnnotations,
    externalURL: data.ExternalURL,
    alerts: data.Alerts.map((alert) => ({
      status: alert.Status,
      labels: alert.Labels,
      annotations: alert.Annotations,
      startsAt: alert.StartsAt,
      endsAt: alert.EndsAt,
      generatorURL: alert.GeneratorURL,
      fingerprint: alert.Fingerprint,
    })),
  };
}

/** The pairs that all have. */
function common([first, ...others]: readonly Labels[]): Labels {
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) =>
      others.every((labels) => labels[name] === value),
    ),
  );
}
