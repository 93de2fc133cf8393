import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from './chromium.js';
import { shots } from './places.js';
import { until } from './processes.js';
import { canShow } from './provisioned-grafana.js';
import { signIn, startTrustedGrafana, users, type Role, type Trusted } from './trusted-grafana.js';

/** The alerts panel in a real Grafana, as Viewer and as Editor. */
const datasource = { type: 'kymo-live-datasource', uid: 'kymo' };

const here = canShow('the tests of the alerts panel in a real Grafana');

/** One that critically fires, one that warns, and one a metric, of which there are hundreds. */
const rules = {
  Five: {
    alert: 'FiveIsTooMany',
    expr: 'vector(5) > 3',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'There are {{ $value }} where three would do',
      description: 'Expected are at most three.',
      runbook_url: 'https://runbooks.example/five',
    },
  },
  Up: {
    alert: 'ExporterAnswers',
    expr: 'up == 1',
    labels: { severity: 'warning', team: 'platform' },
    annotations: { summary: '{{ $labels.instance }} answers, which is fine' },
  },
  Many: {
    alert: 'MetricHasSeries',
    expr: 'label_replace(count by (__name__) ({__name__=~"node_.+"}), "metric", "$1", "__name__", "(.+)") > 0',
    labels: { severity: 'info' },
    annotations: { summary: '{{ $labels.metric }} has {{ $value }} series' },
  },
};

