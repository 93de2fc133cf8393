import type { CallerAnswer } from '@kymo/contract';
import { describe, expect, test } from 'vitest';
import { whyNotOf } from '../src/shared/why-not.js';

const refused = (change: Partial<CallerAnswer>): Partial<CallerAnswer> => ({
  ...{ name: null, role: null, mayWrite: false, remedy: null },
  ...change,
});
const noSecret = refused({
  refusal: 'secret',
  reason: 'the datasource sends no secret',
  remedy: 'set the same secret in both',
});

describe('why a user may change nothing', () => {
  test('is not told to who may, nor where that is not known', () => {
    expect(whyNotOf({ mayWrite: true, refusal: null, reason: null }, 'Editor')).toBeUndefined();
    expect(whyNotOf({}, 'Viewer')).toBeUndefined();
  });

  test.each(['Viewer', 'None'])('is the role to a %s, whatever is set up', (role) => {
    const said = whyNotOf(noSecret, role);
    expect(said).toMatch(`the role ${role} in Grafana`);
    expect(said).toMatch(/ask .* for the role Editor\.$/);
    expect(said).not.toMatch(/secret/);
    const known = refused({ refusal: 'role', reason: `vera has the role ${role}`, remedy: 'ask' });
    expect(whyNotOf(known, role)).toBe(`Vera has the role ${role}. Ask.`);
  });

  test('is the secret to an Editor, who can but ask, and to an Admin, who can set it', () => {
    const editor = whyNotOf(noSecret, 'Editor');
    expect(editor).toMatch(/^The datasource sends no secret\. Ask an administrator/);
    expect(editor).not.toMatch(/role/);
    expect(whyNotOf(noSecret, 'Admin')).toBe(
      'The datasource sends no secret. Set the same secret in both.',
    );
  });

  test.each(['identity', 'unavailable', 'write'] as const)(
    'is what the exporter says of %s',
    (refusal) => {
      const caller = refused({ refusal, reason: 'it has expired; compare the clocks' });
      expect(whyNotOf(caller, 'Editor')).toBe('It has expired; compare the clocks.');
    },
  );

  test('is a word where the exporter says none', () => {
    expect(whyNotOf({ mayWrite: false }, 'Editor')).toBe('You may look only.');
  });
});
