import {
  dateTimeFormat,
  formattedValueToString,
  type DataFrame,
  type FormattedValue,
  type LinkModel,
} from '@grafana/data';
import { newest, type Curve } from '../../shared/curve.js';
import type { SparkBand } from '../../shared/spark-lines.js';
import { stepsOf, type Status } from '../../shared/status.js';
import {
  anomalyOf,
  changeOf,
  figureOf,
  healthyShare,
  lateness,
  newestTime,
  spanOf,
  standing,
  type Standard,
} from './model.js';
import { FIGURES, type KpiOptions } from './options.js';
import { configOf, partsOf, type CardParts, type Part } from './parts.js';
import { changeRemark, lateRemark, oddRemark, showOf, type Remark } from './remarks.js';

/** What a card says. */
export interface Card {
  readonly key: string;
  readonly title: string;
  /** `undefined` where the field has no value. */
  readonly value: FormattedValue | undefined;
  /** In full with its time, for the tooltip. */
  readonly exact: string;
  readonly status: Status | undefined;
  /** What is said beside the value: that it is old, or odd, or how it has changed. */
  readonly remark: Remark | undefined;
  /** Whether the value is late, while others of the panel are not. */
  readonly isLate: boolean;
  readonly figures: readonly { readonly label: string; readonly text: string }[];
  readonly curve: Curve;
  /** Within which the curve is expected. */
  readonly band: SparkBand | undefined;
  readonly target: number | undefined;
  readonly links: readonly LinkModel[];
}

/** A card for each number field of the frames that is not about another one. */
export function cardsOf(frames: DataFrame[], options: KpiOptions): Card[] {
  const parts = partsOf(frames);
  const now = newestTime(parts.map(({ main }) => main.curve));
  return parts.map((part) => cardOf(part, options, now));
}

function cardOf({ main, figures, expectation }: CardParts, options: KpiOptions, now: number): Card {
  const { key, title, field, curve } = main;
  const last = newest(curve);
  const { polarity = 'lower', target } = configOf(field);
  const span = spanOf(options.compareTo, curve);
  const standard: Standard = { steps: stepsOf(field), target: target ?? undefined, polarity };
  const show = showOf(field);
  const shown = last && show(last.value);
  const late = lateness(curve, now);
  const { lower, upper } = expectation;
  return {
    key,
    title,
    value: shown,
    exact:
      last === undefined
        ? 'no value'
        : `${title}: ${last.value} at ${dateTimeFormat(curve.times[last.index])}`,
    status: last && standing(last.value, standard),
    remark:
      late > 0
        ? lateRemark(late)
        : (oddRemark(last && anomalyOf(last.value, expectation), show) ??
          changeRemark(changeOf(curve, span), field, { span, polarity })),
    isLate: late > 0,
    figures: [
      ...figures.flatMap(subMetric),
      ...(standard.target === undefined
        ? []
        : [{ label: 'target', text: textOf(show(standard.target), shown?.suffix) }]),
      ...ownFigures(main, standard, options, shown?.suffix),
    ],
    curve,
    band: lower && upper && { lower, upper },
    target: standard.target,
    links: (last && field.getLinks?.({ valueRowIndex: last.index })) ?? [],
  };
}

/** The unit is said once in a card where it is the same. */
const textOf = (shown: FormattedValue, unit: string | undefined): string =>
  shown.suffix === unit ? shown.text : formattedValueToString(shown);

function subMetric({ title, field, curve }: Part): Card['figures'] {
  const last = newest(curve);
  if (last === undefined) return [];
  return [{ label: title, text: formattedValueToString(showOf(field)(last.value)) }];
}

function ownFigures(
  { field, curve }: Part,
  standard: Standard,
  options: KpiOptions,
  unit: string | undefined,
): Card['figures'] {
  const show = showOf(field);
  return FIGURES.filter(({ value }) => options.figures.includes(value)).flatMap(
    ({ value, label }) => {
      const figure = value === 'healthy' ? healthyShare(curve, standard) : figureOf(curve, value);
      if (figure === undefined) return [];
      const text = value === 'healthy' ? shareText(figure) : textOf(show(figure), unit);
      return [{ label: label.toLowerCase(), text }];
    },
  );
}

/** Less than all is never shown as all. */
const shareText = (share: number): string =>
  share === 1 ? '100 %' : `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