describe.skipIf(!here)('the alerts panel', { timeout: 120_000 }, () => {
  let peers: Trusted;
  let browser: Browser;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    peers = await startTrustedGrafana();
    for (const name of ['Five', 'Up'] as const) await make(name);
    const board = {
      uid: 'alerts',
      title: 'Alerts',
      time: { from: 'now-15m', to: 'now' },
      annotations: {
        list: [
          {
            name: 'Alerts',
            enable: true,
            iconColor: 'red',
            datasource,
            target: { refId: 'Anno', kind: 'alerts' },
          },
        ],
      },
      panels: [
        {
          id: 1,
          type: 'kymo-alerts-panel',
          title: 'Alerts',
          datasource,
          gridPos: { x: 0, y: 0, w: 24, h: 18 },
          targets: [{ refId: 'A', kind: 'alerts', datasource }],
          options: { resolved: true, pending: true },
        },
      ],
    };
    const made = await peers.ask('POST', '/api/dashboards/db', { dashboard: board });
    expect(made.status).toBe(200);
    browser = await startChromium();
  }, 240_000);

  afterAll(async () => {
    await browser.close();
    await peers.stop();
  });

  async function make(name: keyof typeof rules): Promise<void> {
    const answer = await fetch(`${peers.kymo.url}/api/rules`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rule: rules[name] }),
    });
    expect(answer.status).toBe(201);
    ids[name] = ((await answer.json()) as { id: string }).id;
  }

  async function open(as: Role, theme = 'dark'): Promise<{ page: Page; errors: string[] }> {
    const viewport = { width: 1100, height: 800 };
    const context = await signIn(browser, peers.grafana.url, { ...users[as], viewport });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${peers.grafana.url}/d/alerts?kiosk&theme=${theme}`);
    await page.locator('[data-testid=kymo-trust][data-state=live]').waitFor({ timeout: 60_000 });
    return { page, errors };
  }

  const alert = (page: Page, name: string) => page.locator(`[data-alert=${name}]`);

  interface Shown {
    readonly rule: { readonly name: string };
    readonly acknowledgement: { readonly by: string; readonly comment: string } | null;
  }

  async function acknowledgementOf(name: string): Promise<Shown['acknowledgement']> {
    const answer = await fetch(`${peers.kymo.url}/api/alerts`);
    const { alerts } = (await answer.json()) as { alerts: Shown[] };
    return alerts.find(({ rule }) => rule.name === name)?.acknowledgement ?? null;
  }

  test('shows a Viewer what fires, with value and threshold, and why they may not act', async () => {
    const { page, errors } = await open('Viewer');
    await alert(page, 'FiveIsTooMany').getByText('5 > 3').waitFor();
    expect(await page.getByTestId('kymo-alert').first().getAttribute('data-alert')).toBe(
      'FiveIsTooMany',
    );
    await page.getByTestId('kymo-alerts-why-not').getByText('has the role Viewer').waitFor();
    const button = alert(page, 'FiveIsTooMany').getByTestId('kymo-alert-acknowledge');
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await page.screenshot({ path: path.join(shots, 'alerts-viewer-dark.png') });
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('an Editor acknowledges and ends it, and the exporter knows the name', async () => {
    const { page, errors } = await open('Editor');
    const five = alert(page, 'FiveIsTooMany');
    await five.getByTestId('kymo-alert-acknowledge').click();
    await five.getByTestId('kymo-alert-comment').fill('counting again');
    await page.screenshot({ path: path.join(shots, 'alerts-form-dark.png') });
    await five.getByTestId('kymo-alert-send').click();
    await five.getByText('acknowledged by Editor of the test (ada)').waitFor();
    expect(await acknowledgementOf('FiveIsTooMany')).toMatchObject({
      by: 'Editor of the test (ada)',
      comment: 'counting again',
    });
    await page.screenshot({ path: path.join(shots, 'alerts-acknowledged-dark.png') });
    await five.getByTestId('kymo-alert-end').click();
    await five.getByTestId('kymo-alert-acknowledge').waitFor();
    expect(await acknowledgementOf('FiveIsTooMany')).toBeNull();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('opens to details, by keyboard too', async () => {
    const { page } = await open('Editor', 'light');
    await page.getByTestId('kymo-alert-open').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const details = alert(page, 'ExporterAnswers').getByTestId('kymo-alert-details');
    await details.getByText('up == 1').waitFor();
    await details.getByText('firing').first().waitFor();
    await details.getByTestId('kymo-alert-curve').waitFor();
    await page.screenshot({ path: path.join(shots, 'alerts-details-light.png') });
    await page.setViewportSize({ width: 420, height: 800 });
    await page.screenshot({ path: path.join(shots, 'alerts-narrow-light.png') });
    await page.context().close();
  });

  test('draws what is in sight of hundreds, finds by text, and shows at once what ends', async () => {
    await make('Many');
    const { page } = await open('Viewer');
    await page.getByText(/\d+ info/).waitFor();
    const drawn = page.getByTestId('kymo-alert');
    await until('hundreds are there', async () => {
      const size = await page.getByRole('listitem').first().getAttribute('aria-setsize');
      return Number(size) > 100;
    });
    expect(await drawn.count()).toBeLessThan(40);
    await page.screenshot({ path: path.join(shots, 'alerts-many-dark.png') });
    await page.getByTestId('kymo-alert-open').first().focus();
    await page.keyboard.press('End');
    const focused = page.locator('[role=listitem]:has(:focus)');
    await until('the last has the focus', async () => {
      const [at, size] = await Promise.all([
        focused.getAttribute('aria-posinset', { timeout: 1000 }),
        focused.getAttribute('aria-setsize', { timeout: 1000 }),
      ]);
      return at === size;
    });
    await page.getByTestId('kymo-alerts-search').fill('metric=node_load15');
    await until('one is left', async () => (await drawn.count()) === 1);
    await page.getByTestId('kymo-alerts-search').fill('platform');
    await alert(page, 'ExporterAnswers').waitFor();
    await fetch(`${peers.kymo.url}/api/rules/${ids.Up}`, { method: 'DELETE' });
    await page.locator('[data-alert=ExporterAnswers][data-state=inactive]').waitFor();
    await page
      .getByTestId('kymo-alerts-news')
      .getByText('ExporterAnswers')
      .waitFor({ state: 'attached' });
    await page.context().close();
  });
});
