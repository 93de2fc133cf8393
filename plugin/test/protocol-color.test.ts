import type { Field } from '@grafana/data';
import { expect, test, vi } from 'vitest';
import { protocolColor } from '../src/shared/protocol-color.js';

vi.mock('@grafana/data', () => import('./grafana-data.js'));

const fieldOf = (mode?: string): Field =>
  ({ name: 'Value', config: mode === undefined ? {} : { color: { mode } } }) as unknown as Field;

test('a protocol has the colour of its name, and no two have the same', () => {
  const known = ['http1', 'http2', 'http3', 'websocket', 'grpc'];
  for (const field of [undefined, fieldOf(), fieldOf('palette-classic')]) {
    const colors = known.map((protocol) => protocolColor(protocol, field));
    expect(colors).not.toContain(undefined);
    expect(new Set(colors).size).toBe(known.length);
  }
});

test('a colour that was chosen for it counts more', () => {
  for (const mode of ['fixed', 'palette-classic-by-name', 'shades']) {
    expect(protocolColor('http1', fieldOf(mode))).toBeUndefined();
  }
});

test.each(['tcp', '', 'constructor'])('%j, which is no protocol of ours, has its own', (name) => {
  expect(protocolColor(name, fieldOf())).toBeUndefined();
});
