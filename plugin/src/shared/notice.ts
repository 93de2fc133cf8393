import { LoadingState, type PanelData } from '@grafana/data';

/** What a panel says where it has nothing to draw. */
export interface Notice {
  readonly kind: 'connecting' | 'loading' | 'empty' | 'error';
  readonly title: string;
  /** What to do. */
  readonly text: string;
}

/**
 * Why there is nothing to draw, and the next step.
 * @param empty what to do where queries answer nothing
 */
export function noticeOf({ state, errors }: PanelData, empty: string): Notice {
  const message = errors?.[0]?.message;
  if (message !== undefined || state === LoadingState.Error) {
    return { kind: 'error', title: 'The query failed', text: message ?? 'Open it in Explore.' };
  }
  if (state === LoadingState.Loading) return { kind: 'loading', title: 'Loading …', text: '' };
  if (state === LoadingState.NotStarted) {
    return { kind: 'connecting', title: 'Connecting …', text: '' };
  }
  return { kind: 'empty', title: 'No values', text: empty };
}
