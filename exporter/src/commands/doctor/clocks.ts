import { ok, warning, type Finding } from './finding.js';

/** Milliseconds by which clocks may differ without anybody being told. */
const CLOCKS_DIFFER = 5000;

/**
 * Whether two clocks agree.
 * @param exporter milliseconds by which that of the exporter is ahead of ours; `grafana` likewise
 */
export function clockFinding(exporter: number | undefined, grafana: number | undefined): Finding[] {
  if (exporter === undefined || grafana === undefined) return [];
  const apart = Math.abs(exporter - grafana);
  if (apart < CLOCKS_DIFFER) return [ok('clocks', 'of exporter and Grafana agree')];
  return [
    warning(
      'clocks',
      `of exporter and Grafana differ by ${Math.round(apart / 1000)} s: time ranges are off by as much`,
      'set both by NTP',
    ),
  ];
}
