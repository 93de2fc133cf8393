import type { PanelData } from '@grafana/data';
import { noticeOf, type Notice } from '../../shared/notice.js';

interface Seen {
  readonly data: Pick<PanelData, 'state' | 'errors' | 'series'>;
  /** Whether frames of alerts have come. */
  readonly hasFrames: boolean;
  /** Whether there are alerts, and only some are asked for. */
  readonly isAsked: boolean;
  readonly shown: number;
}

/** What to say where there is nothing to list, with the next step; `undefined` where there is something. */
export function emptyNotice({ data, hasFrames, isAsked, shown }: Seen): Notice | undefined {
  if (shown > 0) return undefined;
  if (!hasFrames) return noticeOf(data, 'Choose a Kymo datasource and the query kind Alerts.');
  const kind = 'empty';
  if (isAsked) return { kind, title: 'Nothing is found', text: 'Change the search or the filter.' };
  const text = 'No alert fires. Rules are files in the setting rules, or made at /api/rules.';
  return { kind, title: 'All quiet', text };
}
