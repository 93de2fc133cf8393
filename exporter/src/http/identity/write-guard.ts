import type { Request, RequestHandler } from 'express';
import type { Clock } from '../../lib/clock.js';
import { KymoError } from '../../lib/errors.js';
import { isFromLoopback, type CountRefused } from '../guards.js';
import { HttpError } from '../http-error.js';
import { setCaller, type Caller } from './caller.js';
import { GrafanaIdentity, type TrustedGrafana } from './grafana-identity.js';

/** Header with the secret that our datasource sends. */
export const SECRET_HEADER = 'x-kymo-secret';
/** Header in which Grafana says, signed, whose request it passes on. */
const IDENTITY_HEADER = 'x-grafana-id';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAY_WRITE: readonly unknown[] = ['Editor', 'Admin'];

export interface WriteGuardOptions {
  /** Grafanas whose Editors and Admins may make changes. */
  readonly grafanas: readonly TrustedGrafana[];
  /** Paths that read although they take POST, for parameters too long for a URL. */
  readonly reads: (path: string) => boolean;
  readonly refused: CountRefused;
  readonly clock: Clock;
}

/** What refused requests are counted as. */
type Limit = 'role' | 'secret' | 'identity' | 'write';

interface RefusalDetails {
  /** What to do; left out where the reason says it. */
  readonly remedy?: string;
  /** Who it is, where that was verified. */
  readonly caller?: Caller;
  readonly cause?: KymoError;
}

/** Why somebody may not make changes. */
export class Refusal extends HttpError {
  readonly limit: Limit;
  readonly reason: string;
  readonly remedy: string | undefined;
  readonly caller: Caller | undefined;

  constructor(limit: Limit, reason: string, { remedy, caller, cause }: RefusalDetails = {}) {
    const unavailable = cause?.code === 'keys_unavailable';
    const message = remedy === undefined ? reason : `${reason}; ${remedy}`;
    super(unavailable ? 503 : 403, unavailable ? 'unavailable' : 'forbidden', message);
    this.limit = limit;
    this.reason = reason;
    this.remedy = remedy;
    this.caller = caller;
  }

  /** As callers are told. */
  get refusal(): Limit | 'unavailable' {
    return this.status === 503 ? 'unavailable' : this.limit;
  }
}

/**
 * Decides who may make changes: whoever is on this machine and asks without a proxy, and the Editors
 * and Admins of the Grafanas that are trusted.
 */
export class WriteGuard {
  readonly #options: WriteGuardOptions;
  readonly #grafanas: readonly GrafanaIdentity[];

  /** @throws KymoError `weak_secret` */
  constructor(options: WriteGuardOptions) {
    this.#options = options;
    this.#grafanas = options.grafanas.map((grafana) => new GrafanaIdentity(grafana, options.clock));
  }

  /** Refuses requests for changes, with the reason and the remedy. */
  get handler(): RequestHandler {
    return async (request, _response, next) => {
      if (READING.has(request.method) || this.#options.reads(request.path)) return next();
      try {
        setCaller(request, await this.callerOf(request));
      } catch (thrown) {
        if (thrown instanceof Refusal) this.#options.refused(thrown.limit);
        throw thrown;
      }
      next();
    };
  }

  /**
   * Who makes a request, if they may make changes.
   * @throws HttpError 403 with the reason and the remedy; 503 where Grafana's keys cannot be had
   */
  async callerOf(request: Request): Promise<Caller> {
    const { [SECRET_HEADER]: secret = '', [IDENTITY_HEADER]: token = '' } = request.headers;
    const proxied = secret !== '' || token !== '';
    if (!proxied && isFromLoopback(request)) return { name: undefined, role: undefined };
    if (!proxied) {
      throw new Refusal(
        'write',
        'changes are taken from this machine only (127.0.0.1 or ::1, not through a proxy), and from ' +
          'Editors and Admins through a Grafana that is trusted (docs/security.md)',
      );
    }
    return this.#verified(String(secret), String(token));
  }

  async #verified(secret: string, token: string): Promise<Caller> {
    const trusting = this.#grafanas.filter((grafana) => grafana.knows(secret));
    if (trusting.length === 0) throw noSecret(this.#grafanas.length > 0, secret !== '');
    if (token === '') {
      throw new Refusal('identity', 'Grafana did not say who asks (X-Grafana-Id)', {
        remedy: 'changes need a user who is signed in',
      });
    }
    const caller = await firstOf(trusting, token);
    if (MAY_WRITE.includes(caller.role)) return caller;
    throw new Refusal(
      'role',
      `${caller.name} has the role ${caller.role} in Grafana, and changes are made by Editors and Admins`,
      { caller, remedy: 'ask an administrator of Grafana for the role Editor' },
    );
  }
}

/** Who the first of these Grafanas says it is: several may share a secret, but no issuer. */
async function firstOf(grafanas: readonly GrafanaIdentity[], token: string): Promise<Caller> {
  let last: KymoError | undefined;
  for (const grafana of grafanas) {
    try {
      return await grafana.callerOf(token);
    } catch (thrown) {
      if (!(thrown instanceof KymoError)) throw thrown;
      last = thrown;
    }
  }
  throw new Refusal('identity', last?.message ?? '', { cause: last });
}

function noSecret(configured: boolean, given: boolean): Refusal {
  const remedy =
    'set the same secret in grafana[].secret_file and in the datasource (docs/security.md)';
  if (!configured) {
    return new Refusal(
      'secret',
      'this exporter takes no changes through Grafana, since it cannot tell who makes them',
      { remedy },
    );
  }
  const what = given ? 'the secret of the datasource is wrong' : 'the datasource sends no secret';
  return new Refusal('secret', `${what}, so that changes through it are not taken`, { remedy });
}
