import { useSyncExternalStore } from 'react';
import { browserHistory } from './browser-history.js';

const listen = (changed: () => void): (() => void) => browserHistory().listen(changed);

/** What the address says after `?`, as it changes. */
export function useSearch(): URLSearchParams {
  return new URLSearchParams(useSyncExternalStore(listen, () => browserHistory().location.search));
}
