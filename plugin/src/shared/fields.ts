import type { DataFrame, DataFrameType, Field, FieldType } from '@grafana/data';

// Names and not the enumerations themselves: so models load where there is no browser.
export const isTime = ({ type }: Field): boolean => type === ('time' as FieldType);
export const isNumber = ({ type }: Field): boolean => type === ('number' as FieldType);

/** Whether a frame says that it is of a type of Grafana's data plane. */
export const isOfType = ({ meta }: DataFrame, type: `${DataFrameType}`): boolean =>
  meta?.type === (type as DataFrameType);
