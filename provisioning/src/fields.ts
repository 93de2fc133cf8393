import { PROTOCOLS as looks } from '@kymo/contract/protocols';
import type { Override, Step } from './model.js';

/** Green, then orange from `warning` and red from `critical` on. */
export function rising(warning: number, critical: number): Step[] {
  return [
    { color: 'green', value: null },
    { color: 'orange', value: warning },
    { color: 'red', value: critical },
  ];
}

/** Red, then orange from `critical` and green from `warning` on: for what must not run out. */
export function falling(critical: number, warning: number): Step[] {
  return [
    { color: 'red', value: null },
    { color: 'orange', value: critical },
    { color: 'green', value: warning },
  ];
}

export const absolute = (steps: readonly Step[]) => ({ mode: 'absolute', steps });

/** What is set of the fields of one name. */
export function named(name: string, properties: Readonly<Record<string, unknown>>): Override {
  return {
    matcher: { id: 'byName', options: name },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  };
}

/** What is set of the fields whose names match a pattern. */
export function matching(pattern: string, properties: Readonly<Record<string, unknown>>): Override {
  return { ...named('', properties), matcher: { id: 'byRegexp', options: `/${pattern}/` } };
}

/** What is set of the fields of the query with a letter. */
export function ofFrames(refId: string, properties: Readonly<Record<string, unknown>>): Override {
  return { ...named('', properties), matcher: { id: 'byFrameRefID', options: refId } };
}

const fixed = (fixedColor: string) => ({ mode: 'fixed', fixedColor });

export const color = (name: string) => ({ color: fixed(name) });

/** Names and colours of protocols, the same in every panel. */
export const PROTOCOLS: readonly Override[] = [...looks].map(([value, look]) =>
  named(value, { displayName: look.name, ...color(look.color) }),
);

/** The numbers of `kymo_alert_state`. */
export const ALERT_STATES = [
  {
    type: 'value',
    options: {
      '0': { text: 'inactive', color: 'transparent', index: 0 },
      '1': { text: 'pending', color: 'yellow', index: 1 },
      '2': { text: 'firing', color: 'red', index: 2 },
      '3': { text: 'recovering', color: 'blue', index: 3 },
    },
  },
];

/** The curves of two queries as the edges of a filled band, and a third one dashed in it. */
export function band(lower: string, upper: string, middle: string): Override[] {
  const hidden = {
    ...color('text'),
    'custom.lineWidth': 0,
    'custom.hideFrom': { legend: true, tooltip: false, viz: false },
  };
  return [
    named(lower, { ...hidden, 'custom.fillOpacity': 0 }),
    named(upper, { ...hidden, 'custom.fillBelowTo': lower, 'custom.fillOpacity': 12 }),
    named(middle, {
      ...color('text'),
      'custom.fillOpacity': 0,
      'custom.lineStyle': { fill: 'dash', dash: [4, 6] },
    }),
    named('value', { ...color('blue'), 'custom.fillOpacity': 0 }),
  ];
}
