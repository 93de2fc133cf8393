import type { PanelProps } from '@grafana/data';
import { useEffect, useMemo, useReducer, useState, type ComponentType } from 'react';
import { Pace, PACES } from './pace.js';

/**
 * A panel of figures, which follows its data at the pace of its kind at most, and everything else at once.
 * What came last is always shown in the end.
 */
export function paced<Options>(
  Panel: ComponentType<PanelProps<Options>>,
  kind: keyof typeof PACES,
): ComponentType<PanelProps<Options>> {
  return function Paced(props) {
    const [pace] = useState(() => new Pace(props, PACES[kind]));
    const [, wake] = useReducer((turn: number) => turn + 1, 0);
    const shown = pace.follow(props);
    useEffect(() => pace.whenDue(wake));
    return useMemo(() => <Panel {...shown} />, [shown]);
  };
}
