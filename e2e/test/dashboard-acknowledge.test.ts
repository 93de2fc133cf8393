import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage } from './dashboard-page.js';
import { until } from './processes.js';
import { canShow, startProvisionedGrafana, type Provisioned } from './provisioned-grafana.js';
import { users } from './trusted-grafana.js';

const here = canShow('the tests of acknowledging in the provisioned dashboards');

interface Shown {
  readonly fingerprint: string;
  readonly rule: { readonly name: string };
  readonly acknowledgement: { readonly by: string; readonly comment: string } | null;
}

describe.skipIf(!here)('alerts in the provisioned dashboards', { timeout: 120_000 }, () => {
  let peers: Provisioned;

  beforeAll(async () => {
    peers = await startProvisionedGrafana();
  }, 240_000);

  afterAll(() => peers.stop());

  async function watchdog(): Promise<Shown | undefined> {
    const answer = await fetch(`${peers.kymo.url}/api/alerts`);
    const { alerts } = (await answer.json()) as { alerts: Shown[] };
    return alerts.find(({ rule }) => rule.name === 'Watchdog');
  }

  const button = { name: 'Acknowledge Watchdog' };

  /** On a busy machine other alerts fire as well, and the list draws only what is in sight. */
  const onlyWatchdog = (page: Page): Promise<void> =>
    page.getByTestId('kymo-alerts-search').fill('Watchdog', { timeout: 60_000 });

  test('a Viewer sees them, and may not acknowledge', async () => {
    const viewer = await peers.signIn(users.Viewer);
    const { page, errors } = await openPage(viewer, `${peers.url}/d/kymo-live-overview?kiosk`);
    await onlyWatchdog(page);
    const acknowledge = page.getByRole('button', button);
    await acknowledge.waitFor({ timeout: 60_000 });
    await until('it cannot be pressed', async () => {
      return (await acknowledge.getAttribute('aria-disabled')) === 'true';
    });
    expect(errors).toEqual([]);
    await viewer.close();
  });

  test.each(['kymo', 'kymo-exporter', 'kymo-prometheus'])(
    'a Viewer changes nothing through the datasource %s',
    async (uid) => {
      const proxy = `${peers.url}/api/datasources/proxy/uid/${uid}`;
      const changes: [to: string, data?: object][] = [
        [`/api/alerts/${(await watchdog())?.fingerprint}/acknowledge`, { comment: 'mine' }],
        ['/api/rules', { rule: { alert: 'Mine', expr: 'up == 1' } }],
        ['/-/reload'],
        ['/api/v1/write'],
      ];
      const viewer = await peers.signIn(users.Viewer);
      for (const [to, data = {}] of changes) {
        const answer = await viewer.request.post(proxy + to, { data });
        expect([to, answer.status()]).toEqual([to, 403]);
      }
      expect((await watchdog())?.acknowledgement ?? null).toBeNull();
      await viewer.close();
    },
  );

  test('an Editor acknowledges one, and the exporter knows who it was', async () => {
    const editor = await peers.signIn(users.Editor);
    const { page, errors } = await openPage(editor, `${peers.url}/d/kymo-alerts?kiosk`);
    await onlyWatchdog(page);
    await page.getByRole('button', button).click({ timeout: 60_000 });
    await page.getByTestId('kymo-alert-comment').fill('It is only a test');
    await page.getByTestId('kymo-alert-send').click();
    await until('the exporter says who it was', async () => {
      const { by, comment } = (await watchdog())?.acknowledgement ?? {};
      return by === 'Editor of the test (ada)' && comment === 'It is only a test';
    });
    await page.getByText('It is only a test').first().waitFor();
    await page.getByText('acknowledged by Editor of the test (ada)').first().waitFor();
    expect(errors).toEqual([]);
    await editor.close();
  });
});
