import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));

/** How our TypeScript is bundled, for Grafana (webpack.config.ts) and for the preview alike. */
export default {
  target: ['web', 'es2022'],
  module: {
    rules: [
      {
        // As in create-plugin's configuration, so that this takes the place of its rule.
        test: /\.[tj]sx?$/,
        exclude: /(node_modules)/,
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
};
