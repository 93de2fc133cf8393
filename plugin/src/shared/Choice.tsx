import { Combobox } from '@grafana/ui';
import { useEffect, useMemo, useRef } from 'react';

interface ChoiceProps<Value extends string> {
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    readonly description?: string;
  }[];
  readonly value: Value;
  /** Another one is chosen. */
  readonly onChange: (value: Value) => void;
  /** In steps of 8 CSS pixels. */
  readonly width: number;
  readonly testId?: string;
  /** Of the element, for a label. */
  readonly id?: string;
}

/**
 * One of a few. Grafana's Combobox says what was chosen again each time that the change draws it anew, to the
 * `onChange` that it had at the click: a query would be changed and drawn without end.
 */
export function Choice<Value extends string>({
  options,
  value,
  onChange,
  width,
  testId,
  id,
}: ChoiceProps<Value>) {
  const shown = useMemo(
    () => options.map(({ value, label, description }) => ({ value, label, description })),
    [options],
  );
  const last = useRef(value);
  useEffect(() => {
    last.current = value;
  }, [value]);
  return (
    <Combobox
      id={id}
      width={width}
      data-testid={testId}
      options={shown}
      value={value}
      onChange={(chosen) => {
        if (chosen.value === last.current) return;
        last.current = chosen.value;
        onChange(chosen.value);
      }}
    />
  );
}
