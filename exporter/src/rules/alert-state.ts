import type { AlertState } from './alert.js';

/** What an alert was after the last evaluation. Times are Unix milliseconds, 0 for never. */
export interface AlertStatus {
  readonly state: AlertState;
  readonly activeAt: number;
  readonly firedAt: number;
  readonly lastActiveAt: number;
  readonly resolvedAt: number;
  /** Since when the condition of an alert that still fires is over. */
  readonly overSince: number;
  /** When it was looked at last. */
  readonly evaluatedAt: number;
  /** When it began to fire or to hold again, newest last, at most as many as tell flapping. */
  readonly changes: readonly number[];
  readonly flapping: boolean;
}

/**
 * What an evaluation says of an alert. `unknown`: there is nothing to judge it by (no data, or an
 * error), and the alert is to stay what it is.
 */
export type Condition = 'active' | 'over' | 'unknown';

/** How alerts of a rule change. Milliseconds. */
export interface AlertPolicy {
  readonly for: number;
  readonly keepFiringFor: number;
  readonly cooldown: number;
  /** Whether the end of the condition does not suffice: {@link Observation.resolved} decides. */
  readonly hasResolve: boolean;
  /** The time from one evaluation to the next. */
  readonly interval: number;
  readonly flapping: FlapPolicy | undefined;
}

/** An alert that begins to hold `changes` times within `window` flaps, until it is half as many. */
export interface FlapPolicy {
  readonly window: number;
  readonly changes: number;
}

export interface Observation {
  readonly condition: Condition;
  /** Whether the resolve expression yields the alert's label set. */
  readonly resolved: boolean;
  readonly now: number;
}

export interface Change {
  readonly status: AlertStatus;
  /** Why the state changed, for people; absent where it did not. */
  readonly reason: string | undefined;
}

export const NEVER_ACTIVE: AlertStatus = {
  state: 'inactive',
  activeAt: 0,
  firedAt: 0,
  lastActiveAt: 0,
  resolvedAt: 0,
  overSince: 0,
  evaluatedAt: 0,
  changes: [],
  flapping: false,
};

/** Evaluations that may be missed before what lies between counts as not observed. */
const MISSED = 3;

/**
 * The next status of an alert: the one transition function, live, in tests and in replay.
 *
 * As in Prometheus, `for` and `keep_firing_for` are measured between evaluations, and a missed one or
 * two does not matter. Where nothing was evaluated for longer (the machine slept, the process was
 * down, the clock was set), that time counts neither for `for` nor for `keep_firing_for`: what
 * Prometheus does for a pending alert when it restarts (rules/group.go, RestoreForState).
 */
export function nextStatus(
  before: AlertStatus,
  observation: Observation,
  policy: AlertPolicy,
): Change {
  const { now } = observation;
  const status = withoutGap(before, now, policy.interval);
  switch (observation.condition) {
    case 'unknown':
      return { status: { ...status, evaluatedAt: now }, reason: undefined };
    case 'active':
      return whileActive(watched(status, now, policy), now, policy);
    case 'over':
      return whileOver(watched(status, now, policy), observation, policy);
  }
}

/** Moves what is measured from on by the time in which nothing was evaluated. */
function withoutGap(status: AlertStatus, now: number, interval: number): AlertStatus {
  const { evaluatedAt, state } = status;
  const passed = now - evaluatedAt;
  const whole = passed > 0 && passed <= MISSED * interval;
  if (evaluatedAt === 0 || state === 'inactive' || whole) return status;
  const gap = passed - interval;
  const pending = state === 'pending';
  return {
    ...status,
    activeAt: pending ? Math.min(status.activeAt + gap, now) : status.activeAt,
    overSince: status.overSince === 0 ? 0 : Math.min(status.overSince + gap, now),
    resolvedAt: Math.min(status.resolvedAt, now),
  };
}

