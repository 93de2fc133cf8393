import { dateTime, LoadingState, type PanelData } from '@grafana/data';
import { PanelRenderer } from '@grafana/runtime';
import { PanelChrome, useTheme2 } from '@grafana/ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { PastRange, RuleCurve } from '../../../shared/rules-door.js';
import type { Stretch } from './firings.js';
import { framesOf, regionsOf } from './frames.js';

interface BacktestCurveProps {
  readonly title: string;
  readonly curves: readonly RuleCurve[];
  readonly range: PastRange;
  /** Shaded. */
  readonly stretches: readonly Stretch[];
}

const HEIGHT = 280;
const OPTIONS = {
  legend: { showLegend: false },
  tooltip: { mode: 'multi', sort: 'desc' },
};

/** What a rule compares, in Grafana's own panel of time series, with what it would have fired on. */
export function BacktestCurve({ title, curves, range, stretches }: BacktestCurveProps) {
  const { colors } = useTheme2();
  const { ref, width } = useWidth();
  const data = useMemo((): PanelData => {
    const [from, to] = [dateTime(range.start), dateTime(range.end)];
    return {
      state: LoadingState.Done,
      series: framesOf(curves, colors.error.main),
      annotations: regionsOf(stretches, { color: colors.error.main, text: 'Would have fired' }),
      timeRange: { from, to, raw: { from, to } },
    };
  }, [curves, range, stretches, colors]);
  return (
    <div ref={ref} style={{ minHeight: HEIGHT }}>
      {width > 0 && (
        <PanelChrome width={width} height={HEIGHT} title={title}>
          {(innerWidth, innerHeight) => (
            <PanelRenderer
              title={title}
              pluginId="timeseries"
              width={innerWidth}
              height={innerHeight}
              data={data}
              options={OPTIONS}
              fieldConfig={{
                defaults: { custom: { fillOpacity: 8, insertNulls: longestStep(curves) } },
                overrides: [],
              }}
            />
          )}
        </PanelChrome>
      )}
    </div>
  );
}

/** Milliseconds without a value after which a line ends: more than a step. */
function longestStep(curves: readonly RuleCurve[]): number | false {
  let least = Infinity;
  for (const { times } of curves) {
    for (let at = 1; at < times.length; at += 1) least = Math.min(least, times[at] - times[at - 1]);
  }
  return least === Infinity ? false : 1.5 * least;
}

/** CSS pixels that an element has. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry?.contentRect.width ?? 0)),
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
