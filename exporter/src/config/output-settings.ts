import { labelMap, listOf, object } from './compound-types.js';
import { group, setting } from './declaration.js';
import { duration, integer, rate } from './number-types.js';
import { boolean, filePath, oneOf, secret, string, template, url } from './text-types.js';

/** An expression whose series are scored. */
interface WatchItem {
  readonly name: string;
  readonly expr: string;
  readonly limit?: number | undefined;
  readonly forecast?: readonly number[] | undefined;
}

/** An expression that is pushed to Grafana Live. */
interface ChannelItem {
  readonly name: string;
  readonly expr: string;
  readonly interval?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Lists that come with the exporter, declared where they are used. */
export interface ProvidedLists {
  readonly watches: readonly WatchItem[];
  readonly channels: readonly ChannelItem[];
  /** What is wrong with a template of a receiver's body, if anything. */
  readonly bodyProblem: (text: string) => string | undefined;
}

const PROVIDED = 'the provided ones';
const SEVERITIES = ['info', 'warning', 'error', 'critical', 'emergency'] as const;

/** Settings of rules, watches, alerts and live streams. */
export function outputMembers({ watches, channels, bodyProblem }: ProvidedLists) {
  const name = { type: string(), description: 'Unique.', required: true } as const;
  const expr = { type: string(), description: 'A PromQL expression.', required: true } as const;
  return {
    rules: setting({
      type: listOf(filePath()),
      default: [],
      description:
        'Rule files in the format of Prometheus; `*`, `?` and `[…]` match names. They are read again ' +
        'when they change. The demo has the provided ones by default.',
    }),
    watches: setting({
      type: listOf(
        object({
          name,
          expr,
          limit: { type: integer({ min: 1 }), description: 'Series that are scored at most.' },
          forecast: {
            type: listOf(duration({ min: 10_000 })),
            description:
              'How far ahead `kymo_forecast` is told, such as `[5m, 1h]`; 5 at most, and 50 series.',
          },
        }),
      ),
      default: watches,
      defaultText: PROVIDED,
      description: 'Expressions whose every series gets an anomaly score.',
    }),
    alertmanagers: setting({
      type: listOf(url()),
      default: [],
      description:
        'Alertmanagers that are told of alerts; a user and password in the URL are sent as basic ' +
        'authentication.',
    }),
    receivers: setting({
      type: listOf(
        object({
          name,
          url: { type: url(), description: 'Where it is posted to.', required: true },
          token: { type: secret(), description: 'Sent as bearer token.' },
          token_file: { type: filePath(), description: 'File with the token.' },
          body: {
            type: template(bodyProblem),
            description: 'Template of the body, with the data of Alertmanager’s templates.',
          },
          content_type: { type: string(), description: 'Of the body.' },
          severity: { type: oneOf(SEVERITIES), description: 'The least that it wants.' },
          send_resolved: { type: boolean(), description: 'Whether it is told of the end.' },
        }),
      ),
      default: [],
      description:
        'Webhooks that are told of alerts in the format of Alertmanager; rules may name them in the ' +
        'annotation `kymo_receivers`.',
    }),
    alerts: group('How alerts are told.', {
      resend: setting({
        type: duration({ min: 1000, max: 3_600_000 }),
        default: 60_000,
        description: 'Time after which an alert that fires is sent to Alertmanagers again.',
      }),
      silences: setting({
        type: boolean(),
        default: false,
        description: 'Whether an acknowledgement is a silence in every Alertmanager.',
      }),
      labels: setting({
        type: labelMap(),
        default: {},
        description:
          'Labels added to alerts that are sent and do not have them, as `external_labels` of Prometheus.',
      }),
    }),
    live: group('Live streams over WebSocket, and channels for Grafana Live.', {
      max_clients: setting({
        type: integer({ min: 1, max: 1_000_000 }),
        default: 10_000,
        description: 'Clients at a time.',
      }),
      max_subscriptions: setting({
        type: integer({ min: 1, max: 100_000 }),
        default: 200,
        description: 'Subscriptions of one client.',
      }),
      rate: setting({
        type: rate({ min: 1 }),
        default: 50,
        description: 'Messages that a client may send; ten seconds’ worth may come at once.',
      }),
      channels: setting({
        type: listOf(
          object({
            name,
            expr,
            interval: { type: duration({ min: 100 }), description: 'A multiple of the tick.' },
            labels: { type: labelMap(), description: 'Added to those of each series.' },
          }),
        ),
        default: channels,
        defaultText: PROVIDED,
        description: 'What is pushed to Grafana Live.',
      }),
    }),
    grafana: setting({
      type: listOf(
        object({
          url: { type: url(), description: 'Root of Grafana.', required: true },
          token: { type: secret(), description: 'Of a service account, role Editor.' },
          token_file: { type: filePath(), description: 'File with the token.' },
          username: { type: string(), description: 'For basic authentication.' },
          password_file: { type: filePath(), description: 'File with the password.' },
          stream: { type: string(), description: 'Name of the stream.' },
          secret: { type: secret(), description: 'That the datasource sends; see security.md.' },
          secret_file: { type: filePath(), description: 'File with the secret.' },
          issuer: { type: url(), description: 'Its own root URL; `url` by default.' },
          org: { type: integer({ min: 1 }), description: 'Number of the organisation.' },
        }),
      ),
      default: [],
      description:
        'Grafanas that live channels are pushed to, and, where a secret is set, whose Editors and ' +
        'Admins may make changes ([security.md](security.md)). One can be given by the variables ' +
        '`KYMO_GRAFANA_URL`, `KYMO_GRAFANA_TOKEN`, `KYMO_GRAFANA_SECRET` (each of these two also ' +
        'with `_FILE`), `KYMO_GRAFANA_ISSUER` and `KYMO_GRAFANA_ORG`.',
    }),
  };
}
