import { locationUtil, type PanelData } from '@grafana/data';
import { config } from '@grafana/runtime';

/** Where an expression can be looked at: in Explore, for who may go there. */
export function exploreLinks({ request }: PanelData): (expression: string) => string | undefined {
  const [target] = request?.targets ?? [];
  const datasource = target?.datasource;
  const permissions = config.bootData?.user?.permissions;
  if (datasource?.uid === undefined || permissions?.['datasources:explore'] !== true) {
    return () => undefined;
  }
  const { from, to } = request?.rangeRaw ?? request?.range.raw ?? { from: 'now-1h', to: 'now' };
  const range = { from: textOf(from), to: textOf(to) };
  return (expression) => {
    const query = { refId: 'A', version: 2, kind: 'live', expr: expression, datasource };
    const panes = { a: { datasource: datasource.uid, queries: [query], range } };
    const parameters = new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) });
    return locationUtil.assureBaseUrl(`/explore?${parameters.toString()}`);
  };
}

/** A relative time as it is, any other one in Unix milliseconds. */
const textOf = (time: unknown): string =>
  typeof time === 'string' ? time : String((time as { valueOf(): number }).valueOf());
