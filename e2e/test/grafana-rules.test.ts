import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from './chromium.js';
import { openPage } from './dashboard-page.js';
import { shots } from './places.js';
import { until } from './processes.js';
import { canShow } from './provisioned-grafana.js';
import { signIn, startTrustedGrafana, users, type Role, type Trusted } from './trusted-grafana.js';

const here = canShow('the tests of the page Rules in a real Grafana');
const WIDE = { width: 1400, height: 1000 };
const NARROW = { width: 480, height: 1000 };

describe.skipIf(!here)('the page Rules in a real Grafana', { timeout: 180_000 }, () => {
  let peers: Trusted;
  let browser: Browser;

  beforeAll(async () => {
    peers = await startTrustedGrafana();
    browser = await startChromium();
    mkdirSync(shots, { recursive: true });
  }, 300_000);

  afterAll(async () => {
    await browser.close();
    await peers.stop();
  });

  async function openAs(role: Role, search = 'ds=kymo', viewport = WIDE) {
    const context = await signIn(browser, peers.grafana.url, { ...users[role], viewport });
    const opened = await openPage(context, `${peers.grafana.url}/a/kymo-live-app/rules?${search}`);
    opened.page.setDefaultTimeout(60_000);
    await opened.page.getByTestId('kymo-rules').waitFor();
    return { ...opened, context };
  }

  /** Names of the rules that the exporter has. */
  async function made(): Promise<string[]> {
    const answer = await fetch(`${peers.kymo.url}/api/rules`);
    const { rules } = (await answer.json()) as { rules: { condition: { name: string } }[] };
    return rules.map(({ condition }) => condition.name);
  }

  const rule = (page: Page, name: string): Locator =>
    page.locator(`[data-testid=kymo-rule][data-rule=${name}]`);
  const becomes = (page: Page, name: string, standing: string): Promise<void> =>
    rule(page, name)
      .and(page.locator(`[data-standing=${standing}]`))
      .waitFor();

  /** Types into the field for PromQL. */
  async function type(page: Page, expr: string): Promise<void> {
    await page.getByTestId('kymo-rule-expr').locator('.monaco-editor').first().click();
    await page.keyboard.type(expr);
    // What would be completed next is in the way.
    await page.keyboard.press('Escape');
  }

  /** Writes `up > 0` as a condition, and waits for what the exporter makes of it. */
  async function write(page: Page, name: string): Promise<void> {
    await page.getByTestId('kymo-rules-new').click();
    await page.getByTestId('kymo-rule-name').fill(name);
    await page.getByTestId('kymo-rule-value').fill('0');
    await type(page, 'up');
    // What was written before stays when the field is left.
    await page.getByTestId('kymo-rule-for').fill('0s');
    await page.getByTestId('kymo-rule-promql').getByText('up > 0', { exact: true }).waitFor();
  }

  test('an Editor makes a rule from a condition, changes it and deletes it', async () => {
    const { page, errors, context } = await openAs('Editor');
    await page.getByText('There are no rules yet').waitFor();

    await write(page, 'Reachable');
    await page.getByText(/^It would have fired once, for /).waitFor();
    await page
      .getByTestId('kymo-rule-firings')
      .getByText(/^Fired at .* still be firing/)
      .waitFor();
    await page.locator('.u-over').waitFor();
    await page.screenshot({ path: path.join(shots, 'rule-new.png') });
    await page.getByTestId('kymo-rule-save').click();
    await becomes(page, 'Reachable', 'firing');
    expect(await made()).toEqual(['Reachable']);
    // It is open after it was saved.
    await page.screenshot({ path: path.join(shots, 'rules.png') });

    await page.getByTestId('kymo-rule-change').click();
    await page.getByTestId('kymo-rule-value').fill('5');
    await page.getByTestId('kymo-rule-promql').getByText('up > 5', { exact: true }).waitFor();
    await page.getByText('It would not have fired.').waitFor();
    await page.getByTestId('kymo-rule-leave').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click();
    await page.getByTestId('kymo-rule-save').click();
    await becomes(page, 'Reachable', 'inactive');

    await page.getByTestId('kymo-rule-delete').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There are no rules yet').waitFor();
    expect(await made()).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  test('what is wrong is said at its field, and what is not saved is asked about', async () => {
    const { page, context } = await openAs('Editor', 'ds=kymo&theme=light', NARROW);
    await write(page, 'Wrong');
    await page.getByTestId('kymo-rule-value').fill('five');
    await page.getByText('is to be a number, not "five"').waitFor();
    await page.screenshot({
      path: path.join(shots, 'rule-wrong-light-narrow.png'),
      fullPage: true,
    });
    await page.getByTestId('kymo-rule-save').click();
    await page.getByText('The rule was not saved').waitFor();
    expect(await made()).toEqual([]);
    await page.getByTestId('kymo-rule-leave').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await page.getByText('There are no rules yet').waitFor();
    await context.close();
  });

  test('a Viewer sees them, and is told why they may not change them', async () => {
    const definition = {
      condition: { name: 'Seen', threshold: { expr: 'up', operator: '>', value: 0 } },
    };
    const answer = await fetch(`${peers.kymo.url}/api/rules`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(definition),
    });
    const { id } = (await answer.json()) as { id: string };
    const { page, errors, context } = await openAs('Viewer', 'ds=kymo&theme=light');
    await becomes(page, 'Seen', 'firing');
    await page
      .getByTestId('kymo-rules-why-not')
      .getByText(/has the role Viewer/)
      .waitFor();
    await until('there is nothing to press', async () => {
      return (await page.getByTestId('kymo-rules-new').getAttribute('aria-disabled')) === 'true';
    });
    await rule(page, 'Seen').getByTestId('kymo-rule-open').press('Enter');
    await page.getByTestId('kymo-rule-details').waitFor();
    await page.screenshot({ path: path.join(shots, 'rules-viewer-light.png') });
    expect(await page.getByTestId('kymo-rule-change').count()).toBe(0);
    await page.goto(`${peers.grafana.url}/a/kymo-live-app/rules?ds=kymo&rule=${id}`);
    await page.getByText('This rule cannot be changed').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  test('an Editor is told of a datasource without the secret', async () => {
    const { page, errors, context } = await openAs('Editor', 'ds=open');
    await page
      .getByTestId('kymo-rules-why-not')
      .getByText(/sends no secret/)
      .waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });
});
