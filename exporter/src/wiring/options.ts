import type { Simulator } from '../http/dependencies.js';
import type { TrustedGrafana } from '../http/identity/grafana-identity.js';
import type { HttpTimeouts } from '../http/server.js';
import type { Clock } from '../lib/clock.js';
import type { Logger } from '../lib/logger.js';
import type { Channel } from '../live/grafana/channel.js';
import type { GrafanaTargetOptions } from '../live/grafana/target.js';
import type { LiveLimits } from '../live/limits.js';
import type { QueryLimits } from '../promql/api/operations.js';
import type { HttpTarget } from '../rules/notify/http-client.js';
import type { WebhookOptions } from '../rules/notify/webhook.js';
import type { WatchDefinition } from '../rules/watches/watch.js';
import type { HeadOptions } from '../series/head.js';
import type { HistoryOptions } from '../series/history/history.js';
import type { Labels } from '../series/labels.js';
import type { RegistryLike } from '../sources/registry/shapes.js';
import type { PartialSystemOptions } from '../sources/system/index.js';

/** Everything may be left out. Times are in milliseconds, sizes in bytes. */
export interface KymoOptions {
  readonly listen?: {
    /** `127.0.0.1` by default. */
    readonly host?: string;
    /** 9797 by default; 0 picks a free one. */
    readonly port?: number;
    /**
     * Names that the exporter is reached by, beside `localhost` and IP addresses. By default none on
     * loopback and any elsewhere, since a scraper may use any.
     */
    readonly hosts?: readonly string[];
    /** From failing `/-/ready` to closing the port; 0 by default. */
    readonly drain?: number;
  };
  /** 100 to 60,000; 1,000 by default. */
  readonly tick?: number;
  readonly series?: Omit<HeadOptions, 'ownLabels'>;
  /**
   * Labels of every own series, but not on `/metrics`, where the scraper adds its own;
   * `instance: <hostname>` and `job: kymo` by default.
   */
  readonly labels?: Labels;
  readonly sources?: {
    /** Whether a source is collected, by its name; all are by default. */
    readonly enabled?: Readonly<Record<string, boolean>>;
    /** What a source may take; four fifths of the tick, and at most 5 s, by default. */
    readonly deadline?: number;
    readonly system?: PartialSystemOptions;
    readonly http?: { readonly slow?: number; readonly maxLabelSets?: number };
  };
  /** Folder for state that outlives a restart; by default nothing does. */
  readonly dataDir?: string;
  /** How long what has left the head is kept in `dataDir`, and how; see there for the defaults. */
  readonly history?: Omit<HistoryOptions, 'reader' | 'logger' | 'now' | 'partBytes'>;
  /** Where people find this exporter; the address that it listens on by default. */
  readonly externalUrl?: string;
  readonly rules?: {
    /** Rule files, or patterns of them, relative to the working directory; none by default. */
    readonly files?: readonly string[];
    readonly alertmanagers?: readonly HttpTarget[];
    /** Webhooks that rules may name. */
    readonly receivers?: readonly WebhookOptions[];
    /** Whether an acknowledgement is a silence in every Alertmanager; it is not by default. */
    readonly silences?: boolean;
    /** After which an alert is sent to Alertmanagers again; 60,000 by default. */
    readonly resendDelay?: number;
    /** Added to alerts that are sent and do not have them, and seen by templates; none by default. */
    readonly externalLabels?: Labels;
  };
  /** Expressions whose series are scored; the provided ones by default. */
  readonly watches?: readonly WatchDefinition[];
  readonly live?: {
    readonly limits?: Partial<LiveLimits>;
    /** What is pushed to Grafanas; the provided ones by default. */
    readonly channels?: readonly Channel[];
    /** Grafanas to push to; none by default. */
    readonly grafanas?: readonly GrafanaTargetOptions[];
  };
  readonly http?: {
    /** Grafanas whose Editors and Admins may make changes; none by default. */
    readonly grafanas?: readonly TrustedGrafana[];
    /** Requests a second from one address; 100 by default. */
    readonly rate?: number;
    /** Bytes of a request's body; 16 MiB by default. */
    readonly bodyLimit?: number;
    /** Connections at a time; 12,000 by default. */
    readonly maxConnections?: number;
    readonly timeouts?: Partial<HttpTimeouts>;
  };
  /** What a query may cost. */
  readonly query?: Partial<QueryLimits>;
  /** What an analysis may cost: milliseconds, 20,000 by default; how many wait, 32 by default. */
  readonly analysis?: { readonly timeout?: number; readonly maxWaiting?: number };
  /** What trying a rule over the past may cost: bytes of history that it reads, 8 MiB by default. */
  readonly ruleTest?: { readonly maxHistory?: number };
  /** The application's registry, of prom-client or `@prometheus-io/client`. */
  readonly registry?: RegistryLike;
  /** Whether the servers of this process are measured; they are by default. */
  readonly instrument?: boolean;
  readonly simulator?: Simulator;
  /** Reads the configuration again; rejects with what is wrong with it. */
  readonly reload?: () => Promise<void>;
  readonly clock?: Clock;
  /** Silent by default. */
  readonly logger?: Logger;
}

/** Bytes of a request's body by default. */
export const BODY_LIMIT = 16 * 2 ** 20;

/** What a query may cost by default; a time in milliseconds, like all. */
export const QUERY_LIMITS: QueryLimits = {
  timeout: 30_000,
  maxSamples: 20_000_000,
  maxSamplesRead: 200_000_000,
  maxPoints: 11_000,
  lookback: 300_000,
};
