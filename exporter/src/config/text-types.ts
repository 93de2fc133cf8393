import { isIP } from 'node:net';
import { messageOf } from '../lib/errors.js';
import { nearest } from '../lib/nearest.js';
import { MASK } from '../lib/redact.js';
import type { RawValue } from './raw-value.js';
import { describeRaw, type Refuse, type ValueType } from './value-type.js';

/** Any text; an empty one only where `empty` is set. */
export function string({ empty = false } = {}): ValueType<string> {
  return textType({
    name: 'string',
    allowed: '',
    problem: (value) => (value === '' && !empty ? 'it is empty; give a text' : undefined),
  });
}

/**
 * A template, which is a text with a syntax of its own.
 * @param problem what is wrong with it, with the place in it; `undefined` where nothing is
 */
export function template(problem: (text: string) => string | undefined): ValueType<string> {
  const ofText = (text: string): string | undefined =>
    text === '' ? 'it is empty; give a template' : problem(text);
  const type = textType({ name: 'template', allowed: '', problem: ofText });
  return {
    ...type,
    // Here already, where the place in the file is known.
    read(raw, refuse) {
      const text = type.read(raw, refuse);
      const wrong = text === undefined ? undefined : ofText(text);
      if (wrong === undefined) return text;
      refuse(wrong);
      return undefined;
    },
  };
}

/** A text that is never shown: not in errors, not by `--print-config`. */
export function secret(): ValueType<string> {
  return {
    ...textType({
      name: 'secret',
      allowed: '',
      problem: (value) => (value === '' ? 'it is empty; give a secret' : undefined),
    }),
    read: (raw, refuse) =>
      readText(raw, () => refuse('a text is expected; put the secret in quotes')),
    plain: () => MASK,
  };
}

/** A file or folder; relative ones are taken from the working directory. */
export function filePath(): ValueType<string> {
  return textType({
    name: 'path',
    allowed: '',
    problem: (value) => {
      if (value === '') return 'it is empty; give a path';
      return value.includes('\0') ? 'a path cannot contain a NUL character' : undefined;
    },
  });
}

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** A host name or an IP address, without port; `*`, where `any` is set, for all of them. */
export function host({ any = false } = {}): ValueType<string> {
  return textType({
    name: 'host',
    allowed: 'host name or IP address',
    problem: (value) => {
      if (isIP(value) !== 0 || (any && value === '*')) return undefined;
      if (value.includes('://')) return `"${value}" is a URL; give the host name or address only`;
      if (value.startsWith('[')) return `"${value}" has brackets; give the IPv6 address without`;
      if (/:\d+$/.test(value)) return `"${value}" has a port; give the host only`;
      // All digits and dots, but no address: a mistyped one, never a name.
      if (HOST_NAME.test(value) && !/^[\d.]+$/.test(value)) return undefined;
      return `"${value}" is neither a host name nor an IP address`;
    },
  });
}

/** An http or https URL; none only where `empty` is set. */
export function url({ empty = false } = {}): ValueType<string> {
  return textType({
    name: 'URL',
    allowed: 'http or https',
    problem: (value) => {
      if (value === '' && empty) return undefined;
      const protocol = URL.canParse(value) ? new URL(value).protocol : undefined;
      if (protocol === 'http:' || protocol === 'https:') return undefined;
      return `"${value}" is not an http or https URL; write for example http://127.0.0.1:9093`;
    },
  });
}

/** A time zone of the IANA database. */
export function timeZone(): ValueType<string> {
  return textType({
    name: 'time zone',
    allowed: 'such as `Europe/Berlin`',
    problem: (value) => {
      try {
        new Intl.DateTimeFormat('en', { timeZone: value });
        return undefined;
      } catch {
        return `"${value}" is not a time zone; give one of the IANA database, such as Europe/Berlin`;
      }
    },
  });
}

/** One of the given words. */
export function oneOf<const T extends string>(words: readonly T[]): ValueType<T> {
  const list = words.map((word) => `\`${word}\``).join(', ');
  const find = (text: string): T | undefined => words.find((word) => word === text);
  const explain = (text: string): string => {
    const meant = nearest(text, words);
    const hint = meant === undefined ? `choose ${words.join(', ')}` : `did you mean ${meant}?`;
    return `"${text}" is not one of ${words.join(', ')}; ${hint}`;
  };
  return {
    name: 'word',
    allowed: list,
    read(raw, refuse) {
      const text = readText(raw, refuse, 'a word');
      if (text === undefined) return undefined;
      const word = find(text.trim());
      if (word === undefined) refuse(explain(text));
      return word;
    },
    check(value, refuse) {
      if (find(value) === undefined) refuse(explain(String(value)));
    },
    plain: (value) => value,
  };
}

/** `true` or `false`. */
export function boolean(): ValueType<boolean> {
  return {
    name: 'boolean',
    allowed: '',
    read(raw, refuse) {
      if (raw.kind === 'scalar' && typeof raw.value === 'boolean') return raw.value;
      if (raw.kind === 'text' && /^(true|false)$/i.test(raw.text.trim())) {
        return raw.text.trim().toLowerCase() === 'true';
      }
      refuse(`true or false is expected, not ${describeRaw(raw)}`);
      return undefined;
    },
    check(value, refuse) {
      if (typeof value !== 'boolean') refuse(`true or false is expected, not ${String(value)}`);
    },
    plain: (value) => value,
  };
}

/**
 * A regular expression, as text.
 * @param compile throws where the expression is wrong; its message is shown.
 */
export function regex(compile: (text: string) => unknown): ValueType<string> {
  return textType({
    name: 'regular expression',
    allowed: 'RE2 syntax, not anchored; `^$` matches nothing',
    problem: (value) => {
      if (value === '') return 'it is empty and would match everything; write ^$ to match nothing';
      try {
        compile(value);
        return undefined;
      } catch (thrown) {
        return `"${value}" is not a regular expression: ${messageOf(thrown)}`;
      }
    },
  });
}

/** The text of a scalar; reports anything else. */
export function readText(raw: RawValue, refuse: Refuse, expected = 'a text'): string | undefined {
  if (raw.kind === 'text') return raw.text;
  if (raw.kind === 'scalar' && typeof raw.value === 'string') return raw.value;
  const quotes = raw.kind === 'scalar' && raw.value !== null ? ': put it in quotes' : '';
  refuse(`${expected} is expected, not ${describeRaw(raw)}${quotes}`);
  return undefined;
}

interface TextOptions {
  readonly name: string;
  readonly allowed: string;
  /** What is wrong with a text and what to do. */
  readonly problem: (value: string) => string | undefined;
}

function textType({ name, allowed, problem }: TextOptions): ValueType<string> {
  return {
    name,
    allowed,
    read: (raw, refuse) => readText(raw, refuse),
    check(value, refuse) {
      const message = typeof value === 'string' ? problem(value) : `a text is expected`;
      if (message !== undefined) refuse(message);
    },
    plain: (value) => value,
  };
}
