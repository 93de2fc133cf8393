import type { PanelProps } from '@grafana/data';
import { useEffect, useMemo, useReducer, useRef, type ComponentType } from 'react';

/** Milliseconds between two drawings of a panel of figures: nobody reads them faster. */
const PACE = 250;

/**
 * A panel of figures, which follows its data at most four times a second, and everything else at once. What
 * came last is always shown in the end.
 */
export function paced<Options>(
  Panel: ComponentType<PanelProps<Options>>,
): ComponentType<PanelProps<Options>> {
  return function Paced(props) {
    const shown = usePaced(props);
    return useMemo(() => <Panel {...shown} />, [shown]);
  };
}

function usePaced<Options>(props: PanelProps<Options>): PanelProps<Options> {
  const shown = useRef(props);
  const since = useRef(performance.now());
  const [, wake] = useReducer((turn: number) => turn + 1, 0);
  const waits = PACE - (performance.now() - since.current);
  if (shown.current !== props && (waits <= 0 || !differsByData(shown.current, props))) {
    shown.current = props;
    since.current = performance.now();
  }
  const isBehind = shown.current !== props;
  useEffect(() => {
    if (!isBehind) return undefined;
    const timer = setTimeout(wake, waits);
    return () => clearTimeout(timer);
  });
  return shown.current;
}

const AT_ONCE = ['width', 'height', 'options', 'fieldConfig', 'timeZone', 'title'] as const;

/** Whether all else is the same: data comes often, the rest by hand. */
function differsByData<Options>(before: PanelProps<Options>, after: PanelProps<Options>): boolean {
  const isFollowing = before.data.state === after.data.state && before.data.series.length > 0;
  return isFollowing && AT_ONCE.every((name) => before[name] === after[name]);
}
