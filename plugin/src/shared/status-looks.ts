import type { IconName } from '@grafana/ui';
import type { Status } from './status.js';

/** How a status is shown: never by its colour alone. */
export const statusLooks: Readonly<
  Record<Status, { word: string; icon: IconName; tone: 'success' | 'warning' | 'error' }>
> = {
  ok: { word: 'OK', icon: 'check', tone: 'success' },
  warning: { word: 'Warning', icon: 'exclamation-triangle', tone: 'warning' },
  critical: { word: 'Critical', icon: 'exclamation-circle', tone: 'error' },
};
