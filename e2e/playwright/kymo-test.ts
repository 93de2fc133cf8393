import { expect, test as grafanaTest } from '@grafana/plugin-e2e';
import type { Locator, Page } from '@playwright/test';

export { expect };

/** Of our datasource, as it is provisioned. */
export const DATASOURCE = 'Kymo';

/** Grafana's test, skipped where there is no Grafana. */
export const test = grafanaTest.extend<{ readonly grafanaIsThere: void }>({
  grafanaIsThere: [
    async ({ baseURL }, use, testInfo) => {
      testInfo.skip(baseURL === undefined, 'no GRAFANA_HOME, no GRAFANA_URL');
      await use();
    },
    { auto: true },
  ],
});

/** Our editor of a query. */
export class QueryEditor {
  readonly locator: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.locator = page.getByTestId('kymo-query-editor').first();
  }

  /** Chooses what the query asks for, by the name that people see. */
  async choose(kind: string): Promise<void> {
    const choice = this.locator.getByTestId('kymo-query-kind');
    await choice.click();
    await this.#page.getByRole('option', { name: kind }).first().click();
    await expect(choice).toHaveValue(kind);
  }

  /** Writes PromQL in place of what is there, and lets the editor take it. */
  async write(expression: string): Promise<void> {
    const editor = this.locator.locator('.monaco-editor').first();
    await editor.click();
    await this.#page.keyboard.press('ControlOrMeta+A');
    // As pasted: typing would let completion and closing brackets take part.
    await this.#page.keyboard.insertText(expression);
    await this.#page.keyboard.press('ControlOrMeta+S');
  }
}
