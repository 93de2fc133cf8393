import { css } from '@emotion/css';
import { colorManipulator, dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { useEffect, useMemo, useRef, type MouseEvent } from 'react';
import { PROTOCOLS } from '@kymo/contract/protocols';
import uPlot from 'uplot';
import { tellTime, useTimeOfOthers } from '../src/shared/shared-time.js';
import { trustOf } from '../src/shared/trust.js';
import { eventBus, usePage, useShown } from './page.js';
import { live } from './panels.js';
import { stackOf } from './stack.js';
import { usePanelData } from './usePanelData.js';
import { useSize } from './useSize.js';
import { ValueBox } from './ValueBox.js';
import { written } from './values.js';

/** Of protocols that we know nothing of. */
const OTHERS = ['purple', 'green', 'orange', 'yellow', 'red'];

/** Requests a second by protocol, one upon the other. */
export function Timeline() {
  const styles = useStyles2(stylesOf);
  const theme = useTheme2();
  const { datasource, window, protocol } = usePage();
  const pattern = protocol === '' ? 'protocol!=""' : `protocol="${protocol}"`;
  const targets = live([`kymo:requests:rate{${pattern}}`, '{{protocol}}']);
  const answer = usePanelData(datasource, targets, window);
  const { frames } = answer;
  useShown('Requests by protocol', frames);
  const end = (trustOf(frames)?.last ?? Date.now()) / 1000;
  const range = useRef<[from: number, to: number]>([0, 1]);
  range.current = [end - window / 1000, end];
  const { times, layers } = useMemo(
    () => stackOf(frames[0], ({ config, labels }) => labels?.protocol ?? config.displayName ?? ''),
    [frames],
  );
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const plot = useRef<uPlot>();
  const names = layers.map(({ name }) => name).join(' ');
  const colorOf = (name: string, index: number): string => {
    const other = OTHERS[(layers.length - 1 - index) % OTHERS.length];
    return theme.visualization.getColorByName(PROTOCOLS.get(name)?.color ?? other);
  };
  useEffect(() => {
    if (box.current === null || names === '') return undefined;
    const grid = { stroke: theme.colors.border.weak, width: 1 };
    const axis = {
      stroke: theme.colors.text.secondary,
      font: `12px ${theme.typography.fontFamily}`,
      grid,
      ticks: grid,
    };
    const made = new uPlot(
      {
        width: 10,
        height: 10,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
        axes: [
          { ...axis, values: (_, splits) => clocks(splits) },
          {
            ...axis,
            size: 56,
            values: (_, splits) => splits.map((value) => written(value, 'none')),
          },
        ],
        scales: {
          // From the start of the window, wherever values begin.
          x: { range: () => range.current },
          y: { range: (_, _low, high) => [0, high > 0 ? high * 1.1 : 1] },
        },
        series: [
          {},
          ...names.split(' ').map((name, index) => ({
            label: name,
            stroke: colorOf(name, index),
            width: 1,
            // Solid: the area below belongs to the next layer, which is drawn over it.
            fill: colorManipulator.darken(colorOf(name, index), theme.isDark ? 0.55 : 0),
            points: { show: false },
          })),
        ],
      },
      [[], ...names.split(' ').map(() => [])],
      box.current,
    );
    plot.current = made;
    return () => made.destroy();
    // A new plot for other layers or colours only.
  }, [names, theme]);
  useEffect(() => {
    if (width > 0 && height > 0) plot.current?.setSize({ width, height });
  }, [width, height, names, theme]);
  useEffect(() => {
    plot.current?.setData([[...times], ...layers.map(({ tops }) => [...tops])]);
  }, [times, layers, names, theme]);
  const pointed = useTimeOfOthers(eventBus);
  useEffect(() => {
    const { current } = plot;
    if (current === undefined) return;
    const left = pointed === undefined ? -10 : current.valToPos(pointed / 1000, 'x');
    current.setCursor({ left, top: 0 }, false);
  }, [pointed, times]);
  const point = ({ clientX }: MouseEvent): void => {
    const { current } = plot;
    if (current === undefined) return;
    const { left } = current.over.getBoundingClientRect();
    tellTime(eventBus, Math.round(current.posToVal(clientX - left, 'x') * 1000));
  };
  const at = pointed === undefined ? -1 : rowAt(times, pointed / 1000);
  return (
    <ValueBox
      title="Requests by protocol"
      area="timeline"
      answer={answer}
      hasValues={layers.length > 0}
      empty="No requests have been seen. Send some to a service that this exporter watches."
    >
      <div
        ref={box}
        className={styles.plot}
        role="img"
        aria-label={spoken(layers)}
        onMouseMove={point}
        onMouseLeave={() => tellTime(eventBus, undefined)}
      />
      <ul className={styles.legend} data-testid="kymo-timeline-legend">
        {at >= 0 && <li>{dateTimeFormat(times[at] * 1000, { format: 'HH:mm:ss' })}</li>}
        {layers.map(({ name, now, values }, index) => (
          <li key={name}>
            <i style={{ background: colorOf(name, index) }} /> {titleOf(name)}{' '}
            <b>{written((at < 0 ? now : values[at]) ?? undefined, 'reqps')}</b>
          </li>
        ))}
      </ul>
    </ValueBox>
  );
}

/** The last row that is not after a time; -1 where there is none. Unix seconds. */
function rowAt(times: readonly number[], time: number): number {
  let at = times.length - 1;
  while (at >= 0 && times[at] > time) at -= 1;
  return at;
}

/** Unix seconds as times of day, with seconds where they tell them apart. */
function clocks(times: readonly number[]): string[] {
  const format = times.every((time) => time % 60 === 0) ? 'HH:mm' : 'HH:mm:ss';
  return times.map((time) => dateTimeFormat(time * 1000, { format }));
}

const titleOf = (name: string): string => PROTOCOLS.get(name)?.name ?? name;

function spoken(layers: readonly { name: string; now: number | null }[]): string {
  const figures = layers.map(
    ({ name, now }) => `${titleOf(name)} ${written(now ?? undefined, 'reqps')}`,
  );
  return `Curves of requests by protocol. Now: ${figures.join(', ')}`;
}

const stylesOf = (theme: GrafanaTheme2) => ({
  plot: css({ flex: 1, minHeight: 0, minWidth: 0, overflow: 'hidden' }),
  legend: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 1.5),
    margin: 0,
    padding: 0,
    listStyle: 'none',
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    color: theme.colors.text.secondary,
    i: { display: 'inline-block', width: 10, height: 10, borderRadius: 2 },
    b: { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
});
