import type { CallerAnswer } from '@kymo/contract';

/**
 * Why the signed-in user may change nothing, and what they can do about it: who may not set up datasources
 * is not told to do so, and a Viewer may not whatever is set up.
 * @param caller as far as the exporter tells it
 * @param role in Grafana
 * @returns `undefined` where they may, or where that is not known
 */
export function whyNotOf(caller: Partial<CallerAnswer>, role: string): string | undefined {
  const { mayWrite, refusal, reason, remedy } = caller;
  if (mayWrite !== false) return undefined;
  if (refusal !== 'role' && onlyLooks(role)) {
    return (
      `You have the role ${role} in Grafana, and changes are made by Editors and Admins: ` +
      'ask an administrator of Grafana for the role Editor.'
    );
  }
  const why = sentence(reason ?? 'you may look only');
  if (refusal === 'secret' && role !== 'Admin') {
    return `${why} Ask an administrator of Grafana to give the datasource and the exporter one secret.`;
  }
  return remedy === null || remedy === undefined ? why : `${why} ${sentence(remedy)}`;
}

/** Whether users of a role in Grafana may never make changes. */
export const onlyLooks = (role: string): boolean => role === 'Viewer' || role === 'None';

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
