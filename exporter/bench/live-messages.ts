/** What the processes of the live benchmark tell each other. */
export type ServerKind = 'kymo' | 'ws';

export type ToServer = { readonly kind: 'begin' } | { readonly kind: 'end' };

export type FromServer =
  | { readonly kind: 'listening'; readonly port: number; readonly rss: number }
  | {
      readonly kind: 'measured';
      readonly messages: number;
      /** Seconds. */
      readonly cpu: number;
      /** Bytes. */
      readonly rss: number;
      readonly late: number;
      readonly messageBytes: number;
    };

export type ToClient = { readonly kind: 'begin' } | { readonly kind: 'end' };

export type FromClient =
  | { readonly kind: 'connected'; readonly milliseconds: number }
  | {
      readonly kind: 'measured';
      /** Messages by latency in tenths of a millisecond. */
      readonly latencies: readonly (readonly [tenths: number, count: number])[];
    };
