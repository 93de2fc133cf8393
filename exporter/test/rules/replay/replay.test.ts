import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRuleFiles, parseRules } from '../../../src/rules/load.js';
import { readRecording, type Recording } from '../../../src/rules/replay/recording.js';
import { Replay, type ReplayOptions, type ReplayResult } from '../../../src/rules/replay/replay.js';
import { LabelSet } from '../../../src/series/labels.js';

const START = 1_700_000_000_000;
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kymo-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A recording with one sample a second. */
function recordingOf(values: Readonly<Record<string, readonly number[]>>): Recording {
  const series = Object.entries(values).map(([name, list]) => ({
    labels: LabelSet.named(name, {}),
    times: list.map((_, i) => START + i * 1000),
    values: [...list],
  }));
  const seconds = Math.max(...series.map(({ times }) => times.length)) - 1;
  return { series, samples: 0, histograms: 0, start: START, end: START + seconds * 1000 };
}

function replay(options: ReplayOptions): ReplayResult {
  const run = new Replay(options);
  while (run.step());
  return run.result();
}

const second = (time: number | undefined): number | undefined =>
  time === undefined ? undefined : (time - START) / 1000;

const RULES = `
groups:
  - name: g
    rules:
      - record: doubled
        expr: 2 * level
      - alert: High
        expr: doubled > 10
        for: 5s
        keep_firing_for: 3s
        labels: { severity: error }
      - alert: Odd
        expr: doubled == 14
`;

describe('a replay', () => {
  const level = [1, 1, 6, 6, 1, 1, 8, 8, 8, 8, 8, 8, 8, 7, 1, 1, 1, 1, 1, 1, 9];

  it('tells when alerts were pending, fired and resolved', () => {
    const { episodes, ticks } = replay({
      recording: recordingOf({ level }),
      groups: parseRules(RULES, 'rules.yml'),
    });
    expect(ticks).toBe(level.length);
    expect(
      episodes.map(({ alert, pending, firing, ended }) => [
        alert,
        second(pending),
        second(firing),
        second(ended),
      ]),
    ).toEqual([
      ['High', 2, undefined, 4],
      ['High', 6, 11, 17],
      ['Odd', 13, 13, 14],
      ['High', 20, undefined, undefined],
    ]);
    expect(episodes[0].labels).toEqual({ severity: 'error' });
  });

  it('agrees with promtool on when they fire', () => {
    const { episodes } = replay({
      recording: recordingOf({ level }),
      groups: parseRules(RULES, 'rules.yml'),
    });
    writeFileSync(path.join(folder, 'rules.yml'), RULES);
    const cases = level.flatMap((_, i) =>
      ['High', 'Odd'].map((alert) => {
        const time = START + i * 1000;
        const fires = episodes.some(
          (episode) =>
            episode.alert === alert &&
            episode.firing !== undefined &&
            episode.firing <= time &&
            time < (episode.ended ?? Infinity),
        );
        const labels = alert === 'High' ? { severity: 'error' } : {};
        return {
          eval_time: `${i}s`,
          alertname: alert,
          exp_alerts: fires ? [{ exp_labels: labels }] : [],
        };
      }),
    );
    const test = {
      rule_files: ['rules.yml'],
      evaluation_interval: '1s',
      tests: [
        {
          interval: '1s',
          input_series: [{ series: 'level', values: level.join(' ') }],
          alert_rule_test: cases,
        },
      ],
    };
    const file = path.join(folder, 'test.yml');
    writeFileSync(file, JSON.stringify(test));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
  });

  it('computes anew what the rules record, whatever the recording has of it', () => {
    const { episodes, leftOut } = replay({
      recording: recordingOf({ level: [1, 1, 1], doubled: [14, 14, 14], ALERTS: [1, 1, 1] }),
      groups: parseRules(RULES, 'rules.yml'),
    });
    expect(episodes).toEqual([]);
    expect(leftOut).toBe(2);
  });

  it('computes anew what watches write, forecasts included', () => {
    const recording = recordingOf({
      level: [1, 1, 1],
      kymo_anomaly_score: [1, 1, 1],
      kymo_forecast: [1, 1, 1],
    });
    const watches = [{ name: 'level', expr: 'level' }];
    expect(replay({ recording, groups: [], watches }).leftOut).toBe(2);
    expect(replay({ recording, groups: [] }).leftOut).toBe(0);
  });

  it('goes on where a rule fails, and says which and how often', () => {
    const { episodes, failures } = replay({
      recording: recordingOf({ level: [7, 7], other: [1, 1] }),
      groups: parseRules(
        'groups: [{name: g, rules: [{record: x, expr: "{__name__=~\'level|other\'} * 1"}, {alert: A, expr: level > 1}]}]',
        'rules.yml',
      ),
    });
    expect(episodes).toMatchObject([{ alert: 'A', firing: START }]);
    expect(failures).toMatchObject([{ what: 'rules.yml:1: rule x', since: START, count: 2 }]);
  });

  it('evaluates at the given interval, on its grid', () => {
    const { ticks, episodes } = replay({
      recording: recordingOf({ level: [...Array<number>(31).fill(8)] }),
      groups: parseRules(RULES, 'rules.yml'),
      interval: 15_000,
    });
    expect(ticks).toBe(3);
    // 1,700,000,000 is 10 s before the next multiple of 15 s.
    expect(episodes).toMatchObject([{ pending: START + 10_000, firing: START + 25_000 }]);
  });

  it('scores the series of watches and counts what is above 1', () => {
    const wave = Array.from(
      { length: 600 },
      (_, i) => 10 + Math.sin(i / 7) + ((i * 7919) % 13) / 10,
    );
    const jump = wave.map((value, i) => (i >= 500 && i < 520 ? value + 100 : value));
    const watches = [
      { name: 'calm', expr: 'wave' },
      { name: 'jumpy', expr: 'jump' },
      { name: 'nothing', expr: 'absent_series' },
    ];
    const { watches: summaries } = replay({
      recording: recordingOf({ wave, jump }),
      groups: [],
      watches,
    });
    expect(summaries).toMatchObject([
      { watch: 'calm', series: 1, points: 600, above: 0 },
      { watch: 'jumpy', series: 1, points: 600 },
      { watch: 'nothing', series: 0, points: 0, above: 0, highest: NaN },
    ]);
    expect(summaries[1].above).toBeGreaterThan(0);
    expect(summaries[1].highest).toBeGreaterThan(1);
    expect(second(summaries[1].highestAt)).toBeGreaterThanOrEqual(500);
    expect(summaries[1].warm).toBeLessThan(600);
  });

  it('shows that errors in the demo raise an alert that resolves within two minutes of the start', async () => {
    const recording = await readRecording(here('../testdata/demo-errors.jsonl'));
    const rules = ['kpi.yml', 'alerts-http.yml', 'alerts-burn-rate.yml'].map((file) =>
      here(`../../../../provisioning/kymo/rules/${file}`),
    );
    const { episodes, failures } = replay({ recording, groups: loadRuleFiles(rules).groups });
    expect(failures).toEqual([]);
    const fired = episodes.filter(({ firing }) => firing !== undefined);
    expect(fired.map(({ alert, labels }) => `${alert} ${labels.protocol}`).sort()).toEqual([
      'HttpErrorRatioHigh grpc',
      'HttpErrorRatioHigh http1',
      'HttpErrorRatioHigh http2',
    ]);
    for (const { pending, firing = 0, ended = Infinity } of fired) {
      expect(firing - pending).toBe(5000);
      expect(ended - recording.start).toBeLessThan(120_000);
    }
  });
});