/** With the flapping as it is now. */
function watched(status: AlertStatus, now: number, { flapping: policy }: AlertPolicy): AlertStatus {
  const evaluated = { ...status, evaluatedAt: now };
  if (policy === undefined || status.changes.length === 0) return evaluated;
  const changes = status.changes.filter((time) => time > now - policy.window);
  const least = status.flapping ? policy.changes / 2 : policy.changes;
  return { ...evaluated, changes, flapping: changes.length >= least };
}

function withChange(status: AlertStatus, now: number, policy: FlapPolicy | undefined): AlertStatus {
  if (policy === undefined) return status;
  const changes = [...status.changes, now].slice(-policy.changes);
  return { ...status, changes, flapping: status.flapping || changes.length >= policy.changes };
}

function whileActive(status: AlertStatus, now: number, policy: AlertPolicy): Change {
  const active = { ...status, lastActiveAt: now, overSince: 0 };
  switch (status.state) {
    case 'firing':
      return { status: active, reason: undefined };
    case 'recovering': {
      const again = withChange({ ...active, state: 'firing' }, now, policy.flapping);
      return { status: again, reason: 'the condition holds again' };
    }
    case 'inactive': {
      const begun = { ...active, activeAt: now, firedAt: 0 };
      return fired(begun, now, policy) ?? pending(begun, now, policy);
    }
    case 'pending':
      return fired(active, now, policy) ?? { status: active, reason: undefined };
  }
}

function pending(status: AlertStatus, now: number, policy: AlertPolicy): Change {
  const cooling = status.resolvedAt > 0 && now < status.resolvedAt + policy.cooldown;
  const reason = cooling
    ? `the condition holds, ${(now - status.resolvedAt) / 1000} s after the alert resolved; its cooldown is ${policy.cooldown / 1000} s`
    : `the condition holds; it fires after ${policy.for / 1000} s`;
  return { status: { ...status, state: 'pending' }, reason };
}

/** The alert as it begins to fire; `undefined` where it is not time. */
function fired(status: AlertStatus, now: number, policy: AlertPolicy): Change | undefined {
  if (now - status.activeAt < policy.for) return undefined;
  if (status.resolvedAt > 0 && now < status.resolvedAt + policy.cooldown) return undefined;
  const firing = { ...status, state: 'firing' as const, firedAt: now, resolvedAt: 0 };
  const held = (now - status.activeAt) / 1000;
  const reason = held === 0 ? 'the condition holds' : `the condition has held for ${held} s`;
  return { status: withChange(firing, now, policy.flapping), reason };
}

function whileOver(
  status: AlertStatus,
  { now, resolved }: Observation,
  policy: AlertPolicy,
): Change {
  switch (status.state) {
    case 'inactive':
      return { status, reason: undefined };
    case 'pending':
      return {
        status: { ...status, state: 'inactive' },
        reason: 'the condition ended before it fired',
      };
    case 'firing':
    case 'recovering': {
      const over = { ...status, overSince: status.overSince === 0 ? now : status.overSince };
      const holds = holdingReason(over, { resolved, now }, policy);
      if (holds === undefined) {
        const inactive = { ...over, state: 'inactive' as const, resolvedAt: now, overSince: 0 };
        return { status: inactive, reason: 'the condition is over' };
      }
      const reason = status.state === 'recovering' ? undefined : holds;
      return { status: { ...over, state: 'recovering' }, reason };
    }
  }
}

/** Why an alert whose condition is over still fires. */
function holdingReason(
  { overSince, flapping }: AlertStatus,
  { resolved, now }: { readonly resolved: boolean; readonly now: number },
  { keepFiringFor, hasResolve }: AlertPolicy,
): string | undefined {
  if (hasResolve && !resolved) return 'the condition is over, the resolve expression does not hold';
  if (now - overSince < keepFiringFor) {
    return `the condition is over; it goes on firing for ${keepFiringFor / 1000} s`;
  }
  return flapping ? 'the condition is over, but the alert flaps' : undefined;
}
