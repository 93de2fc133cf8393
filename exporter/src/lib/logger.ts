import {
  destination,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type Logger as Pino,
} from 'pino';
import { formatLogLine } from './log-line.js';
import { redact } from './redact.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is known beside the message. Secrets in it are masked. An error goes under `error`. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Structured log. Messages are constant; what varies goes into the fields. Repeating the same error is
 * up to the caller: log on change, not on every tick.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The process is about to end because of this. */
  fatal(message: string, fields?: LogFields): void;
  /** A logger whose lines carry `component`. */
  child(component: string): Logger;
}

/** The logger at the root, which also decides what is written. */
export interface RootLogger extends Logger {
  /** Changes the least level that is written, for this logger and its children. */
  setLevel(level: LogLevel): void;
  /** Writes out what is still held back; call it before the process ends. */
  flush(): void;
}

export interface LoggerOptions {
  /** The least level that is written; `info` by default. */
  readonly level?: LogLevel;
  /** `json` (one object a line, the default) or `text` (a line to read). */
  readonly format?: 'json' | 'text';
  /** Where lines go; by default the standard output. */
  readonly write?: (line: string) => void;
}

/** A logger on pino. Times are ISO 8601 in UTC. */
export function createLogger({
  level = 'info',
  format = 'json',
  write,
}: LoggerOptions = {}): RootLogger {
  const output = write === undefined ? standardOutput() : { write, flush: () => undefined };
  const stream: DestinationStream =
    format === 'json' ? output : { write: (line) => output.write(formatLogLine(line)) };
  const root = pino(
    {
      level: 'debug',
      base: undefined,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  const threshold = { level };
  return {
    ...wrap(root, threshold),
    setLevel: (next) => {
      threshold.level = next;
    },
    flush: output.flush,
  };
}

/** A logger that writes nothing, for embedding and tests. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
  child: () => silentLogger,
};

function wrap(target: Pino, threshold: { level: LogLevel }): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(threshold.level)) return;
      if (fields === undefined) target[level](message);
      else target[level](redact(fields), message);
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    fatal: log('fatal'),
    child: (component) => wrap(target.child({ component }), threshold),
  };
}

function standardOutput(): { write: (line: string) => void; flush: () => void } {
  // Not synchronous: a reader that lags must not hold up the tick.
  const stream = destination({ fd: 1, sync: false });
  return {
    write: (line) => {
      stream.write(line);
    },
    flush: () => {
      stream.flushSync();
    },
  };
}
