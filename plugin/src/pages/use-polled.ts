import { useCallback, useEffect, useState } from 'react';
import { messageOf } from './say.js';

/** What was asked for again and again: the newest answer, and why there is none newer. */
export interface Polled<T> {
  readonly value: T | undefined;
  /** What the last attempt failed with. */
  readonly error: string | undefined;
  /** Asks again at once. */
  readonly refresh: () => void;
}

/**
 * Asks while the page is seen, never twice at a time.
 * @param ask keep it the same between renderings; another one begins anew
 * @param interval milliseconds from an answer to the next question
 */
export function usePolled<T>(ask: () => Promise<T>, interval: number): Polled<T> {
  const [state, setState] = useState<{ ask?: unknown; value?: T; error?: string }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async (): Promise<void> => {
      if (!document.hidden) {
        const next = await ask().then(
          (value) => ({ value, error: undefined }),
          (thrown: unknown) => ({ error: messageOf(thrown) }),
        );
        if (gone) return;
        setState((last) => ({ ...(last.ask === ask ? last : {}), ask, ...next }));
      }
      timer = setTimeout(() => void run(), interval);
    };
    void run();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [ask, interval, turn]);
  const refresh = useCallback(() => setTurn((last) => last + 1), []);
  const { value, error } = state.ask === ask ? state : {};
  return { value, error, refresh };
}
