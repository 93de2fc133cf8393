import { locationService } from '@grafana/runtime';
import { ConfirmModal } from '@grafana/ui';
import { useEffect, useRef, useState } from 'react';
import { browserHistory, type Place } from '../browser-history.js';

/** Asks before what is not saved is left. @returns lets go, so that the next step is not asked about */
export function useLeaveQuestion(isDirty: boolean) {
  const [wish, setWish] = useState<Place>();
  const unblock = useRef<() => void>(undefined);
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    unblock.current = browserHistory().block((place) => {
      setWish(place);
      return false;
    });
    return () => {
      window.removeEventListener('beforeunload', warn);
      unblock.current?.();
      unblock.current = undefined;
    };
  }, [isDirty]);
  const letGo = (): void => {
    unblock.current?.();
    unblock.current = undefined;
  };
  const question = (
    <ConfirmModal
      isOpen={wish !== undefined}
      title="Leave without saving?"
      body="What you have changed of this rule is lost."
      confirmText="Leave"
      dismissText="Stay"
      onConfirm={() => {
        letGo();
        if (wish !== undefined) locationService.push(wish);
      }}
      onDismiss={() => setWish(undefined)}
    />
  );
  return { question, letGo };
}
