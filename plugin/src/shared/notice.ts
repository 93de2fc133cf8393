import { LoadingState, type PanelData } from '@grafana/data';
import { trustOf } from './trust.js';

/** What a panel says where it has nothing to draw. */
export interface Notice {
  readonly kind: 'connecting' | 'loading' | 'empty' | 'error';
  readonly title: string;
  /** What to do. */
  readonly text: string;
}

const REMEDY = 'Check the query of this panel, or test its datasource.';
const CHECK = 'Check that the exporter runs, and test the datasource.';

/**
 * Why there is nothing to draw, and the next step.
 * @param empty what to do where queries answer nothing
 */
export function noticeOf(
  { state, errors, series }: Pick<PanelData, 'state' | 'errors' | 'series'>,
  empty: string,
): Notice {
  const message = errors?.[0]?.message;
  if (message !== undefined || state === LoadingState.Error) {
    return { kind: 'error', title: 'The query failed', text: `${message ?? ''} ${REMEDY}`.trim() };
  }
  const trust = trustOf(series);
  if (trust?.state === 'disconnected') {
    return { kind: 'error', title: 'Not connected', text: trust.reason ?? CHECK };
  }
  if (trust?.state === 'connecting' || state === LoadingState.NotStarted) {
    return {
      kind: 'connecting',
      title: 'Connecting …',
      text: 'Values are shown as soon as the exporter answers.',
    };
  }
  if (state === LoadingState.Loading) {
    return { kind: 'loading', title: 'Loading …', text: 'The past is asked for.' };
  }
  return { kind: 'empty', title: 'No values', text: empty };
}
