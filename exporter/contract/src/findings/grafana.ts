import type { CallerAnswer } from '../caller.js';
import { failed, ok, warning, type Finding } from './finding.js';

/** The oldest that the plugin runs in. */
const OLDEST = [12, 3] as const;

/** @param version `''` where Grafana hides it */
export function grafanaFinding(url: string, version: string): Finding {
  if (version === '') return ok('grafana', `answers at ${url}; it hides its version`);
  const [major = 0, minor = 0] = version.split('.').map((part) => parseInt(part, 10));
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
    return ok('grafana', `${version} at ${url}`);
  }
  return failed(
    'grafana',
    `${version} is older than the plugin needs`,
    `bring it to ${OLDEST.join('.')} or later`,
  );
}

/** @param exporter its version, where it is known */
export function pluginFinding(version: string, exporter: string | undefined): Finding {
  if (exporter === undefined || version === exporter) {
    return ok('plugin', `${version} is installed and enabled`);
  }
  const detail = `the plugin is ${version}, the exporter ${exporter}`;
  return warning('plugin', detail, 'bring both to one version');
}

/** Whether Grafana has its Live switched on. */
export function liveFinding(isOn: boolean): Finding {
  if (isOn) return ok('live', 'Grafana Live is on');
  const remedy =
    'set max_connections in [live] of grafana.ini; the WebSocket of the datasource works without';
  return warning('live', 'Grafana Live is off: channels cannot be pushed to it', remedy);
}

export const datasourceReaches = (uid: string, version: string): Finding =>
  ok('datasource', `${uid} reaches Kymo ${version}`);

/** @param said what came in place of the answer of an exporter */
export function datasourceFails(uid: string, status: number, said: string): Finding {
  const detail = `${uid} does not reach an exporter (${status}: ${said})`;
  return failed('datasource', detail, remedyOf(status));
}

function remedyOf(status: number): string {
  const mend = 'mend the URL: it is its address as the Grafana server reaches it';
  // Grafana answers 400 where what is behind a datasource answers 401.
  if (status === 400 || status === 401) {
    return `what answers there asks for a login: set it in the datasource, or ${mend}`;
  }
  if (status === 403) {
    return 'do what it says, or ask an administrator of Grafana for leave to query this datasource';
  }
  if (status === 404 || (status >= 200 && status < 300)) return `something else is there; ${mend}`;
  return `start the exporter (\`kymo start\`), or ${mend}`;
}

/** @param problem why no WebSocket passes; `undefined` where one does */
export function streamFinding(problem: string | undefined): Finding {
  if (problem === undefined) return ok('stream', 'a WebSocket passes through the datasource');
  const remedy =
    'let proxies before Grafana, and from it to the exporter, pass upgrades to WebSocket';
  return warning('stream', `no WebSocket passes, so panels poll: ${problem}`, remedy);
}

/** @param answer `undefined` where it was none */
export function callerFinding(answer: CallerAnswer | undefined): Finding {
  if (answer === undefined) {
    return warning('caller', 'unknown', 'bring the exporter to this version');
  }
  const { name, role, mayWrite, reason, remedy } = answer;
  if (mayWrite) {
    return ok('caller', `known as ${name ?? 'this machine'}${role === null ? '' : ` (${role})`}`);
  }
  return warning('caller', reason ?? 'changes are not taken', remedy ?? 'see docs/security.md');
}

/** A Grafana that an exporter pushes to, as `/api/live/channels` has it. */
export interface PushTarget {
  readonly url: string;
  /** Milliseconds; `null` before anything has arrived. */
  readonly lag: number | null;
  readonly error: string | null;
}

/** Whether the channels that the exporter pushes arrive in its Grafanas. */
export function pushFindings(targets: readonly PushTarget[]): Finding[] {
  return targets.map(({ url, lag, error }) => {
    if (error !== null) {
      const remedy = 'give the exporter a token of a service account with the role Editor';
      return failed('channels', `${url}: ${error}`, remedy);
    }
    return lag === null
      ? warning('channels', `nothing has arrived at ${url} yet`, 'look again in some seconds')
      : ok('channels', `arrive at ${url}`);
  });
}
