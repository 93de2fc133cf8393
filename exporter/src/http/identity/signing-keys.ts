import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../lib/clock.js';
import { KymoError, messageOf } from '../../lib/errors.js';

/** Grafana makes a new key every month; what it has withdrawn is not taken for longer than this. */
const FRESH = 3_600_000;
/** For as long as keys are used when Grafana cannot be asked. */
const USABLE = 24 * 3_600_000;
/** Between two requests for keys, whatever tokens come. */
const PAUSE = 10_000;
const TIMEOUT = 5000;

export interface SigningKeysOptions {
  /** Root of Grafana. */
  readonly url: string;
  readonly clock: Clock;
}

/**
 * The public keys that a Grafana signs with, from `/api/signing-keys/keys`: kept for an hour, asked for
 * again when a token names another key, but at most every 10 seconds, and used for a day while Grafana
 * cannot be asked.
 */
export class SigningKeys {
  readonly #address: string;
  readonly #clock: Clock;
  #keys: JWTVerifyGetKey | undefined;
  #fetchedAt = -Infinity;
  #askedAt = -Infinity;
  #error: unknown;
  #asking: Promise<void> | undefined;

  constructor({ url, clock }: SigningKeysOptions) {
    this.#address = `${url.replace(/\/$/, '')}/api/signing-keys/keys`;
    this.#clock = clock;
  }

  /**
   * Finds the key of a token, as jose asks for it.
   * @throws KymoError `keys_unavailable`; what jose throws where no key fits
   */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    if (this.#age > FRESH) await this.#ask();
    try {
      return await this.#usable()(header, token);
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSNoMatchingKey)) throw thrown;
      await this.#ask();
      return this.#usable()(header, token);
    }
  };

  get #age(): number {
    return this.#clock.monotonic() - this.#fetchedAt;
  }

  #usable(): JWTVerifyGetKey {
    if (this.#keys !== undefined && this.#age <= USABLE) return this.#keys;
    throw new KymoError(
      'keys_unavailable',
      `the keys that Grafana signs with cannot be read from ${this.#address}: ` +
        `${messageOf(this.#error)}; see that the exporter reaches Grafana there (grafana[].url), and try ` +
        'again in 10 s',
      { cause: this.#error },
    );
  }

  /** Asks for the keys, unless that was done just now. Never rejects. */
  async #ask(): Promise<void> {
    if (this.#asking === undefined) {
      if (this.#clock.monotonic() - this.#askedAt < PAUSE) return;
      this.#askedAt = this.#clock.monotonic();
      this.#asking = this.#fetch().finally(() => (this.#asking = undefined));
    }
    await this.#asking;
  }

  async #fetch(): Promise<void> {
    const gone = new AbortController();
    const timer = this.#clock.schedule(
      () => gone.abort(new Error(`no answer within ${TIMEOUT / 1000} s`)),
      TIMEOUT,
    );
    try {
      const answer = await fetch(this.#address, { signal: gone.signal, redirect: 'error' });
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      // Whatever it is, jose checks that it is a set of keys.
      this.#keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet);
      this.#fetchedAt = this.#clock.monotonic();
      this.#error = undefined;
    } catch (thrown) {
      // "fetch failed" says nothing; why is in its cause.
      this.#error = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    } finally {
      this.#clock.cancel(timer);
    }
  }
}
