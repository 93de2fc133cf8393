import type { Request } from 'express';

/** Somebody who may make changes, and how that is known. */
export interface Caller {
  /** As alerts and rules show it; `undefined` for requests of this machine, which say it themselves. */
  readonly name: string | undefined;
  /** In Grafana; `undefined` for requests of this machine. */
  readonly role: Role | undefined;
}

/** Roles in an organisation of Grafana. */
export const ROLES = ['None', 'Viewer', 'Editor', 'Admin'] as const;
export type Role = (typeof ROLES)[number];

const callers = new WeakMap<Request, Caller>();

/** Notes who makes a change, for the routes. */
export function setCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/**
 * Whose change this is: the verified name, where there is one, and otherwise what the request says.
 * @param said who the request says it is
 */
export function changedBy(request: Request, said: string | undefined): string | undefined {
  return callers.get(request)?.name ?? said;
}
