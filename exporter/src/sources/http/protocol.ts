/** Protocols that this process can serve; `http3` reaches it only through proxies. */
export const PROTOCOLS = ['http1', 'http2', 'websocket', 'grpc'] as const;

export type Protocol = (typeof PROTOCOLS)[number];

/** `network_protocol_version`, by the index that an exchange carries. */
export const VERSIONS = ['1.0', '1.1', '2'] as const;

export const HTTP_1_0 = 0;
export const HTTP_1_1 = 1;
export const HTTP_2 = 2;

/** Stands for label values that are not told apart, as in OpenTelemetry's `http.request.method`. */
export const OTHER = '_OTHER';

/** The methods that OpenTelemetry takes for known: RFC 9110, RFC 5789 and QUERY. */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** The method as a label value; whatever clients make up themselves is one value. */
export function methodLabel(method: string): string {
  return KNOWN_METHODS.has(method) ? method : OTHER;
}
