import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../src/rules/alert.js';
import {
  NEVER_ACTIVE,
  nextStatus,
  type AlertPolicy,
  type AlertStatus,
  type Condition,
} from '../../src/rules/alert-state.js';

const START = 1_700_000_000_000;
const SECOND = 1000;

const PLAIN: AlertPolicy = {
  for: 0,
  keepFiringFor: 0,
  cooldown: 0,
  hasResolve: false,
  interval: SECOND,
  flapping: undefined,
};

interface Step {
  readonly condition: Condition;
  readonly resolved?: boolean;
  /** Milliseconds since the step before; one interval by default. */
  readonly after?: number;
}

interface Trace {
  readonly now: number;
  readonly status: AlertStatus;
  readonly reason: string | undefined;
}

function walk(policy: AlertPolicy, steps: readonly Step[], from = NEVER_ACTIVE): Trace[] {
  let status = from;
  let now = START;
  return steps.map(({ condition, resolved = true, after = SECOND }) => {
    now += after;
    const change = nextStatus(status, { condition, resolved, now }, policy);
    status = change.status;
    return { now, ...change };
  });
}

/** `a` active, `o` over, `u` unknown, `r` over and the resolve expression does not hold. */
function stepsOf(text: string): Step[] {
  return [...text].map((letter) => ({
    condition: letter === 'a' ? 'active' : letter === 'u' ? 'unknown' : 'over',
    resolved: letter !== 'r',
  }));
}

/** First letters of the states: i, p, f, r. */
function states(policy: Partial<AlertPolicy>, text: string): string {
  return walk({ ...PLAIN, ...policy }, stepsOf(text))
    .map(({ status }) => status.state[0])
    .join('');
}

describe('the state of an alert', () => {
  it('fires at once without for, and resolves at once', () => {
    expect(states({}, 'oaaoao')).toBe('iffifi');
  });

  it('is pending until the condition has held for as long as for says', () => {
    expect(states({ for: 2000 }, 'aaaaoaoo')).toBe('ppffipii');
  });

  it('fires at the next evaluation where for is shorter than the interval', () => {
    expect(states({ for: 300 }, 'aa')).toBe('pf');
  });

  it('goes on firing for keep_firing_for, and begins anew when the condition is back', () => {
    expect(states({ keepFiringFor: 2000 }, 'aooooaoaooo')).toBe('frriifrfrri');
  });

  it('goes on firing until the resolve expression holds', () => {
    expect(states({ hasResolve: true }, 'arrraro')).toBe('frrrfri');
  });

  it('does not fire again within its cooldown', () => {
    expect(states({ cooldown: 3000 }, 'aoaaaa')).toBe('fippff');
  });

  it('stays what it is while nothing is known', () => {
    expect(states({ for: 1000 }, 'uapuuau'.replace('p', 'u'))).toBe('ippppff');
    expect(states({}, 'auuo')).toBe('fffi');
  });

  it('keeps when it fired while it recovers and fires again', () => {
    const trace = walk({ ...PLAIN, keepFiringFor: 2000 }, stepsOf('aoao'));
    expect(new Set(trace.map(({ status }) => status.firedAt))).toEqual(new Set([START + SECOND]));
  });
});

describe('flap protection', () => {
  const flapping = { window: 20_000, changes: 3 };

  it('holds an alert that begins to fire too often until it is quiet', () => {
    const trace = walk({ ...PLAIN, flapping }, stepsOf(`aoaoao${'o'.repeat(25)}`));
    expect(trace.map(({ status }) => status.state[0]).join('')).toMatch(/^fififr+i+$/);
    const held = trace.filter(({ status }) => status.flapping);
    expect(held.length).toBeGreaterThan(10);
    expect(held.at(-1)?.status.state).toBe('recovering');
    expect(trace[5].reason).toMatch(/flaps/);
  });

  it('leaves an alert alone that fires seldom', () => {
    const text = `ao${'o'.repeat(12)}`.repeat(8);
    const trace = walk({ ...PLAIN, flapping }, stepsOf(text));
    expect(trace.some(({ status }) => status.flapping)).toBe(false);
  });
});

describe('time that nobody observed', () => {
  const pending: Step[] = [{ condition: 'active' }, { condition: 'active' }];

  it('does not count as pending after a sleep', () => {
    const policy = { ...PLAIN, for: 10_000 };
    const trace = walk(policy, [...pending, { condition: 'active', after: 3_600_000 }]);
    expect(trace[2].status).toMatchObject({ state: 'pending', activeAt: trace[2].now - 2000 });
  });

  it('counts where an evaluation or two were missed', () => {
    const policy = { ...PLAIN, for: 3000 };
    const trace = walk(policy, [...pending, { condition: 'active', after: 3000 }]);
    expect(trace[2].status.state).toBe('firing');
  });

  it('does not end keep_firing_for either', () => {
    const policy = { ...PLAIN, keepFiringFor: 5000 };
    const steps: Step[] = [{ condition: 'active' }, { condition: 'over' }];
    const trace = walk(policy, [...steps, { condition: 'over', after: 3_600_000 }]);
    expect(trace[2].status.state).toBe('recovering');
  });

  it('does not fire early where the clock was set back', () => {
    const policy = { ...PLAIN, for: 5000 };
    const back: Step = { condition: 'active', after: -3_600_000 };
    const trace = walk(policy, [...pending, back, ...stepsOf('aaa')]);
    expect(trace.map(({ status }) => status.state[0]).join('')).toBe('pppppf');
  });

  it('never changes when a firing alert began to fire', () => {
    const trace = walk(PLAIN, [...pending, { condition: 'active', after: 3_600_000 }]);
    expect(trace[2].status).toMatchObject({ state: 'firing', firedAt: START + SECOND });
  });
});

