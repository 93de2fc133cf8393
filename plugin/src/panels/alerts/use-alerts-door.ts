import type { CallerAnswer } from '@kymo/contract';
import { useEffect, useState } from 'react';
import { alertsDoorOf, type AlertsDoor } from '../../shared/alerts-door.js';
import { roleHere } from '../../shared/role.js';
import { whyNotOf } from '../../shared/why-not.js';

/** What can be done with the alerts of a datasource, and whether the user may. */
export interface Acting {
  readonly door: AlertsDoor | undefined;
  /** Why nothing may be changed; `undefined` where it may, or while that is not known. */
  readonly whyNot: string | undefined;
}

const UNKNOWN: Acting = { door: undefined, whyNot: undefined };

/** The door of the datasource that alerts come from. */
export function useAlertsDoor(uid: string | undefined): Acting {
  const [acting, setActing] = useState(UNKNOWN);
  useEffect(() => {
    let gone = false;
    const set = (next: Acting): void => {
      if (!gone) setActing(next);
    };
    void open(uid, set);
    return () => {
      gone = true;
    };
  }, [uid]);
  return acting;
}

async function open(uid: string | undefined, set: (acting: Acting) => void): Promise<void> {
  const none = 'These alerts do not come from a Kymo datasource, and cannot be acknowledged here.';
  if (uid === undefined) return set({ door: undefined, whyNot: none });
  const door = await alertsDoorOf(uid).catch(() => undefined);
  if (door === undefined) return set({ door, whyNot: none });
  set({ door, whyNot: undefined });
  // Where it cannot be known, trying tells.
  const caller = await door.caller().catch((): Partial<CallerAnswer> => ({}));
  set({ door, whyNot: whyNotOf(caller, roleHere()) });
}
