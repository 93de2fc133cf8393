import { chromium, type Browser } from 'playwright-core';

/** Where Debian puts it. */
export const chromiumFile = '/usr/bin/chromium';

/** Starts the system's Chromium, without a window and without errands of its own. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumFile,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  });
}
