import type { Config } from '../config/settings.js';
import type { KymoOptions } from '../kymo.js';
import { KymoError } from '../lib/errors.js';
import { secretOf } from './secret-files.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Listed = Config['grafana'][number];
type Pushed = NonNullable<NonNullable<KymoOptions['live']>['grafanas']>[number];
type Trusted = NonNullable<NonNullable<KymoOptions['http']>['grafanas']>[number];

/** Grafanas that are pushed to: all but those that are only there to say who asks. */
export function pushedGrafanas(config: Config, environment: Environment): Pushed[] {
  return listedGrafanas(config, environment).flatMap((listed) => {
    const { url, username, stream } = listed.grafana;
    const token = secretOf(listed.place, {
      value: listed.grafana.token,
      file: listed.grafana.token_file,
    });
    const password = secretOf(listed.place, { file: listed.grafana.password_file });
    const basic =
      username === undefined || password === undefined ? undefined : { username, password };
    const credentials = basic ?? (token === undefined ? undefined : { token });
    if (credentials === undefined && hasSecret(listed.grafana)) return [];
    return {
      url,
      ...(stream === undefined ? {} : { stream }),
      ...(credentials === undefined ? {} : { credentials }),
    };
  });
}

/**
 * Grafanas whose Editors and Admins may make changes: those with a secret.
 * @throws KymoError `bad_secret_file`
 */
export function trustedGrafanas(config: Config, environment: Environment): Trusted[] {
  return listedGrafanas(config, environment).flatMap(({ place, grafana }) => {
    const { url, issuer, org } = grafana;
    const secret = secretOf(place, { value: grafana.secret, file: grafana.secret_file });
    if (secret === undefined) return [];
    return {
      url,
      secret,
      ...(issuer === undefined ? {} : { issuer }),
      ...(org === undefined ? {} : { org }),
    };
  });
}

const hasSecret = ({ secret, secret_file: file }: Listed): boolean =>
  secret !== undefined || file !== undefined;

/** Those of the file, and the one of the environment. */
function listedGrafanas(
  config: Config,
  environment: Environment,
): { readonly place: string; readonly grafana: Listed }[] {
  const listed = config.grafana.map((grafana) => ({ place: `grafana (${grafana.url})`, grafana }));
  const url = given(environment, 'URL');
  if (url === undefined) return listed;
  const grafana: Listed = {
    url,
    token: given(environment, 'TOKEN'),
    token_file: given(environment, 'TOKEN_FILE'),
    secret: given(environment, 'SECRET'),
    secret_file: given(environment, 'SECRET_FILE'),
    issuer: given(environment, 'ISSUER'),
    org: organisation(given(environment, 'ORG')),
  };
  return [...listed, { place: 'KYMO_GRAFANA_…_FILE', grafana }];
}

/** A variable that is set and not empty, as compose files set those that nobody gave. */
function given(environment: Environment, name: string): string | undefined {
  return environment[`KYMO_GRAFANA_${name}`] || undefined;
}

function organisation(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  const message = `KYMO_GRAFANA_ORG is the number of an organisation, such as 1, not "${text}"`;
  throw new KymoError('bad_organisation', message);
}
