// `npm run build:preview`: builds exporter/dist/preview/, the page that the exporter serves at `/`. With
// --if-stale only where something has changed that it is made of.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import webpack from 'webpack';
import { hasStamp, stampOf, writeStamp } from '../../scripts/stamp.mjs';
import config from './webpack.config.js';

/** KiB of all scripts, gzipped. */
const BUDGET = 700;

const stampFile = path.join(config.output.path, '.sources');
const stamp = stampOf([
  'package-lock.json',
  'exporter/contract/src',
  'plugin/src',
  'plugin/preview',
  'plugin/webpack.common.js',
]);
if (process.argv.includes('--if-stale') && hasStamp(stampFile, stamp)) process.exit();

const stats = await new Promise((resolve, reject) => {
  webpack(config, (error, result) => (error ? reject(error) : resolve(result)));
});
if (stats.hasErrors()) {
  console.error(stats.toString({ colors: process.stderr.isTTY, all: false, errors: true }));
  process.exit(1);
}

const target = config.output.path;
const { compilation } = stats;
const scripts = compilation
  .getAssets()
  .map(({ name }) => name)
  .filter((name) => name.endsWith('.js'));
const first = compilation.entrypoints.get('main').getFiles();

/** Writes a file beside itself in the encodings that browsers take. */
function compress(name) {
  const content = readFileSync(path.join(target, name));
  const gzip = gzipSync(content, { level: 9 });
  const brotli = brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  writeFileSync(path.join(target, `${name}.gz`), gzip);
  writeFileSync(path.join(target, `${name}.br`), brotli);
  return { gzip: gzip.length / 1024, brotli: brotli.length / 1024 };
}

let total = 0;
for (const script of scripts) {
  const { gzip, brotli } = compress(script);
  total += gzip;
  console.log(`preview/${script} ${gzip.toFixed(1)} KiB gzipped, ${brotli.toFixed(1)} with brotli`);
}
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Kymo</title>
<link rel="icon" href="data:,">
${first.map((script) => `<script defer src="assets/${script}"></script>`).join('\n')}
</head>
<body>
<div id="root"></div>
<noscript>This page draws with JavaScript. <a href="about">What this exporter serves without it</a>.</noscript>
</body>
</html>
`;
writeFileSync(path.join(target, 'index.html'), page);
compress('index.html');
if (total > BUDGET) {
  console.error(`The preview is larger than ${BUDGET} KiB gzipped: see what has come into it.`);
  process.exitCode = 1;
} else {
  writeStamp(stampFile, stamp);
}
