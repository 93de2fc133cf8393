/** What a query says of each protocol. */
export const ROLES = [
  { value: 'rate', label: 'Rate', refId: 'A', unit: 'reqps' },
  { value: 'latency', label: 'Latency', refId: 'B', unit: 's' },
  { value: 'errors', label: 'Errors', refId: 'C', unit: 'percentunit' },
  { value: 'connections', label: 'Connections', refId: 'D', unit: 'short' },
  { value: 'health', label: 'Connection health', refId: 'E', unit: 'short' },
  { value: 'opened', label: 'Opened connections', refId: 'F', unit: 'cps' },
  { value: 'problems', label: 'Connection errors by reason', refId: 'G', unit: 'cps' },
] as const;
export type Role = (typeof ROLES)[number]['value'];

export const SHARES = [
  { value: 'bar', label: 'Bar' },
  { value: 'donut', label: 'Donut' },
  { value: 'none', label: 'None' },
] as const;
type Share = (typeof SHARES)[number]['value'];

/** What is set of the whole panel. */
export interface ProtocolsOptions {
  /** The label by whose values traffic is broken down. */
  readonly label: string;
  /** The refId of the query of each role. */
  readonly queries: Readonly<Record<Role, string>>;
  readonly share: Share;
  readonly curve: boolean;
  /** A sentence below that says what stands out. */
  readonly sentence: boolean;
  /** The dashboard variable that a selected row sets, where there is one of this name. */
  readonly variable: string;
}

export const DEFAULTS: ProtocolsOptions = {
  label: 'protocol',
  queries: {
    rate: 'A',
    latency: 'B',
    errors: 'C',
    connections: 'D',
    health: 'E',
    opened: 'F',
    problems: 'G',
  },
  share: 'bar',
  curve: true,
  sentence: true,
  variable: 'protocol',
};
