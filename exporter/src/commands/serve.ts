import { ConfigError, describeProblem } from '../config/config-error.js';
import { flagOf, settingsOf } from '../config/declaration.js';
import { printConfig, valueText } from '../config/print.js';
import type { Config } from '../config/settings.js';
import type { KymoOptions } from '../kymo.js';
import { KymoError } from '../lib/errors.js';
import { createLogger, type RootLogger } from '../lib/logger.js';
import { EXIT_FINE, EXIT_WRONG_USE, UsageError, type Invocation } from './command.js';
import { kymoOptions } from './kymo-options.js';
import { runService, type Service } from './lifecycle.js';
import { changedSettings, exporterSettings, settingsOfCall } from './settings.js';

export interface ServeContext {
  /** What the exporter is made with. */
  readonly options: KymoOptions;
  readonly config: Config;
  readonly logger: RootLogger;
}

/** A service that reads its configuration again when it is asked to. */
interface ReloadableService extends Service {
  reload(): Promise<void>;
}

/** Milliseconds that stopping may take beside draining. */
const STOP_WITHIN = 10_000;

/**
 * Runs a service with the settings of a call until it is stopped; what every command that serves does.
 * Resolves with the exit code: 2 where a setting is wrong.
 * @throws UsageError for arguments that are no flags
 */
export async function serve(
  invocation: Invocation,
  create: (context: ServeContext) => ReloadableService,
): Promise<number> {
  const { print, complain } = invocation;
  const declaration = exporterSettings();
  const settings = settingsOfCall(declaration, invocation);
  const [unexpected] = settings.flags.positionals;
  if (unexpected !== undefined) {
    throw new UsageError(`"${unexpected}" is not expected; settings are given as --key value`);
  }
  let loaded;
  try {
    loaded = settings.load();
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    for (const problem of thrown.problems) complain(`kymo: ${describeProblem(problem)}\n`);
    return EXIT_WRONG_USE;
  }
  if (settings.flags.own.has('--print-config')) {
    print(printConfig(declaration, loaded));
    return EXIT_FINE;
  }
  let { config } = loaded;
  const logger = createLogger({ level: config.log.level, format: logFormat(config) });
  const reload = async (): Promise<void> => {
    const next = settings.load().config;
    const changed = changedSettings(declaration, config, next);
    const pending = changed.filter(({ reloadable }) => !reloadable).map(({ key }) => key);
    logger.setLevel(next.log.level);
    // The rest is compared with what runs, so that it is named again until the restart.
    config = { ...config, log: { ...config.log, level: next.log.level } };
    logger.info('configuration reloaded', { changed: changed.map(({ key }) => key) });
    if (pending.length > 0) logger.warn('settings take a restart', { settings: pending });
  };
  let service: ReloadableService;
  try {
    const options = { ...kymoOptions(config, invocation.environment), logger, reload };
    service = create({ options, config, logger });
  } catch (thrown) {
    if (!(thrown instanceof KymoError)) throw thrown;
    complain(`kymo: ${thrown.message}\n`);
    return EXIT_WRONG_USE;
  }
  return runService({
    service,
    logger,
    stopWithin: STOP_WITHIN + config.listen.drain,
    complain,
    reload: () => service.reload(),
  });
}

function logFormat({ log }: Config): 'json' | 'text' {
  if (log.format !== 'auto') return log.format;
  return process.stdout.isTTY ? 'text' : 'json';
}

/** The flags of a command that serves, for its `--help`. */
export function describeFlags(): string {
  const own = [
    ['--config <file>', 'Configuration file; kymo.yml in the working directory by default.'],
    ['--print-config', 'Print every setting and where its value came from, then end.'],
    ['--help', 'Print this.'],
    ['--version', 'Print the version.'],
  ];
  const settings = settingsOf(exporterSettings().members)
    .filter(({ setting }) => setting.type.fileOnly !== true)
    .map(({ key, setting }) => [
      `${flagOf(key)} <${setting.type.name}>`,
      `${setting.description} Default: ${valueText(setting, setting.default)}`,
    ]);
  const lines = [...own, ...settings].map(([flag, text]) => `  ${flag}\n      ${text}`);
  return ['Flags, which win over environment variables, which win over the file:', ...lines].join(
    '\n',
  );
}
