import type { IconName } from '@grafana/ui';
import type { Standing } from './rows.js';

interface Look {
  readonly word: string;
  readonly icon: IconName;
  /** Colour of the theme; grey where there is none. */
  readonly tone?: 'error' | 'warning' | 'success';
}

/** How a rule does, in word, icon and colour together. */
export const LOOKS: Readonly<Record<Standing, Look>> = {
  failing: { word: 'Failing', icon: 'times-circle', tone: 'error' },
  firing: { word: 'Firing', icon: 'exclamation-circle', tone: 'error' },
  recovering: { word: 'Recovering', icon: 'history', tone: 'warning' },
  pending: { word: 'Pending', icon: 'hourglass', tone: 'warning' },
  waiting: { word: 'Waiting', icon: 'clock-nine' },
  inactive: { word: 'Normal', icon: 'check' },
  recording: { word: 'Recording', icon: 'circle-mono' },
  part: { word: 'Part', icon: 'link' },
};
