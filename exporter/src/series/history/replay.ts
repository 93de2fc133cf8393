import type { Logger } from '../../lib/logger.js';
import type { Head } from '../head.js';
import { METRIC_NAME } from '../labels.js';
import { labelsOfKey } from './catalog.js';
import type { RawSample } from './raw-codec.js';
import { breathe } from './slices.js';
import type { Tier } from './tier.js';

const SERIES_A_SLICE = 16;
const SERIES_A_LOG_LINE = 10_000;

/**
 * Writes the newest samples of history into a head that is not ticking yet. Each series ends with a
 * stale marker, after which whoever collects it goes on.
 * @param from Unix ms
 * @returns samples written
 */
export async function replay(
  raw: Tier<RawSample>,
  { head, from, logger }: { head: Head; from: number; logger: Logger },
): Promise<number> {
  const timed = head.timed('history');
  const keys = await raw.keys(from, Infinity);
  let [series, samples] = [0, 0];
  for (const key of keys) {
    const { [METRIC_NAME]: name = '', ...labels } = labelsOfKey(key).toObject();
    const kept = await raw.read(key, from, Infinity);
    const last = kept.at(-1);
    const id = last === undefined ? undefined : timed.series(name, labels);
    if (id !== undefined && last !== undefined) {
      for (const { time, value, stale, histogram } of kept) {
        timed.append(id, time, histogram ?? (stale ? 'stale' : value));
      }
      if (!last.stale) timed.append(id, last.time + 1, 'stale');
      samples += kept.length;
    }
    if (++series % SERIES_A_SLICE === 0) await breathe();
    if (series % SERIES_A_LOG_LINE === 0) {
      logger.info('history is replayed', { series, of: keys.size, samples });
    }
  }
  logger.info('history has been replayed', { series, samples });
  return samples;
}
