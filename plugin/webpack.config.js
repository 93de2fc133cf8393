import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));

/** What Grafana hands to plugins; a copy of our own would be a second React or a second theme. */
const provided = [
  'react',
  'react-dom',
  'react/jsx-runtime',
  'react/jsx-dev-runtime',
  'rxjs',
  'rxjs/operators',
  '@emotion/css',
  '@grafana/data',
  '@grafana/runtime',
  '@grafana/ui',
];

/**
 * One AMD module for the app and one for each nested plugin, as Grafana's loader expects them:
 * `module.js`, `datasource/module.js`, `panels/<name>/module.js`. Chunks are emitted at the root and
 * fetched from there, so that only the app's pages may be imported lazily.
 */
export default {
  mode: 'production',
  context: path.join(folder, 'src'),
  entry: {
    module: './module.tsx',
    'datasource/module': './datasource/module.ts',
    'panels/kpi/module': './panels/kpi/module.ts',
    'panels/heatmap/module': './panels/heatmap/module.ts',
    'panels/analysis/module': './panels/analysis/module.ts',
    'panels/protocols/module': './panels/protocols/module.ts',
    'panels/alerts/module': './panels/alerts/module.ts',
  },
  output: {
    path: path.join(folder, 'dist'),
    filename: '[name].js',
    chunkFilename: '[name].js?_cache=[contenthash]',
    library: { type: 'amd' },
    publicPath: 'public/plugins/kymo-live-app/',
    uniqueName: 'kymo-live-app',
    clean: true,
  },
  externals: provided.map((name) => ({ [name]: name })),
  devtool: 'source-map',
  target: ['web', 'es2022'],
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        use: {
          loader: 'swc-loader',
          options: {
            jsc: {
              target: 'es2022',
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic' } },
            },
          },
        },
      },
    ],
  },
  resolve: {
    extensions: ['.tsx', '.ts', '.js'],
    // From its source, so that the plugin is built without building the contract first.
    alias: {
      '@kymo/contract/findings$': path.join(folder, '../exporter/contract/src/findings/index.ts'),
      '@kymo/contract/protocols$': path.join(folder, '../exporter/contract/src/protocols.ts'),
    },
    extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
  },
  performance: { hints: false },
};
