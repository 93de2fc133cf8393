import type { GrafanaTheme2 } from '@grafana/data';
import type { Column, Curve, Subject } from './model.js';

/** A subject as CSV: a row a time, a column for all that is known of it; RFC 4180. */
export function csvOf({ name, curve, expected, previous, forecast }: Subject): string {
  const columns: [string, Curve, Column][] = [[name, curve, curve.values]];
  if (expected !== undefined) {
    columns.push(
      ['expected', expected, expected.values],
      ['expected low', expected, expected.lower],
      ['expected high', expected, expected.upper],
      ['score', expected, expected.scores],
    );
  }
  if (previous !== undefined) columns.push(['period before', previous, previous.values]);
  if (forecast !== undefined) {
    columns.push(
      ['forecast', forecast, forecast.values],
      ['forecast low', forecast, forecast.lower],
      ['forecast high', forecast, forecast.upper],
    );
  }
  const cells = columns.map(
    ([, { times }, values]) => new Map(times.map((time, row) => [time, values[row]])),
  );
  const times = [...new Set(columns.flatMap(([, curve]) => curve.times))].sort((a, b) => a - b);
  const rows = times.map((time) => [
    new Date(time).toISOString(),
    ...cells.map((column) => String(column.get(time) ?? '')),
  ]);
  const head = ['time', ...columns.map(([title]) => title)];
  return [head, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell;

/** A file's name for something of a title and a time. */
export const fileName = (title: string, ending: string): string =>
  `${title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'analysis'}.${ending}`;

/** Hands a file to the browser. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has begun; without this the blob would stay for as long as the page.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const HEAD = 28;

/** A drawing with its title on the theme's background, as it stands in the panel. */
export function pngOf(
  canvas: HTMLCanvasElement,
  title: string,
  theme: GrafanaTheme2,
): Promise<Blob | null> {
  const ratio = window.devicePixelRatio;
  const picture = document.createElement('canvas');
  picture.width = canvas.width;
  picture.height = canvas.height + HEAD * ratio;
  const context = picture.getContext('2d');
  if (context === null) return Promise.resolve(null);
  context.fillStyle = theme.colors.background.primary;
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(canvas, 0, HEAD * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = theme.colors.text.primary;
  context.font = `${theme.typography.fontWeightMedium} ${theme.typography.body.fontSize} ${theme.typography.fontFamily}`;
  context.textBaseline = 'middle';
  context.fillText(title, 12, HEAD / 2);
  return new Promise((resolve) => picture.toBlob(resolve, 'image/png'));
}
