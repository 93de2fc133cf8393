import type { DataSourceSettings } from '@grafana/data';
import type { KymoOptions, KymoSecrets } from '../query.js';

type Settings = DataSourceSettings<KymoOptions, KymoSecrets>;

/** What the exporter looks for the secret in. Grafana's server adds the header; browsers never see it. */
const SECRET_HEADER = 'X-Kymo-Secret';

/** Settings with a secret that is kept when they are saved. */
export function withSecret(settings: Settings, secret: string): Settings {
  return {
    ...settings,
    jsonData: { ...settings.jsonData, httpHeaderName1: SECRET_HEADER },
    secureJsonData: { ...settings.secureJsonData, httpHeaderValue1: secret },
  };
}

/** Settings whose secret is to be given anew. */
export function resetSecret(settings: Settings): Settings {
  return {
    ...settings,
    secureJsonFields: { ...settings.secureJsonFields, httpHeaderValue1: false },
    secureJsonData: { ...settings.secureJsonData, httpHeaderValue1: '' },
  };
}
