import type { Dashboard, Section } from './model.js';
import { kymo, targetOf, type Query } from './query.js';

const WIDTH = 24;

/** Places panels in order, each as far up and then as far left as it fits, and numbers them. */
export function layout(sections: readonly Section[]): Readonly<Record<string, unknown>>[] {
  const placed: Readonly<Record<string, unknown>>[] = [];
  let top = 0;
  for (const { title, panels } of sections) {
    if (title !== undefined) {
      placed.push(heading(placed.length + 1, title, top));
      top += 1;
    }
    const taken = new Array<number>(WIDTH).fill(top);
    for (const { size, ...rest } of panels) {
      const { w, h } = size;
      const { x, y } = freePlace(taken, w);
      placed.push({ id: placed.length + 1, ...rest, gridPos: { x, y, w, h } });
      taken.fill(y + h, x, x + w);
    }
    top = Math.max(...taken);
  }
  return placed;
}

/** The highest, then leftmost place for a width; `taken` says for each column how far down it is full. */
function freePlace(taken: readonly number[], width: number): { x: number; y: number } {
  let best = { x: 0, y: Infinity };
  for (let x = 0; x + width <= taken.length; x += 1) {
    const y = Math.max(...taken.slice(x, x + width));
    if (y < best.y) best = { x, y };
  }
  return best;
}

function heading(id: number, title: string, y: number): Readonly<Record<string, unknown>> {
  return {
    id,
    type: 'row',
    title,
    collapsed: false,
    gridPos: { x: 0, y, w: WIDTH, h: 1 },
    panels: [],
  };
}

interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Length of the time range up to now. */
  readonly last: string;
  /** How much of what is to come the time range has as well, such as `6h`. */
  readonly ahead?: string;
  /** Beside when critical alerts fired. */
  readonly annotations?: readonly Readonly<Record<string, unknown>>[];
  /** Beside the datasource, `job` and `instance`. */
  readonly variables?: readonly Readonly<Record<string, unknown>>[];
  readonly sections: readonly Section[];
}

/** A dashboard with the variables, links and annotations that all of them have. */
export function dashboard(spec: DashboardSpec): Dashboard {
  const { uid, title, description, last, ahead, sections } = spec;
  return {
    uid,
    title,
    description,
    tags: ['kymo'],
    schemaVersion: 41,
    editable: true,
    graphTooltip: 1,
    time: { from: `now-${last}`, to: ahead === undefined ? 'now' : `now+${ahead}` },
    timezone: 'browser',
    refresh: '',
    templating: { list: [datasource, job, instance, ...(spec.variables ?? [])] },
    annotations: { list: [firing, ...(spec.annotations ?? [])] },
    links: [links],
    panels: layout(sections),
  };
}

const datasource = {
  type: 'datasource',
  name: 'datasource',
  label: 'exporter',
  description: 'The exporter, or tenant, that is shown.',
  query: 'kymo-live-datasource',
  current: { text: 'Kymo', value: 'kymo' },
  hide: 0,
  includeAll: false,
  multi: false,
  options: [],
  refresh: 1,
  regex: '',
};

interface LabelVariable {
  readonly name: string;
  readonly description: string;
  /** A query of the Kymo datasource, such as `label_values(up, job)`. */
  readonly query: string;
  /** What All stands for; everything by default. */
  readonly allValue?: string;
}

/** A variable with the values of a label, several or all at a time. */
export function labelVariable(spec: LabelVariable): Readonly<Record<string, unknown>> {
  const { name, description, query, allValue = '.*' } = spec;
  return {
    type: 'query',
    name,
    description,
    datasource: kymo,
    query,
    definition: query,
    allValue,
    current: { text: ['All'], value: ['$__all'] },
    hide: 0,
    includeAll: true,
    multi: true,
    options: [],
    refresh: 1,
    regex: '',
    skipUrlSync: false,
    sort: 1,
  };
}

const job = labelVariable({
  name: 'job',
  description: 'Jobs whose series are shown.',
  query: 'label_values(up, job)',
});

const instance = labelVariable({
  name: 'instance',
  description: 'Instances whose series are shown.',
  query: 'label_values(up{job=~"$job"}, instance)',
});

/** Protocols; the totals, which have none, are never among them. */
export const protocol = labelVariable({
  name: 'protocol',
  description: 'Protocols that are shown.',
  query: 'label_values(kymo:requests:rate{job=~"$job", instance=~"$instance"}, protocol)',
  allValue: '.+',
});

/** Events of a query of alerts or anomalies, marked on every curve. */
export function annotation(
  name: string,
  iconColor: string,
  query: Query,
): Readonly<Record<string, unknown>> {
  return { name, enable: true, iconColor, datasource: kymo, target: targetOf(query, 'Events') };
}

/** When what is critical fired. */
const firing = annotation('Critical alerts', 'red', {
  kind: 'alert_history',
  severities: 'critical,emergency',
});

const links = {
  type: 'dashboards',
  title: 'Kymo',
  tags: ['kymo'],
  asDropdown: true,
  includeVars: true,
  keepTime: false,
  targetBlank: false,
  icon: 'external link',
  tooltip: '',
  url: '',
};

/** A link to another dashboard of Kymo, with the variables of this one. */
export function linkTo(uid: string, title: string): Readonly<Record<string, unknown>> {
  return { title, url: `/d/${uid}?\${__url_time_range}&\${__all_variables}` };
}