/** What Prometheus's rules/alerting.go does with one label set. */
function prometheus(
  policy: Pick<AlertPolicy, 'for' | 'keepFiringFor'>,
  steps: readonly boolean[],
): string {
  let state: 'i' | 'p' | 'f' = 'i';
  let activeAt = 0;
  let keepSince: number | undefined;
  return steps
    .map((active, i) => {
      const now = i * SECOND;
      if (active) {
        keepSince = undefined;
        if (state === 'i') [state, activeAt] = ['p', now];
        if (state === 'p' && now - activeAt >= policy.for) state = 'f';
      } else if (state === 'f' && policy.keepFiringFor > 0) {
        keepSince ??= now;
        if (now - keepSince >= policy.keepFiringFor) [state, keepSince] = ['i', undefined];
      } else state = 'i';
      return state;
    })
    .join('');
}

const seconds = fc.nat({ max: 6 }).map((count) => count * SECOND);
const policies = fc.record({
  for: seconds,
  keepFiringFor: seconds,
  cooldown: seconds,
  hasResolve: fc.boolean(),
  interval: fc.constant(SECOND),
  flapping: fc.option(fc.constant({ window: 10_000, changes: 4 }), { nil: undefined }),
});
const walks = fc.array(
  fc.record({
    condition: fc.constantFrom<Condition>('active', 'active', 'over', 'over', 'unknown'),
    resolved: fc.boolean(),
  }),
  { maxLength: 60 },
);

describe('for any policy and course', () => {
  it('is what Prometheus makes of it where only Prometheus has a say', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), seconds, seconds, (active, a, b) => {
        const policy = { ...PLAIN, for: a, keepFiringFor: b };
        const steps = active.map((is): Step => ({ condition: is ? 'active' : 'over' }));
        const ours = walk(policy, steps).map(({ status }) => status.state[0].replace('r', 'f'));
        expect(ours.join('')).toBe(prometheus(policy, active));
      }),
    );
  });

  it('takes only steps that there are, and says why', () => {
    const possible: Readonly<Record<AlertState, readonly AlertState[]>> = {
      inactive: ['pending', 'firing'],
      pending: ['firing', 'inactive'],
      firing: ['recovering', 'inactive'],
      recovering: ['firing', 'inactive'],
    };
    fc.assert(
      fc.property(policies, walks, (policy, steps) => {
        let before: AlertState = 'inactive';
        for (const { status, reason } of walk(policy, steps)) {
          if (status.state === before) expect(reason).toBeUndefined();
          else {
            expect(possible[before]).toContain(status.state);
            expect(reason).toBeTruthy();
          }
          before = status.state;
        }
      }),
    );
  });

  it('fires only after for and after the cooldown, and keeps when it did', () => {
    fc.assert(
      fc.property(policies, walks, (policy, steps) => {
        let resolvedAt = -Infinity;
        let firedAt = 0;
        for (const { status, now } of walk(policy, steps)) {
          const fires = status.state === 'firing' || status.state === 'recovering';
          if (fires && firedAt === 0) {
            expect(status.firedAt).toBe(now);
            expect(now - status.activeAt).toBeGreaterThanOrEqual(policy.for);
            expect(now).toBeGreaterThanOrEqual(resolvedAt + policy.cooldown);
            firedAt = now;
          } else if (fires) expect(status.firedAt).toBe(firedAt);
          else if (firedAt !== 0) {
            expect(status.resolvedAt).toBe(now);
            resolvedAt = now;
            firedAt = 0;
          }
        }
      }),
    );
  });

  it('resolves only when nothing holds it', () => {
    fc.assert(
      fc.property(policies, walks, (policy, steps) => {
        let before = NEVER_ACTIVE;
        for (const [i, { status, now }] of walk(policy, steps).entries()) {
          const ended = before.state === 'firing' || before.state === 'recovering';
          if (ended && status.state === 'inactive') {
            expect(steps[i].condition).toBe('over');
            if (policy.hasResolve) expect(steps[i].resolved).toBe(true);
            const since = before.overSince === 0 ? now : before.overSince;
            expect(now - since).toBeGreaterThanOrEqual(policy.keepFiringFor);
            expect(status.flapping).toBe(false);
          }
          before = status;
        }
      }),
    );
  });

  it('changes nothing of what it is given', () => {
    fc.assert(
      fc.property(policies, walks, (policy, steps) => {
        let status = NEVER_ACTIVE;
        let now = START;
        for (const { condition, resolved } of steps) {
          now += SECOND;
          const copy = structuredClone(status);
          const next = nextStatus(status, { condition, resolved, now }, policy);
          expect(status).toEqual(copy);
          expect(nextStatus(status, { condition, resolved, now }, policy)).toEqual(next);
          status = next.status;
        }
      }),
    );
  });
});
