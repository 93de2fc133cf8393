import { useEffect, useState } from 'react';
import type { RulesDoor } from '../../../shared/rules-door.js';

/** Names of the watches of an exporter; none where they cannot be had. */
export function useWatches(door: RulesDoor): readonly string[] {
  const [watches, setWatches] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    door.watches().then(
      (names) => {
        if (!gone) setWatches(names);
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [door]);
  return watches;
}
