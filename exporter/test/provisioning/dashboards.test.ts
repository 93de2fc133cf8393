import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseExpression } from '../../src/promql/parse.js';

const folder = fileURLToPath(new URL('../../../provisioning', import.meta.url));

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Place;
  readonly targets?: readonly Target[];
  readonly options?: { readonly reduceOptions?: object };
  readonly transformations?: readonly { readonly id: string }[];
}

interface Target {
  readonly expr: string;
  readonly kind: string;
  readonly legend?: string;
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly target?: Target }[] };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly allValue?: string }[];
  };
}

const files = readdirSync(path.join(folder, 'dashboards')).filter((name) => name.endsWith('.json'));
const read = (file: string): Dashboard =>
  JSON.parse(readFileSync(path.join(folder, 'dashboards', file), 'utf8')) as Dashboard;

/** An expression as it is asked for where All is chosen. */
function substituted(expr: string, { templating }: Dashboard): string {
  const text = expr.replaceAll('$__rate_interval', '4s').replaceAll('$figure', 'kymo:errors:ratio');
  return templating.list.reduce(
    (known, { name, allValue = '.*' }) => known.replaceAll(`$${name}`, allValue),
    text,
  );
}

const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('the provided dashboards', () => {
  it('are those six, each with an id of its own', () => {
    const dashboards = files.map(read);
    expect(dashboards.map(({ title }) => title).sort()).toEqual([
      'Alerts and anomalies',
      'HTTP and protocols',
      'Historical analysis',
      'Host',
      'Kymo itself',
      'Live overview',
    ]);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(6);
  });

  it.each(files)('%s asks in PromQL that is right', (file) => {
    const dashboard = read(file);
    const targets = [
      ...dashboard.panels.flatMap((panel) => panel.targets ?? []),
      ...dashboard.annotations.list.flatMap(({ target }) => target ?? []),
    ];
    // Alerts are asked for without an expression.
    const expressions = targets
      .filter(({ kind }) => kind !== 'alerts' && kind !== 'alert_history')
      .map(({ expr }) => expr);
    expect(expressions.length).toBeGreaterThan(5);
    for (const expr of expressions) {
      const text = substituted(expr, dashboard);
      expect(text).not.toContain('$');
      expect(() => parseExpression(text), text).not.toThrow();
    }
  });

  it('show no more of the greatest values than are asked for: those that are so now', () => {
    const bars = files
      .flatMap((file) => read(file).panels)
      .filter(({ type }) => type === 'bargauge');
    expect(bars.length).toBeGreaterThan(2);
    for (const { title, targets = [], options, transformations = [] } of bars) {
      const [, most] = /^topk\((\d+),/.exec(targets[0]?.expr ?? '') ?? [];
      expect([title, options?.reduceOptions]).toEqual([
        title,
        expect.objectContaining({ values: true, limit: Number(most) }),
      ]);
      expect(transformations.map(({ id }) => id)).toEqual(['reduce', 'filterByValue', 'sortBy']);
    }
  });

  it.each(files)('%s says of every panel what it shows, and has them side by side', (file) => {
    const { panels } = read(file);
    const own = panels.filter(({ type }) => type !== 'row');
    expect(own.filter(({ description = '' }) => !/\.$/.test(description))).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const [index, panel] of panels.entries()) {
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
      for (const other of panels.slice(index + 1)) {
        expect(overlap(panel.gridPos, other.gridPos), `${panel.title}, ${other.title}`).toBe(false);
      }
    }
  });
});

interface AlertRules {
  readonly groups: readonly {
    readonly interval: string;
    readonly rules: readonly {
      readonly uid: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly dashboardUid?: string;
      readonly panelId?: number;
      readonly condition: string;
      readonly data: readonly {
        readonly refId: string;
        readonly model: { readonly expr?: string };
      }[];
    }[];
  }[];
}

describe('the provided alerting of Grafana', () => {
  const alerting = (file: string): unknown =>
    parse(readFileSync(path.join(folder, 'alerting', file), 'utf8'));
  const { groups } = alerting('rules.yaml') as AlertRules;
  const rules = groups.flatMap((group) => group.rules);

  it('asks in PromQL that is right, at multiples of 10 s', () => {
    for (const { interval } of groups) expect(Number.parseInt(interval) % 10).toBe(0);
    for (const { data, condition } of rules) {
      expect(data.map(({ refId }) => refId)).toContain(condition);
      const expr = data[0]?.model.expr ?? '';
      expect(() => parseExpression(expr), expr).not.toThrow();
    }
  });

  it('links to panels that are there', () => {
    const dashboards = files.map(read);
    for (const { uid, dashboardUid, panelId } of rules) {
      if (dashboardUid === undefined) continue;
      const dashboard = dashboards.find((candidate) => candidate.uid === dashboardUid);
      expect(
        dashboard?.panels.map(({ id }) => id),
        uid,
      ).toContain(panelId);
    }
  });

  it('has dollar signs only where Grafana is to put in a variable, or leaves them alone', () => {
    for (const { uid, labels = {} } of rules)
      expect(JSON.stringify(labels), uid).not.toContain('$');
    for (const file of ['contact-points.yaml', 'policies.yaml', 'templates.yaml']) {
      const found = JSON.stringify(alerting(file)).match(/\$\w*/g) ?? [];
      expect([file, ...found]).toEqual(
        file === 'contact-points.yaml' ? [file, '$KYMO_ALERT_WEBHOOK'] : [file],
      );
    }
  });
});
