import { getDataSourceSrv } from '@grafana/runtime';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Playback } from './playback.js';

/** The playback of a datasource; `undefined` where it has none, or as long as it is not known. */
export function usePlayback(uid: string | undefined): Playback | undefined {
  const [playback, setPlayback] = useState<Playback>();
  useEffect(() => {
    let gone = false;
    setPlayback(undefined);
    if (uid !== undefined) {
      void playbackOf(uid).then((found) => {
        if (!gone) setPlayback(found);
      });
    }
    return () => {
      gone = true;
    };
  }, [uid]);
  return playback;
}

/** The moment that is shown, Unix ms; `undefined` while panels go on. */
export function useMoment(playback: Playback | undefined): number | undefined {
  const subscribe = useCallback(
    (listener: () => void) => playback?.subscribe(listener) ?? (() => undefined),
    [playback],
  );
  return useSyncExternalStore(subscribe, () => playback?.at);
}

async function playbackOf(uid: string): Promise<Playback | undefined> {
  try {
    const datasource: object = await getDataSourceSrv().get(uid);
    return 'playback' in datasource ? (datasource.playback as Playback) : undefined;
  } catch {
    return undefined;
  }
}
