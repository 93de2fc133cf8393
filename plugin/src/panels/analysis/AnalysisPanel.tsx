import { css, cx } from '@emotion/css';
import {
  DataHoverClearEvent,
  DataHoverEvent,
  type GrafanaTheme2,
  type PanelProps,
} from '@grafana/data';
import { Combobox, IconButton, useStyles2, useTheme2 } from '@grafana/ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { testIds } from '../../shared/test-ids.js';
import { trustOf, type Trust } from '../../shared/trust.js';
import { TrustBadge } from '../../shared/TrustBadge.js';
import { CurveView } from './CurveView.js';
import { csvOf, fileName, pngOf, save } from './download.js';
import { figuresOf } from './figures.js';
import { Findings } from './Findings.js';
import { exploreLinks } from './links.js';
import { analysisOf, type Subject } from './model.js';
import { Nothing } from './Nothing.js';
import type { AnalysisOptions } from './options.js';

const HEAD = 28;
const FIGURES = 44;
const GAP = 12;
/** Narrower than this, what stands out is below the curve. */
const WIDE = 620;
const SIDE = { share: 0.32, least: 200, most: 340 };
/** Of the height, what the curve has where it stands above them. */
const ABOVE = 0.5;
const LEAST_CURVE = 150;

/** A curve in its band, with figures above and what stands out at the side. */
export function AnalysisPanel(props: PanelProps<AnalysisOptions>) {
  const { data, options, width, height, timeZone, title, eventBus } = props;
  const styles = useStyles2(stylesOf);
  const theme = useTheme2();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [wanted, setWanted] = useState<string>();
  const [cursor, setCursor] = useSharedCursor(eventBus);
  const analysis = useMemo(() => analysisOf(data.series), [data.series]);
  const linkTo = useMemo(() => exploreLinks(data), [data]);
  const trust = trustOf(data.series);
  const { subjects } = analysis;
  const subject = subjects.find(({ name }) => name === wanted) ?? subjects[0];
  if (subject === undefined || subject.curve.times.length === 0) {
    return <Nothing data={data} />;
  }
  const isWide = options.findings && width >= WIDE;
  const side = Math.min(SIDE.most, Math.max(SIDE.least, width * SIDE.share));
  const curveWidth = isWide ? width - side - GAP : width;
  const rest = height - HEAD - (options.figures ? FIGURES : 0);
  const curveHeight = Math.max(LEAST_CURVE, options.findings && !isWide ? rest * ABOVE : rest);
  const saveCsv = (): void =>
    save(new Blob([csvOf(subject)], { type: 'text/csv' }), fileName(title || subject.name, 'csv'));
  const savePng = async (): Promise<void> => {
    if (canvas.current === null) return;
    const picture = await pngOf(canvas.current, `${title} · ${subject.name}`, theme);
    if (picture !== null) save(picture, fileName(title || subject.name, 'png'));
  };
  return (
    <div className={styles.panel} data-testid={testIds.analysisPanel}>
      <div className={styles.head}>
        <Choice subjects={subjects} subject={subject} onChange={setWanted} />
        <IconButton
          name="download-alt"
          size="sm"
          tooltip="Download as CSV"
          data-testid={testIds.analysisCsv}
          onClick={saveCsv}
        />
        <IconButton
          name="camera"
          size="sm"
          tooltip="Download as PNG"
          data-testid={testIds.analysisPng}
          onClick={() => void savePng()}
        />
        {trust !== undefined && <TrustBadge trust={trust} />}
      </div>
      {options.figures && (
        <Figures subject={options.forecast ? subject : { ...subject, forecast: undefined }} />
      )}
      <div className={cx(styles.body, isWide && styles.wide)}>
        <CurveView
          {...{ subject, timeZone, canvas, cursor }}
          shown={options}
          old={isOld(trust)}
          width={curveWidth}
          height={curveHeight}
          onCursor={setCursor}
        />
        {options.findings && (
          <div style={isWide ? { width: side, height: curveHeight } : undefined}>
            <Findings
              {...{ analysis, timeZone, linkTo }}
              series={subject.name}
              end={subject.curve.times.at(-1) ?? 0}
            />
          </div>
        )}
      </div>
    </div>
  );
}

const isOld = (trust: Trust | undefined): boolean =>
  trust?.state === 'stale' || trust?.state === 'disconnected';

/** Where the crosshair is, in this panel and in those that share theirs. */
function useSharedCursor(
  eventBus: PanelProps['eventBus'],
): [number | undefined, (time: number | undefined) => void] {
  const [cursor, setCursor] = useState<number>();
  useEffect(() => {
    const moved = eventBus.getStream(DataHoverEvent).subscribe(({ payload }) => {
      const { time } = (payload.point ?? {}) as { time?: unknown };
      if (typeof time === 'number') setCursor(time);
    });
    moved.add(eventBus.getStream(DataHoverClearEvent).subscribe(() => setCursor(undefined)));
    return () => moved.unsubscribe();
  }, [eventBus]);
  const move = (time: number | undefined): void => {
    setCursor(time);
    if (time === undefined) eventBus.publish(new DataHoverClearEvent());
    else eventBus.publish(new DataHoverEvent({ point: { time } }));
  };
  return [cursor, move];
}

interface ChoiceProps {
  readonly subjects: readonly Subject[];
  readonly subject: Subject;
  readonly onChange: (name: string) => void;
}

/** Which of several series is shown. */
function Choice({ subjects, subject, onChange }: ChoiceProps) {
  const styles = useStyles2(stylesOf);
  if (subjects.length === 1) return <span className={styles.name}>{subject.name}</span>;
  return (
    <div className={styles.name}>
      <Combobox
        width="auto"
        minWidth={16}
        aria-label="Series"
        data-testid={testIds.analysisSeries}
        options={subjects.map(({ name }) => ({ value: name, label: name }))}
        value={subject.name}
        onChange={({ value }) => onChange(value)}
      />
    </div>
  );
}

function Figures({ subject }: { readonly subject: Subject }) {
  const styles = useStyles2(stylesOf);
  return (
    <dl className={styles.figures} data-testid={testIds.analysisFigures}>
      {figuresOf(subject).map(({ label, text, exact }) => (
        <div key={label} title={exact}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', height: '100%', overflow: 'auto' }),
  head: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    flex: `0 0 ${HEAD}px`,
    minWidth: 0,
  }),
  name: css({
    flex: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
  }),
  // What does not fit wraps into a line that is not seen: figures leave whole, the last first.
  figures: css({
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: theme.spacing(3),
    flex: `0 0 ${FIGURES}px`,
    height: FIGURES,
    margin: 0,
    overflow: 'hidden',
    fontVariantNumeric: 'tabular-nums',
    '> div': { height: FIGURES, minWidth: 56 },
    dt: {
      fontSize: theme.typography.bodySmall.fontSize,
      fontWeight: theme.typography.fontWeightRegular,
      color: theme.colors.text.secondary,
    },
    dd: {
      margin: 0,
      fontSize: theme.typography.h5.fontSize,
      color: theme.colors.text.primary,
      whiteSpace: 'nowrap',
    },
  }),
  body: css({ display: 'flex', flexDirection: 'column', gap: GAP, minHeight: 0 }),
  wide: css({ flexDirection: 'row' }),
});
