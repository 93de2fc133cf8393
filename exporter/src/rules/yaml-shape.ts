import { nearest } from '../lib/nearest.js';
import { parseDuration } from '../promql/durations.js';
import { messageOf } from '../lib/errors.js';
import type { Labels } from '../series/labels.js';
import type { RuleProblem } from './problem.js';
import type { Place } from './rule.js';
import type { YamlEntry, YamlMap, YamlScalar, YamlValue } from './yaml-text.js';

/** Reads maps of known keys; what does not fit becomes a problem. */
export class ShapeReader {
  readonly problems: RuleProblem[];

  constructor(problems: RuleProblem[]) {
    this.problems = problems;
  }

  report(place: Place, message: string): void {
    this.problems.push({ place, message });
  }

  /** The entries of a map by key; `what` names it, as in `a rule`. */
  map(value: YamlValue, what: string, keys: readonly string[]): Map<string, YamlEntry> | undefined {
    if (value.kind !== 'map') {
      this.report(value.place, `${what} must be a map with ${keys.join(', ')}`);
      return undefined;
    }
    const entries = new Map<string, YamlEntry>();
    for (const entry of value.entries) {
      if (keys.includes(entry.key)) {
        entries.set(entry.key, entry);
        continue;
      }
      const meant = nearest(entry.key, keys);
      const hint = meant === undefined ? `known: ${keys.join(', ')}` : `did you mean ${meant}?`;
      this.report(entry.keyPlace, `${what} has no key "${entry.key}"; ${hint}`);
    }
    return entries;
  }

  list(entry: YamlEntry | undefined, what: string): readonly YamlValue[] {
    if (entry === undefined || isNull(entry.value)) return [];
    if (entry.value.kind === 'list') return entry.value.items;
    this.report(entry.value.place, `${what} must be a list`);
    return [];
  }

  scalar(entry: YamlEntry | undefined): YamlScalar | undefined {
    if (entry === undefined || isNull(entry.value)) return undefined;
    if (entry.value.kind === 'scalar') return entry.value;
    this.report(entry.value.place, `${entry.key} must be a text`);
    return undefined;
  }

  text(entry: YamlEntry | undefined): string | undefined {
    return this.scalar(entry)?.text;
  }

  /** Milliseconds of a duration such as `5m`. */
  duration(entry: YamlEntry | undefined): number | undefined {
    const scalar = this.scalar(entry);
    if (entry === undefined || scalar === undefined) return undefined;
    try {
      return parseDuration(scalar.text);
    } catch (thrown) {
      const remedy = 'write for example 30s, 5m or 1h30m';
      this.report(scalar.place, `${entry.key}: ${messageOf(thrown)}; ${remedy}`);
      return undefined;
    }
  }

  integer(entry: YamlEntry | undefined): number | undefined {
    const scalar = this.scalar(entry);
    if (entry === undefined || scalar === undefined) return undefined;
    if (typeof scalar.value === 'number' && Number.isInteger(scalar.value)) return scalar.value;
    this.report(scalar.place, `${entry.key} must be a whole number, not "${scalar.text}"`);
    return undefined;
  }

  /** A map of texts, such as labels, with the places of its values. */
  texts(entry: YamlEntry | undefined): readonly TextEntry[] {
    if (entry === undefined || isNull(entry.value)) return [];
    if (entry.value.kind !== 'map') {
      this.report(entry.value.place, `${entry.key} must be a map of names and texts`);
      return [];
    }
    return textsOf(entry.value, (place, key) =>
      this.report(place, `${entry.key}: ${key} must be a text`),
    );
  }
}

export interface TextEntry {
  readonly name: string;
  readonly text: string;
  readonly namePlace: Place;
  readonly value: YamlScalar;
}

function textsOf(map: YamlMap, wrong: (place: Place, key: string) => void): TextEntry[] {
  return map.entries.flatMap(({ key, keyPlace, value }) => {
    if (value.kind === 'scalar') {
      return [{ name: key, text: value.text, namePlace: keyPlace, value }];
    }
    wrong(value.place, key);
    return [];
  });
}

export function labelsOf(entries: readonly TextEntry[]): Labels {
  return Object.fromEntries(entries.map(({ name, text }) => [name, text]));
}

function isNull(value: YamlValue): boolean {
  return value.kind === 'scalar' && value.value === null;
}
