import { chromium, type Browser } from 'playwright-core';

/** Where Debian puts it. */
export const chromiumFile = '/usr/bin/chromium';

/** Without errands of its own. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
] as const;

/** Starts the system's Chromium, without a window. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumFile, args: [...chromiumFlags] });
}
