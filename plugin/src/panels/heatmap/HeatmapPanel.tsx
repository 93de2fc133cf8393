import { css, cx } from '@emotion/css';
import { useMemo, useState } from 'react';
import { getFieldDisplayName, type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { noticeOf } from '../../shared/notice.js';
import { PanelNotice } from '../../shared/PanelNotice.js';
import { testIds } from '../../shared/test-ids.js';
import { trustOf } from '../../shared/trust.js';
import { TrustBadge } from '../../shared/TrustBadge.js';
import { shadesOf } from './colors.js';
import { gridOf, valueField } from './frames.js';
import { HeatmapView } from './HeatmapView.js';
import { Legend } from './Legend.js';
import { PRESETS, type HeatmapOptions, type Preset } from './options.js';
import { framesOfPreset, shownPresets } from './presets.js';
import { presetOf, sceneOf, unitOf } from './scene.js';
import { boundTexts, valueTexts } from './texts.js';

const HEAD = 24;
/** CSS pixels of a panel from which on the legend has room beside the rest of the head. */
const LEGEND_FROM = { alone: 420, withPresets: 600 };
const EMPTY =
  'The query answers no series in this time range. For a distribution ask for buckets: ' +
  'sum by (le) (rate(http_server_request_duration_seconds_bucket[10s])).';

/** Values by time and row, in colours. */
export function HeatmapPanel(props: PanelProps<HeatmapOptions>) {
  const { data, options, width, height, timeRange, timeZone, eventBus } = props;
  const theme = useTheme2();
  const styles = useStyles2(stylesOf);
  const [chosen, setChosen] = useState<Preset>();
  const presets = shownPresets(data.series, options);
  const wanted = chosen ?? options.preset;
  const preset = presets.length === 0 || presets.includes(wanted) ? wanted : presets[0];
  const frames = framesOfPreset(data.series, options, preset);
  const scheme = options.scheme === 'preset' ? presetOf(preset).scheme : options.scheme;
  const shades = useMemo(() => shadesOf(scheme, theme), [scheme, theme]);
  const from = timeRange.from.valueOf();
  const to = timeRange.to.valueOf();
  const scene = useMemo(() => {
    const grid = gridOf(frames, { from, to }, getFieldDisplayName);
    if (grid === undefined) return undefined;
    const field = valueField(frames);
    return sceneOf({
      ...{ grid, shades, preset, options },
      low: field?.config.min ?? undefined,
      high: field?.config.max ?? undefined,
      valueText: valueTexts(field, unitOf(preset, grid)),
      boundText: boundTexts(options.rowUnit),
    });
    // The frames of a preset are those of the data.
  }, [data.series, from, to, shades, preset, options]);
  const trust = trustOf(data.series);
  const legendFrom = presets.length > 1 ? LEGEND_FROM.withPresets : LEGEND_FROM.alone;
  const old = trust?.state === 'stale' || trust?.state === 'disconnected';
  return (
    <div className={styles.panel} data-testid={testIds.heatmapPanel}>
      <div className={styles.head}>
        <Presets presets={presets} shown={preset} onChoose={setChosen} />
        <span className={styles.space} />
        {options.legend && scene !== undefined && width >= legendFrom && <Legend scene={scene} />}
        {trust !== undefined && <TrustBadge trust={trust} />}
      </div>
      {scene === undefined ? (
        <PanelNotice notice={noticeOf(data, EMPTY)} />
      ) : (
        <div className={cx(old && styles.old)}>
          <HeatmapView
            {...{ scene, width, timeZone }}
            height={height - HEAD}
            withBars={options.now}
            bus={eventBus}
          />
        </div>
      )}
    </div>
  );
}

interface PresetsProps {
  readonly presets: readonly Preset[];
  readonly shown: Preset;
  readonly onChoose: (preset: Preset) => void;
}

/** What the map can show, where there is more than one thing. */
function Presets({ presets, shown, onChoose }: PresetsProps) {
  const styles = useStyles2(stylesOf);
  if (presets.length < 2) return null;
  return (
    <span className={styles.presets} role="group" aria-label="What is shown">
      {PRESETS.filter(({ value }) => presets.includes(value)).map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === shown}
          className={cx(value === shown && styles.chosen)}
          onClick={() => onChoose(value)}
          data-testid={testIds.heatmapPreset}
        >
          {label}
        </button>
      ))}
    </span>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%', overflow: 'hidden' }),
  head: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(2),
    flex: `0 0 ${HEAD}px`,
    minWidth: 0,
  }),
  space: css({ flex: 1 }),
  old: css({ filter: 'grayscale(1)', opacity: 0.85 }),
  presets: css({
    display: 'inline-flex',
    gap: theme.spacing(1.5),
    button: {
      padding: 0,
      border: 0,
      background: 'none',
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.secondary,
      '&:hover': { color: theme.colors.text.primary },
    },
  }),
  chosen: css({
    '&&': { color: theme.colors.text.primary },
    textDecoration: 'underline',
    textUnderlineOffset: 3,
  }),
});
