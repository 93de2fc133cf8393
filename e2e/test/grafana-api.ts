const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** The HTTP API of a Grafana whose administrator is admin/admin. */
export class GrafanaApi {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** The token of a new service account. */
  async token(role: 'Editor' | 'Viewer'): Promise<string> {
    const account = await this.#post('/api/serviceaccounts', { name: `kymo-${role}`, role });
    const tokens = `/api/serviceaccounts/${String(account.id)}/tokens`;
    return String((await this.#post(tokens, { name: 'kymo' })).key);
  }

  /** Role of whoever has a header `Authorization`. */
  async role(authorization: string): Promise<string> {
    const response = await fetch(`${this.url}/api/user/orgs`, { headers: { authorization } });
    const [org] = (await response.json()) as { readonly role: string }[];
    return org.role;
  }

  /** A data source of the stock type Prometheus. */
  async addDatasource(uid: string, url: string): Promise<void> {
    const datasource = { name: uid, uid, type: 'prometheus', access: 'proxy', url };
    await this.#post('/api/datasources', datasource);
  }

  async #post(pathname: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(this.url + pathname, {
      method: 'POST',
      headers: { authorization: basic('admin', 'admin'), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${pathname}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }
}
