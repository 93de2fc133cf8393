import { trustOf } from '../src/shared/trust.js';
import { TrustBadge } from '../src/shared/TrustBadge.js';
import { usePage } from './page.js';
import { live } from './panels.js';
import { usePanelData } from './usePanelData.js';

const targets = live(['node_load1', 'load']);

/** Whether the page is live, for the whole of it. */
export function Connection() {
  const { frames, errors } = usePanelData(usePage().datasource, targets, 60_000);
  const trust = trustOf(frames);
  return (
    <span
      role="status"
      aria-live="polite"
      data-testid="kymo-connection"
      data-state={trust?.state ?? 'connecting'}
    >
      {trust !== undefined ? <TrustBadge trust={trust} /> : (errors?.[0]?.message ?? 'connecting')}
    </span>
  );
}
