import type { BrowserContext, Locator, Page } from 'playwright-core';
import { until } from './processes.js';

export interface Opened {
  readonly page: Page;
  /** What the page and the browser's console complained of. */
  readonly errors: readonly string[];
}

/** Opens an address in a page of its own. */
export async function openPage(context: BrowserContext, url: string): Promise<Opened> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
  });
  await page.goto(url);
  return { page, errors };
}

/** The badges that say how current panels are. */
const badges = (page: Page): Locator => page.getByTestId('kymo-trust');

/** Waits until every panel of ours says one of these of how current it is. */
export async function trusted(page: Page, ...states: readonly string[]): Promise<void> {
  await until(
    `every panel is ${states.join(' or ')}`,
    async () => {
      const all = await badges(page).count();
      const wanted = states.map((state) => `[data-state=${state}]`).join(', ');
      return all > 0 && (await badges(page).and(page.locator(wanted)).count()) === all;
    },
    90,
  );
}

/** Waits until something has shown so many different states. */
export async function moves(
  what: string,
  times: number,
  look: () => Promise<string>,
): Promise<void> {
  const seen = new Set<string>();
  await until(what, async () => {
    seen.add(await look());
    return seen.size >= times;
  });
}
