import CopyWebpackPlugin from 'copy-webpack-plugin';
import type { Configuration } from 'webpack';
import { mergeWithRules } from 'webpack-merge';
import grafanaConfig, { type Env } from './.config/webpack/webpack.config.ts';
import plugin from './src/plugin.json' with { type: 'json' };
import common from './webpack.common.js';

/**
 * Plugins of create-plugin's configuration that are not used: files come from other places here (`copies`), and
 * while watching, types and lint are those of the whole repository, and no port is opened to reload pages.
 */
const UNUSED = new Set([
  'CopyPlugin',
  'ESLintWebpackPlugin',
  'ForkTsCheckerWebpackPlugin',
  'LiveReloadPlugin',
]);

/** Pictures of dashboards are those of the documentation; panels have theirs beside them. */
const dashboards = plugin.info.screenshots.filter((shot) => shot.path.startsWith('img/'));

/** What is in dist/ beside modules, seen from src/. */
const copies = [
  { from: '**/plugin.json' },
  { from: '**/img/*' },
  { from: '../README.md' },
  { from: '../../LICENSE' },
  { from: '../../CHANGELOG.md' },
  ...dashboards.map(({ path }) => ({ from: `../../docs/${path}`, to: path })),
];

/** Only the app's pages are imported lazily, so that only its module has to know where it came from. */
const chunksOfApp = {
  test: /src\/(?:.*\/)?module\.tsx?$/,
  exclude: /src\/(datasource|panels)\//,
};

/** Of rules for the same files, ours change those of create-plugin; all else is added. */
const merge = mergeWithRules({
  module: { rules: { test: 'match', exclude: 'replace', use: 'replace' } },
});

/**
 * create-plugin's configuration, with what is ours. It finds every plugin in src/ by its plugin.json, and expects
 * to run in this folder.
 */
export default async function config(env: Env): Promise<Configuration> {
  const grafana = await grafanaConfig(env);
  const plugins = grafana.plugins?.filter((one) => !UNUSED.has(one?.constructor.name ?? ''));
  // With webpack's own minimizer modules are smaller, and source maps name the files in node_modules where they are.
  const optimization = { ...grafana.optimization, minimizer: undefined };
  return merge({ ...grafana, plugins, optimization }, common, {
    // What is built is to be of nothing but the sources.
    cache: false,
    module: { rules: [chunksOfApp] },
    performance: { hints: false },
    plugins: [new CopyWebpackPlugin({ patterns: copies })],
  });
}
