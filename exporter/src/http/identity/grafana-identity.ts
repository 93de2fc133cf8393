import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { Clock } from '../../lib/clock.js';
import { KymoError, messageOf } from '../../lib/errors.js';
import { ROLES, type Caller, type Role } from './caller.js';
import { SigningKeys } from './signing-keys.js';

/** A Grafana whose users may make changes. */
export interface TrustedGrafana {
  /** Where the exporter reaches it. */
  readonly url: string;
  /** Root URL that it goes by, which its tokens name; `url` by default. */
  readonly issuer?: string;
  /** Number of the organisation whose users are meant; 1 by default. */
  readonly org?: number;
  /** What the datasource sends in `X-Kymo-Secret`; at least 16 characters. */
  readonly secret: string;
}

const SHORTEST_SECRET = 16;
/** Seconds that the clocks of Grafana and exporter may differ by. */
const CLOCK_TOLERANCE = 30;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Verifies who asks through one Grafana: the secret says that the request came through our datasource,
 * and the token in `X-Grafana-Id` says who made it.
 */
export class GrafanaIdentity {
  readonly #secret: Buffer;
  readonly #issuer: string;
  readonly #audience: string;
  readonly #keys: SigningKeys;
  readonly #clock: Clock;

  /** @throws KymoError `weak_secret` */
  constructor({ url, issuer = url, org = 1, secret }: TrustedGrafana, clock: Clock) {
    if (secret.length < SHORTEST_SECRET) {
      throw new KymoError(
        'weak_secret',
        `grafana (${url}): the secret has fewer than ${SHORTEST_SECRET} characters; make one with ` +
          '`openssl rand -hex 32`',
      );
    }
    this.#secret = digest(secret);
    this.#issuer = issuer.replace(/\/$/, '');
    this.#audience = `org:${org}`;
    this.#keys = new SigningKeys({ url, clock });
    this.#clock = clock;
  }

  /** Whether this is the secret of this Grafana's datasource. */
  knows(secret: string): boolean {
    // Of equal length, and compared in a time that says nothing of where they differ.
    return timingSafeEqual(digest(secret), this.#secret);
  }

  /**
   * Who a token is of.
   * @throws KymoError `bad_identity` that says what is wrong; `keys_unavailable`
   */
  async callerOf(token: string): Promise<Caller> {
    try {
      const { payload } = await jwtVerify(token, this.#keys.keyOf, {
        algorithms: ['ES256'],
        // Grafana ends its root URL with a slash.
        issuer: [this.#issuer, `${this.#issuer}/`],
        audience: this.#audience,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE,
        currentDate: new Date(this.#clock.now()),
      });
      return { name: nameOf(payload), role: roleOf(payload) };
    } catch (thrown) {
      if (thrown instanceof KymoError) throw thrown;
      throw new KymoError('bad_identity', this.#explain(thrown), { cause: thrown });
    }
  }

  #explain(thrown: unknown): string {
    if (thrown instanceof errors.JWTExpired) {
      return 'who asks, as Grafana has signed it, has expired; compare the clocks of Grafana and the exporter';
    }
    if (thrown instanceof errors.JWTClaimValidationFailed) {
      const { iss, aud } = thrown.payload;
      if (thrown.claim === 'iss') {
        return `who asks was signed by ${String(iss)}, not by ${this.#issuer}; set grafana[].issuer to the root URL of that Grafana, if it is to be trusted`;
      }
      if (thrown.claim === 'aud') {
        return `who asks was signed for ${String(aud)}, not for ${this.#audience}; set grafana[].org to the number of that organisation, if it is to be trusted`;
      }
    }
    if (thrown instanceof errors.JWKSNoMatchingKey) {
      return 'who asks was signed with a key that Grafana does not publish; see that grafana[].url is the Grafana that the request came through';
    }
    return `who asks cannot be verified: ${messageOf(thrown)}`;
  }
}

function roleOf({ role }: JWTPayload): Role {
  return ROLES.find((known) => known === role) ?? 'None';
}

/** The name and login of a user; a login alone where there is no other name. */
function nameOf({ name, username, sub }: JWTPayload): string {
  const login = typeof username === 'string' && username !== '' ? username : sub;
  if (typeof name !== 'string' || name === '' || name === login) return login ?? '';
  return `${name} (${login})`;
}
