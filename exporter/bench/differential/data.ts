import type { Random } from './random.js';
import type { WritableSeries } from './remote-write.js';

const STEP = 1000;

/**
 * Series of every shape that PromQL distinguishes: counters with resets, gauges with gaps, NaN,
 * infinities and stale markers, classic histograms. Times lie off the evaluation grid (by 137 ms), so
 * that windows open and closed at their left end hold the same samples.
 * @param end Unix milliseconds, a multiple of 1,000; samples cover the ten minutes before it.
 */
export function recordedSeries(random: Random, end: number): WritableSeries[] {
  const times: number[] = [];
  for (let time = end - 600_000; time < end; time += STEP) times.push(time + 137);
  const series: WritableSeries[] = [];
  const jobs = ['api', 'web'];
  const instances = ['a:1', 'b:2', 'c:3'];
  for (const job of jobs) {
    for (const instance of instances) {
      for (const mode of ['read', 'write']) {
        let total = random.below(1000);
        series.push({
          labels: { __name__: 'diff_requests_total', job, instance, mode },
          samples: times.map((time) => {
            total = random.chance(0.004)
              ? 0
              : total + random.below(7) * (mode === 'read' ? 1 : 0.5);
            return [time, total] as const;
          }),
        });
      }
      let level = random.next() * 100 - 50;
      series.push({
        labels: { __name__: 'diff_temperature_celsius', job, instance },
        samples: times
          .filter(() => !random.chance(0.05))
          .map((time) => {
            level += random.next() - 0.5;
            return [time, Math.round(level * 1000) / 1000] as const;
          }),
      });
      const buckets = [0.1, 0.5, 1, 5, Infinity];
      const counts = buckets.map(() => 0);
      const bucketSamples = buckets.map((): [number, number][] => []);
      for (const time of times) {
        const observed = random.below(5);
        for (let i = 0; i < observed; i++) {
          const value = random.next() ** 3 * 8;
          buckets.forEach((bound, index) => {
            if (value <= bound) counts[index]++;
          });
        }
        counts.forEach((count, index) => bucketSamples[index].push([time, count]));
      }
      buckets.forEach((bound, index) => {
        const le = bound === Infinity ? '+Inf' : String(bound);
        series.push({
          labels: { __name__: 'diff_duration_seconds_bucket', job, instance, le },
          samples: bucketSamples[index],
        });
      });
    }
    series.push({
      labels: { __name__: 'diff_odd', job, kind: 'special' },
      samples: times.map((time) => {
        const value = random.pick([NaN, Infinity, -Infinity, 0, -0, 1, -1, 1e300, 1e-300]);
        return [time, value] as const;
      }),
    });
    series.push({
      labels: { __name__: 'diff_odd', job, kind: 'vanishing' },
      samples: times
        .map((time, index) => {
          const phase = index % 120;
          return [time, phase === 90 ? 'stale' : phase] as const;
        })
        .filter((_, index) => index % 120 <= 90),
    });
    series.push({
      labels: { __name__: 'diff_info', job, version: job === 'api' ? '1.2' : '1.3' },
      samples: times.map((time) => [time, 1] as const),
    });
  }
  return series;
}
