import type { IconName } from '@grafana/ui';
import type { Status } from './status.js';

export interface StatusLook {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: 'success' | 'warning' | 'error';
}

/** How a status is shown: never by its colour alone. */
export const statusLooks: Readonly<Record<Status, StatusLook>> = {
  ok: { word: 'OK', icon: 'check', tone: 'success' },
  warning: { word: 'Warning', icon: 'exclamation-triangle', tone: 'warning' },
  critical: { word: 'Critical', icon: 'exclamation-circle', tone: 'error' },
};
