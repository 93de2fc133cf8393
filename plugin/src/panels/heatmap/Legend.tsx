import { css } from '@emotion/css';
import { useLayoutEffect, useRef } from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { testIds } from '../../shared/test-ids.js';
import type { Scene } from './scene.js';
import { shadeOf } from './shade.js';

const WIDTH = 96;

/** Which value has which colour: linear in values, as a ruler is. */
export function Legend({ scene }: { readonly scene: Scene }) {
  const styles = useStyles2(stylesOf);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { scale, shades, valueText } = scene;
  const { low, high, curve } = scale;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    for (let x = 0; x < WIDTH; x += 1) {
      const value = low + ((high - low) * x) / (WIDTH - 1);
      const [red, green, blue] = shades[shadeOf(value, { low, high, curve })];
      context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
      context.fillRect(x, 0, 1, 1);
    }
  }, [low, high, curve, shades]);
  return (
    <span className={styles.legend} data-testid={testIds.heatmapLegend}>
      {valueText(low)}
      <canvas ref={canvas} className={styles.ramp} width={WIDTH} height={1} aria-hidden />
      {valueText(high)}
    </span>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  legend: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    color: theme.colors.text.secondary,
    whiteSpace: 'nowrap',
  }),
  ramp: css({
    width: WIDTH,
    height: 8,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.sm,
  }),
});
