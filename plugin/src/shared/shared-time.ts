import { useEffect, useState } from 'react';
import { DataHoverClearEvent, DataHoverEvent, type EventBus } from '@grafana/data';

/** The time that another panel points at, Unix milliseconds; `undefined` where none does. */
export function useTimeOfOthers(bus: EventBus): number | undefined {
  const [time, setTime] = useState<number>();
  useEffect(() => {
    const hover = bus.getStream(DataHoverEvent).subscribe(({ payload, origin }) => {
      if (origin === bus) return;
      const { time: pointed } = payload.point as { time?: unknown };
      if (typeof pointed === 'number') setTime(pointed);
    });
    const clear = bus.getStream(DataHoverClearEvent).subscribe(() => setTime(undefined));
    return () => {
      hover.unsubscribe();
      clear.unsubscribe();
    };
  }, [bus]);
  return time;
}

/** Tells other panels of the time that is pointed at; `undefined` for none any more. */
export function tellTime(bus: EventBus, time: number | undefined): void {
  if (time === undefined) bus.publish(new DataHoverClearEvent());
  else bus.publish(new DataHoverEvent({ point: { time } }));
}
