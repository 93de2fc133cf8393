import { KymoError } from '../lib/errors.js';
import type { RootLogger } from '../lib/logger.js';
import { EXIT_FAILED, EXIT_FINE } from './command.js';

/** Something that runs until it is stopped. */
export interface Service {
  start(): Promise<unknown>;
  /** Finishes what runs and keeps what must not be lost. */
  stop(): Promise<void>;
}

export interface LifecycleOptions {
  readonly service: Service;
  readonly logger: RootLogger;
  /** Milliseconds that stopping may take. */
  readonly stopWithin: number;
  /** Says why the service cannot start, in one line. */
  readonly complain: (text: string) => void;
  /** Called on SIGHUP. */
  readonly reload: () => Promise<void>;
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs a service as this process and resolves with the exit code once it has ended: 0 after SIGTERM or
 * SIGINT, 1 where it could not start, could not stop in time, or an error was caught nowhere (it is
 * logged and the service stopped first, for a supervisor to start it again). A second signal, or a
 * second such error, ends the process at once with 1.
 */
export function runService(options: LifecycleOptions): Promise<number> {
  const { service, logger, stopWithin, complain, reload } = options;
  return new Promise((resolve) => {
    let ending = false;
    const end = (code: number): void => {
      for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
      process.off('SIGHUP', onHangup);
      process.off('uncaughtException', onFault);
      logger.flush();
      resolve(code);
    };
    const stop = (code: number): void => {
      ending = true;
      const timer = setTimeout(() => {
        logger.fatal('stopping took too long', { milliseconds: stopWithin });
        end(EXIT_FAILED);
      }, stopWithin);
      const stopped = (result: number): void => {
        clearTimeout(timer);
        end(result);
      };
      service.stop().then(
        () => stopped(code),
        (thrown: unknown) => {
          logger.fatal('stopping failed', { error: thrown });
          stopped(EXIT_FAILED);
        },
      );
    };
    const exitNow = (): void => {
      logger.flush();
      process.exit(EXIT_FAILED);
    };
    const onSignal = (signal: NodeJS.Signals): void => {
      if (ending) {
        logger.warn('ended at once by a second signal', { signal });
        exitNow();
      } else {
        logger.info('stopping', { signal });
        stop(EXIT_FINE);
      }
    };
    const onFault = (thrown: unknown, origin: string): void => {
      logger.fatal('an error was caught nowhere; stopping', { origin, error: thrown });
      if (ending) exitNow();
      else stop(EXIT_FAILED);
    };
    const onHangup = (): void => {
      reload().catch((thrown: unknown) => logger.error('reload failed', { error: thrown }));
    };
    for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
    process.on('SIGHUP', onHangup);
    // Without a listener of their own, unhandled rejections come here too.
    process.on('uncaughtException', onFault);
    service.start().catch((thrown: unknown) => {
      if (ending) return;
      ending = true;
      if (thrown instanceof KymoError) complain(`kymo: ${thrown.message}\n`);
      else logger.fatal('the start failed', { error: thrown });
      end(EXIT_FAILED);
    });
  });
}
