import type { IconName } from '@grafana/ui';
import type { Standing } from './model.js';

interface Look {
  readonly word: string;
  readonly icon: IconName;
  /** Colour of the theme; grey where there is none. */
  readonly tone?: 'error' | 'warning' | 'info' | 'success';
}

/** How urgent an alert is, in word, icon and colour together. */
export const LOOKS: Readonly<Record<Standing, Look>> = {
  emergency: { word: 'emergency', icon: 'fire', tone: 'error' },
  critical: { word: 'critical', icon: 'exclamation-circle', tone: 'error' },
  error: { word: 'error', icon: 'times-circle', tone: 'error' },
  warning: { word: 'warning', icon: 'exclamation-triangle', tone: 'warning' },
  info: { word: 'info', icon: 'info-circle', tone: 'info' },
  pending: { word: 'pending', icon: 'hourglass' },
  acknowledged: { word: 'acknowledged', icon: 'eye' },
  resolved: { word: 'resolved', icon: 'check', tone: 'success' },
};
