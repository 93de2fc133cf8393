import type { Labels } from '../../series/labels.js';
import type { Clock } from '../../lib/clock.js';
import { HttpClient, type HttpTarget } from './http-client.js';
import { RejectedError, type Notice, type Notifier } from './notifier.js';

export interface AlertmanagerOptions extends HttpTarget {
  readonly clock: Clock;
}

/** A silence of the alerts that carry exactly these labels. Times are Unix milliseconds. */
export interface SilenceRequest {
  /** Of the silence to change; a new one where it is absent. */
  readonly id?: string;
  readonly labels: Labels;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
}

/**
 * Sends alerts to one Alertmanager through its API v2. Payload and times are as Prometheus has them:
 * `startsAt` is when the alert fired, `endsAt` when it resolved, or four times the time after which it
 * is sent again (https://github.com/prometheus/compliance, alert_generator/specification.md).
 */
export class Alertmanager implements Notifier {
  readonly name: string;
  readonly repeats = true;
  /** As Prometheus: an Alertmanager takes more, but a message is tried again as a whole. */
  readonly batch = 64;
  readonly #client: HttpClient;
  readonly #clock: Clock;

  /** @throws KymoError `bad_url` */
  constructor(options: AlertmanagerOptions) {
    this.#client = new HttpClient(options);
    this.#clock = options.clock;
    this.name = `alertmanager:${this.#client.address}`;
  }

  accepts(): boolean {
    return true;
  }

  together(): boolean {
    return true;
  }

  async send(notices: readonly Notice[], signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(notices.map((notice) => this.#payload(notice)));
    await this.#client.send({ method: 'POST', path: '/api/v2/alerts', body, signal });
  }

  /** Makes or changes a silence, and resolves with its id. */
  async silence(request: SilenceRequest, signal: AbortSignal): Promise<string> {
    const { id, labels, startsAt, endsAt, createdBy, comment } = request;
    const matchers = Object.entries(labels).map(([name, value]) => ({
      name,
      value,
      isRegex: false,
      isEqual: true,
    }));
    const times = { startsAt: rfc3339(startsAt), endsAt: rfc3339(endsAt) };
    const body = JSON.stringify({ ...(id && { id }), matchers, ...times, createdBy, comment });
    const path = '/api/v2/silences';
    const answer = await this.#client.send({ method: 'POST', path, body, signal });
    const made: unknown = JSON.parse(answer);
    if (typeof made === 'object' && made !== null && 'silenceID' in made) {
      return String(made.silenceID);
    }
    throw new RejectedError(`${this.#client.address} answered no id of a silence`);
  }

  /** Ends a silence. */
  async expireSilence(id: string, signal: AbortSignal): Promise<void> {
    const path = `/api/v2/silence/${encodeURIComponent(id)}`;
    await this.#client.send({ method: 'DELETE', path, signal });
  }

  #payload({ alert, status, labels, ...notice }: Notice): Record<string, unknown> {
    // One that waited here while the Alertmanager was away must not have ended on arrival.
    const endsAt = status === 'resolved' ? notice.endsAt : this.#clock.now() + notice.validFor;
    return {
      labels,
      annotations: alert.annotations,
      startsAt: rfc3339(notice.startsAt),
      endsAt: rfc3339(endsAt),
      generatorURL: notice.generatorUrl,
    };
  }
}

function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
