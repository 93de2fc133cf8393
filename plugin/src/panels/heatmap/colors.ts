import type { GrafanaTheme2 } from '@grafana/data';
import type { Scheme } from './options.js';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];
/** Lightness, 0 to 1, and two axes of colour, after Björn Ottosson's OKLab. */
type Lab = readonly [number, number, number];

/** Colours of a map: the first is its background, the last that of the greatest values. */
export const SHADES = 256;

/**
 * The colours of a scheme in a theme. They begin at the background, and their lightness changes by the
 * same amount from each to the next.
 */
export function shadesOf(scheme: Scheme, theme: GrafanaTheme2): Rgb[] {
  return evenShades(stopsOf(scheme, theme));
}

function stopsOf(scheme: Scheme, { visualization, colors, isDark }: GrafanaTheme2): Rgb[] {
  const named = (name: string): Rgb => rgbOf(visualization.getColorByName(name));
  const background = rgbOf(colors.background.primary);
  const strongest = rgbOf(colors.text.maxContrast);
  const darkest = (name: string): Rgb => mix(named(name), strongest, 0.6);
  switch (scheme) {
    case 'ocean':
      return isDark
        ? [background, named('dark-blue'), named('green'), named('super-light-yellow')]
        : [background, named('super-light-blue'), named('dark-blue'), darkest('dark-blue')];
    case 'ember':
      return isDark
        ? [background, named('dark-red'), named('orange'), named('super-light-yellow')]
        : [background, named('super-light-orange'), named('dark-red'), darkest('dark-red')];
    case 'grey':
      return [background, strongest];
  }
}

/** Reads `#rgb`, `#rrggbb` and `rgb(…)`, which is what themes are written in. */
function rgbOf(color: string): Rgb {
  const hex = color.startsWith('#') ? color.slice(1) : undefined;
  const parts =
    hex === undefined
      ? (color.match(/[\d.]+/g) ?? []).map(Number)
      : (hex.match(hex.length < 6 ? /./g : /../g) ?? []).map((digits) =>
          parseInt(digits.padStart(2, digits), 16),
        );
  const [red = 0, green = 0, blue = 0] = parts;
  return [red, green, blue];
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return toRgb(between(toLab(a), toLab(b), share));
}

const between = (a: Lab, b: Lab, share: number): Lab => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** {@link SHADES} colours through some stops, whose lightness has to rise or to fall throughout. */
export function evenShades(stops: readonly Rgb[]): Rgb[] {
  const labs = stops.map(toLab);
  const first = labs[0][0];
  const last = labs[labs.length - 1][0];
  let stop = 0;
  return Array.from({ length: SHADES }, (_, index) => {
    const share = index / (SHADES - 1);
    const lightness = first + (last - first) * share;
    const reached = (at: number): boolean =>
      first < last ? labs[at][0] <= lightness : labs[at][0] >= lightness;
    while (stop < labs.length - 2 && reached(stop + 1)) stop += 1;
    const span = labs[stop + 1][0] - labs[stop][0];
    const within = span === 0 ? share : (lightness - labs[stop][0]) / span;
    return toRgb(between(labs[stop], labs[stop + 1], Math.min(1, Math.max(0, within))));
  });
}

/** The lightness that eyes see, 0 to 1. */
export const lightnessOf = (color: Rgb): number => toLab(color)[0];

function toLab(color: Rgb): Lab {
  const [r, g, b] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toRgb([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channel = (linear: number): number => {
    const share = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(1, Math.max(0, share)) * 255);
  };
  return [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}
