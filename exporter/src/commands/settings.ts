import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { settingsOf, type Declaration } from '../config/declaration.js';
import {
  environmentLayer,
  fileLayer,
  flagLayer,
  type FlagLayer,
  type OwnFlags,
} from '../config/layer.js';
import { loadConfig, type LoadedConfig } from '../config/load.js';
import { declareSettings, type Config } from '../config/settings.js';
import { readConfigFile } from '../config/yaml-file.js';
import { DEFAULT_CHANNELS } from '../live/grafana/default-channels.js';
import { bodyTemplateProblem } from '../rules/notify/body-template.js';
import { defaultWatches } from '../rules/watches/default-watches.js';
import { collectors } from '../sources/system/index.js';
import { defaultSystemOptions } from '../sources/system/options.js';
import type { Invocation } from './command.js';

/** The file that is read where none is named and it is there. */
const DEFAULT_FILE = 'kymo.yml';

/**
 * Every setting of this exporter.
 * @param host the default of the label `instance`
 */
export function exporterSettings(host = hostname()): Declaration<Config> {
  return declareSettings({
    hostname: host,
    hostDefaults: defaultSystemOptions,
    provided: {
      watches: defaultWatches,
      channels: DEFAULT_CHANNELS,
      bodyProblem: bodyTemplateProblem,
    },
    sources: [
      { name: 'system', description: 'all collectors of this host', enabled: true },
      ...Object.entries(collectors).map(([name, { description }]) => ({
        name,
        description,
        enabled: true,
      })),
      { name: 'process', description: 'this process, as prom-client describes it', enabled: true },
      { name: 'http', description: 'the HTTP servers of this process', enabled: true },
    ],
  });
}

/** The settings of one call, which can be loaded again. */
export interface CallSettings {
  readonly flags: FlagLayer;
  /**
   * Reads file, environment and flags.
   * @throws ConfigError with everything that is wrong
   */
  load(): LoadedConfig<Config>;
}

/** Where the settings of a command come from. @param ownFlags flags that are no settings */
export function settingsOfCall(
  declaration: Declaration<Config>,
  { args, environment }: Invocation,
  ownFlags: OwnFlags = {
    '--config': 'value',
    '--print-config': 'switch',
  },
): CallSettings {
  const { members, otherVariables } = declaration;
  const flags = flagLayer(args, members, ownFlags);
  const named = flags.own.get('--config') ?? (environment.KYMO_CONFIG || undefined);
  return {
    flags,
    load() {
      const file = named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
      const layers = [environmentLayer(environment, members, otherVariables), flags];
      if (file === undefined) return loadConfig(declaration, layers);
      const { root, problems } = readConfigFile(file);
      const inFile = fileLayer(root, members);
      const whole = { ...inFile, problems: [...problems, ...inFile.problems] };
      return loadConfig(declaration, [whole, ...layers]);
    },
  };
}

/** The keys of settings that differ, and whether a reload applies them. */
export function changedSettings(
  { members }: Declaration<Config>,
  before: Config,
  after: Config,
): readonly { readonly key: string; readonly reloadable: boolean }[] {
  return settingsOf(members)
    .filter(({ key }) => JSON.stringify(at(before, key)) !== JSON.stringify(at(after, key)))
    .map(({ key, setting }) => ({ key, reloadable: setting.reloadable }));
}

function at(config: Config, key: string): unknown {
  let value: unknown = config;
  for (const part of key.split('.')) {
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
  }
  return value;
}
