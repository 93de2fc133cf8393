import {
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  type DataFrame,
  type Field,
  type FormattedValue,
  type LinkModel,
} from '@grafana/data';
import { newest, type Curve } from '../../shared/curve.js';
import { statusOf, type Status } from '../../shared/status.js';
import { changeOf, figureOf, type Change } from './model.js';
import { FIGURES, type KpiFieldConfig, type KpiOptions } from './options.js';

/** What a card says. */
export interface Card {
  readonly key: string;
  readonly title: string;
  /** `undefined` where the field has no value. */
  readonly value: FormattedValue | undefined;
  /** In full, for the tooltip. */
  readonly exact: string;
  readonly status: Status | undefined;
  readonly change:
    | {
        readonly text: string;
        /** How long ago it is compared with: `5 min`. */
        readonly since: string;
        readonly direction: Change['direction'];
      }
    | undefined;
  readonly figures: readonly { readonly label: string; readonly text: string }[];
  readonly curve: Curve;
  /** The first of the field's data links. */
  readonly link: Pick<LinkModel, 'href' | 'target' | 'title'> | undefined;
}

/** A card for each number field of the frames. */
export function cardsOf(frames: DataFrame[], options: KpiOptions): Card[] {
  return frames.flatMap((frame) => {
    const time = frame.fields.find(({ type }) => type === FieldType.time);
    const times = (time?.values ?? []) as number[];
    return frame.fields
      .filter(({ type }) => type === FieldType.number)
      .map((field, index) => {
        const title = getFieldDisplayName(field, frame, frames);
        return cardOf(`${frame.refId ?? ''}/${index}/${title}`, title, field, times, options);
      });
  });
}

function cardOf(
  key: string,
  title: string,
  field: Field,
  times: readonly number[],
  options: KpiOptions,
): Card {
  const curve: Curve = { times, values: field.values as (number | null)[] };
  const now = newest(curve);
  const { polarity = 'lower' } = (field.config.custom ?? {}) as KpiFieldConfig;
  const steps = (field.config.thresholds?.steps ?? []).map(({ value }) => value);
  const show = (value: number): FormattedValue => field.display?.(value) ?? { text: `${value}` };
  const change = changeOf(curve, options.compareTo);
  const shownNow = now && show(now.value);
  const unit = shownNow?.suffix;
  return {
    key,
    title,
    value: shownNow,
    exact: now === undefined ? 'no value' : `${title}: ${now.value}`,
    status: now === undefined ? undefined : statusOf(now.value, steps, polarity),
    change: change && {
      direction: change.direction,
      text: changeText(change, field),
      since: sinceText(change),
    },
    figures: FIGURES.filter(({ value }) => options.figures.includes(value)).flatMap(
      ({ value, label }) => {
        const figure = figureOf(curve, value);
        if (figure === undefined) return [];
        const shown = show(figure);
        // The unit is said once where it is the same.
        const text = shown.suffix === unit ? shown.text : formattedValueToString(shown);
        return [{ label: label.toLowerCase(), text }];
      },
    ),
    curve,
    link: now && field.getLinks?.({ valueRowIndex: now.index })[0],
  };
}

const points: Readonly<Record<string, number>> = { percent: 1, percentunit: 100 };

/** Shares move by points: 2 % that become 3 % have not risen by 50 % to anybody but a computer. */
function changeText({ difference, ratio }: Change, field: Field): string {
  const factor = points[field.config.unit ?? ''];
  return factor !== undefined
    ? `${threeDigits(Math.abs(difference) * factor)} pt`
    : ratio === null
      ? formattedValueToString(field.display?.(Math.abs(difference)) ?? { text: `${difference}` })
      : `${threeDigits(Math.abs(ratio) * 100)} %`;
}

function sinceText({ span }: Change): string {
  const minutes = Math.round(span / 60_000);
  return minutes >= 60 ? `${minutes / 60} h` : `${minutes} min`;
}

function threeDigits(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}
