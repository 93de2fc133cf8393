import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { negotiate } from '../../src/exposition/negotiate.js';

describe('negotiating the format', () => {
  test.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['anything', '*/*'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['what we do not have', 'application/json'],
    ['protobuf', 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily'],
    ['text', 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1'],
    ['an unknown version of OpenMetrics', 'application/openmetrics-text; version=2.0.0'],
    [
      'Prometheus before 2.31, whose OpenMetrics is a draft',
      'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    ],
    [
      'OpenMetrics less gladly',
      'application/openmetrics-text;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.4',
    ],
    ['OpenMetrics not at all', 'application/openmetrics-text;q=0, */*'],
    ['text first of two', 'text/plain, application/openmetrics-text'],
    ['a separator within quotes', 'application/openmetrics-text;version="1.0.0,;x"'],
  ])('answers text to %s', (_name, accept) => {
    expect(negotiate(accept)).toBe('text');
  });

  test.each([
    ['OpenMetrics 1.0.0', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['OpenMetrics of no version', 'application/openmetrics-text'],
    ['other spelling', 'Application/OpenMetrics-Text ;VERSION="1.0.0"'],
    [
      'Prometheus 2.42',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    ],
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    ],
    ['a text version that we do not have', 'text/plain;version=1.0.0, application/*;q=0.2'],
    ['text not at all', 'text/plain;q=0, */*;q=0.1'],
    ['OpenMetrics first of two', 'application/openmetrics-text, text/plain'],
    ['OpenMetrics before anything', '*/*, application/openmetrics-text'],
    ['a quality that is no number', 'application/openmetrics-text;q=high,text/plain;q=0.9'],
  ])('answers OpenMetrics to %s', (_name, accept) => {
    expect(negotiate(accept)).toBe('openmetrics');
  });

  test('answers something to any header', () => {
    const token = fc.constantFrom('text/plain', '*/*', ';', ',', '"', '\\', '=', 'q', '1', ' ');
    const header = fc.oneof(
      fc.string(),
      fc.array(token).map((tokens) => tokens.join('')),
    );
    fc.assert(
      fc.property(header, (accept) => {
        expect(['text', 'openmetrics']).toContain(negotiate(accept));
      }),
    );
  });
});
