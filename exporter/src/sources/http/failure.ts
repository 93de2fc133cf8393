/** Why a connection or an exchange failed; label `reason`, and `error_type` of the exchange. */
export const REASONS = [
  /** One side went away in the middle, or cancelled. */
  'aborted',
  /** What came was not HTTP/1. */
  'parse',
  /** The rules of HTTP/2 or of the WebSocket were broken. */
  'protocol',
  /** The connection or the stream was reset. */
  'reset',
  /** One side waited longer than it may. */
  'timeout',
  /** No secure connection came about. */
  'tls',
  'other',
] as const;

export type Reason = (typeof REASONS)[number];

const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);
const TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ERR_HTTP_REQUEST_TIMEOUT']);

/** The reason that stands behind an error of a socket, of the HTTP/1 parser or of an HTTP/2 session. */
export function reasonOf(error: unknown): Reason {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== 'string') return 'other';
  if (RESETS.has(code)) return 'reset';
  if (TIMEOUTS.has(code)) return 'timeout';
  // The parser's word for a connection that ended within a request.
  if (code === 'HPE_INVALID_EOF_STATE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return 'aborted';
  if (code.startsWith('HPE_')) return 'parse';
  if (code.startsWith('ERR_HTTP2_')) return 'protocol';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') return 'tls';
  return 'other';
}

const NO_ERROR = 0;
const FLOW_CONTROL_ERROR = 3;
const STREAM_CLOSED = 5;
const FRAME_SIZE_ERROR = 6;
const CANCEL = 8;
const COMPRESSION_ERROR = 9;

/**
 * The reason that stands behind an error code of HTTP/2 (RFC 9113, section 7), undefined for none.
 */
export function reasonOfCode(code: number): Reason | undefined {
  switch (code) {
    case NO_ERROR:
      return undefined;
    case CANCEL:
      return 'aborted';
    case 1: // PROTOCOL_ERROR
    case FLOW_CONTROL_ERROR:
    case STREAM_CLOSED:
    case FRAME_SIZE_ERROR:
    case COMPRESSION_ERROR:
      return 'protocol';
    default:
      return 'reset';
  }
}
