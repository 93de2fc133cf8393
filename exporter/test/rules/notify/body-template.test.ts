import { describe, expect, test } from 'vitest';
import {
  BodyTemplate,
  bodyTemplateProblem,
  type WebhookAlert,
  type WebhookData,
} from '../../../src/rules/notify/body-template.js';
import { Webhook } from '../../../src/rules/notify/webhook.js';

const alert = (n: string, Status = 'firing'): WebhookAlert => ({
  Status,
  Labels: { alertname: 'High', n },
  Annotations: { summary: `"${n}" is high` },
  StartsAt: '2030-01-01T00:00:00.000Z',
  EndsAt: '0001-01-01T00:00:00Z',
  GeneratorURL: 'http://here/',
  Fingerprint: 'ab',
  Value: 7,
});
const data: WebhookData = {
  Receiver: 'ops',
  Status: 'firing',
  Alerts: [alert('1'), alert('2', 'resolved')],
  GroupLabels: {},
  CommonLabels: { alertname: 'High' },
  CommonAnnotations: {},
  ExternalURL: 'http://here',
};

describe('a template of a body', () => {
  test.each([
    ['{{ .Receiver }} {{ .Status | toUpper }} {{ .ExternalURL }}', 'ops FIRING http://here'],
    ['{{ .CommonLabels.alertname }}{{ .CommonLabels.none }}', 'High'],
    ['{{ range .Alerts }}{{ .Labels.n }}={{ .Value }};{{ end }}', '1=7;2=7;'],
    ['{{ len .Alerts }} {{ len .Alerts.Firing }} {{ len .Alerts.Resolved }}', '2 1 1'],
    ['{{ range .Alerts.Resolved }}{{ .Labels.n }}{{ end }}', '2'],
    [
      '{{ range (index .Alerts 0).Labels.SortedPairs }}{{ .Name }}:{{ .Value }} {{ end }}',
      'alertname:High n:1 ',
    ],
    ['{{ (index .Alerts 0).Labels.Names | join "," }}', 'alertname,n'],
    ['{{ join "+" (index .Alerts 0).Labels.Values }}', 'High+1'],
    [
      '{"text": {{ (index .Alerts 0).Annotations.summary | toJson }}}',
      '{"text": "\\"1\\" is high"}',
    ],
    ['{{ toJson .CommonLabels }} {{ len .Alerts | toJson }}', '{"alertname":"High"} 2'],
    ['{{ "  x " | trimSpace }}', 'x'],
  ])('%s', (text, expanded) => {
    expect(BodyTemplate.parse(text).expand(data)).toBe(expanded);
  });

  test('says where it fails', () => {
    expect(() => BodyTemplate.parse('a\n  {{ index .Alerts 5 }}').expand(data)).toThrow(/^2:/);
  });

  test.each([
    ['{{ .Status', '1:'],
    ['line\n{{ range .Alerts }}', '2:'],
    ['{{ query "up" }}', 'query'],
    ['{{ .Alert }}', 'Alert'],
    ['{{ range .Alerts }}{{ .Label }}{{ end }}', 'Label'],
  ])('%s is refused with its place', (text, named) => {
    expect(bodyTemplateProblem(text)).toContain(named);
  });

  test('that only some alerts fit is not refused', () => {
    expect(bodyTemplateProblem('{{ index .Alerts 5 }}')).toBeUndefined();
  });

  test('that does not parse is no receiver', () => {
    const make = (): Webhook => new Webhook({ name: 'ops', url: 'http://h/', body: '{{ .Status' });
    expect(make).toThrow(/receiver "ops", body: 1:/);
  });
});
