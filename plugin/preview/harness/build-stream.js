// `node build-stream.js <folder>`: builds the datasource of the benchmarks into a folder that Grafana loads.
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import webpack from 'webpack';
import common from '../../webpack.common.js';

const context = path.join(path.dirname(fileURLToPath(import.meta.url)), 'stream');
const target = path.resolve(process.argv[2]);
const config = {
  ...common,
  mode: 'production',
  context,
  entry: { module: './module.ts' },
  output: { path: target, filename: '[name].js', library: { type: 'amd' }, clean: true },
  externals: [/^@grafana\//, 'rxjs'],
  devtool: false,
};
const stats = await new Promise((done, failed) => {
  webpack(config, (error, result) => (error ? failed(error) : done(result)));
});
if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
copyFileSync(path.join(context, 'plugin.json'), path.join(target, 'plugin.json'));
