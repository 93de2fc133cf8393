import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import webpack from 'webpack';
import common from '../webpack.common.js';

const folder = path.dirname(fileURLToPath(import.meta.url));
const { resolve } = createRequire(import.meta.url);
const replace = (request, file) =>
  new webpack.NormalModuleReplacementPlugin(request, path.join(folder, 'standin', file));

/**
 * The plugin's own code in a page of its own. What Grafana would provide is bundled as it is, but for
 * its application (`@grafana/runtime`) and what is large and not needed here.
 */
export default {
  ...common,
  mode: 'production',
  context: folder,
  entry: { main: './main.tsx' },
  output: {
    path: path.join(folder, '../../exporter/dist/preview'),
    filename: '[name].[contenthash].js',
    publicPath: 'assets/',
    clean: true,
  },
  devtool: false,
  module: {
    rules: [...common.module.rules, { test: /\.(svg|css)$/, type: 'asset/source' }],
  },
  resolve: {
    ...common.resolve,
    alias: {
      ...common.resolve.alias,
      '@grafana/runtime$': path.join(folder, 'standin/runtime.ts'),
      'grafana-icons': path.join(
        path.dirname(resolve('@grafana/ui/package.json')),
        'dist/public/img/icons',
      ),
    },
  },
  performance: { hints: false },
  plugins: [
    replace(/\/Icon\.mjs$/, 'Icon.tsx'),
    // Every time is in the browser's own zone and language.
    replace(/\/data\/packed\/latest\.json$/, 'no-zones.json'),
    new webpack.IgnorePlugin({ resourceRegExp: /^\.\/locale$/, contextRegExp: /moment$/ }),
  ],
};
