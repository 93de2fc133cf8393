import { KymoError } from '../../lib/errors.js';
import { formatDuration } from '../../lib/duration.js';
import { typeOf } from '../../promql/ast.js';
import { parseExpression } from '../../promql/parse.js';
import type { Labels } from '../../series/labels.js';

/** A named expression that is pushed to Grafana Live. */
export interface Channel {
  /** Letters, digits, `_`, `-` and `.`; a panel subscribes to `stream/<stream>/<name>`. */
  readonly name: string;
  /** A PromQL expression that yields an instant vector or a scalar. */
  readonly expr: string;
  /** Milliseconds, a multiple of the tick; the tick by default. */
  readonly interval?: number;
  /** Added to those of each series. */
  readonly labels?: Labels;
}

/** Longest path of a channel in Grafana Live, `stream/<stream>/<name>`. */
const MAX_PATH = 160;
const STREAM = /^[A-Za-z0-9_-]+$/;
// Grafana takes more in a path (`/`, `=`, `,`), which line protocol would need escapes for.
const NAME = /^[A-Za-z0-9_.-]+$/;
const LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Checks what Grafana would take without a word and then never deliver.
 * @throws KymoError `bad_channel`
 */
export function checkChannels(channels: readonly Channel[], stream: string, tick: number): void {
  if (!STREAM.test(stream)) {
    throw new KymoError(
      'bad_channel',
      `"${stream}" cannot be a stream of Grafana Live; use letters, digits, _ and - only`,
    );
  }
  const names = new Set<string>();
  for (const channel of channels) {
    const fault = names.has(channel.name) ? 'there are two of that name' : faultOf(channel, tick);
    const length = `stream/${stream}/${channel.name}`.length;
    const long =
      length > MAX_PATH ? `its path has ${length} characters, more than ${MAX_PATH}` : '';
    const message = fault ?? long;
    if (message !== '') {
      throw new KymoError('bad_channel', `live channel "${channel.name}": ${message}`);
    }
    names.add(channel.name);
  }
}

function faultOf(
  { name, expr, interval = 0, labels = {} }: Channel,
  tick: number,
): string | undefined {
  if (!NAME.test(name)) return 'a name has letters, digits, _, - and . only';
  if (interval < 0 || interval % tick !== 0) {
    return `an interval of ${interval} ms is no multiple of the tick of ${formatDuration(tick)}`;
  }
  for (const label of Object.keys(labels)) {
    if (!LABEL.test(label)) return `"${label}" is not a name of a label`;
  }
  try {
    const type = typeOf(parseExpression(expr));
    if (type === 'vector' || type === 'scalar') return undefined;
    return `its expression yields a ${type}; an instant vector or a scalar is needed`;
  } catch (thrown) {
    if (thrown instanceof KymoError) return thrown.message;
    throw thrown;
  }
}
