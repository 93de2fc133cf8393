// `npm run bench -- <name> [arguments]`: compiles and runs one benchmark, a file `<name>.bench.ts` in
// exporter/bench or plugin/bench that exports `run()`. Without a name it lists them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folders = ['exporter/bench', 'plugin/bench'];
const suffix = '.bench.ts';

const benchmarks = new Map();
for (const folder of folders) {
  if (!existsSync(path.join(root, folder))) continue;
  for (const file of readdirSync(path.join(root, folder))) {
    if (!file.endsWith(suffix)) continue;
    benchmarks.set(file.slice(0, -suffix.length), path.posix.join(folder, file));
  }
}

/** Compiles a benchmark and what it imports into .cache/bench, and returns the compiled file. */
function compile(name, file) {
  const cache = path.join(root, '.cache', 'bench');
  const project = path.join(cache, `${name}.json`);
  const compilerOptions = {
    rootDir: root,
    outDir: cache,
    composite: false,
    declaration: false,
    declarationMap: false,
    incremental: true,
    tsBuildInfoFile: path.join(cache, `${name}.tsbuildinfo`),
    typeRoots: [path.join(root, 'node_modules', '@types')],
  };
  mkdirSync(cache, { recursive: true });
  const base = path.join(root, 'tsconfig.base.json');
  const config = { extends: base, compilerOptions, files: [path.join(root, file)] };
  writeFileSync(project, JSON.stringify(config));
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  // Packages of this repository are imported as they are built.
  node([compiler, '-b', path.join(root, 'exporter')]);
  node([compiler, '-p', project]);
  return path.join(cache, file.replace(/\.ts$/, '.js'));
}

/** Runs Node, and ends this process with its exit code where it fails. */
function node(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const [name, ...rest] = process.argv.slice(2);
const file = benchmarks.get(name);
if (file === undefined) {
  if (name !== undefined) console.error(`There is no benchmark ${name}.`);
  console.error('Usage: npm run bench -- <name> [arguments]. Benchmarks:');
  for (const known of benchmarks.keys()) console.error(`  ${known}`);
  process.exit(2);
}
const compiled = pathToFileURL(compile(name, file)).href;
const start = `import(${JSON.stringify(compiled)}).then(({ run }) => run())`;
node(['--expose-gc', '--enable-source-maps', '--eval', start, '--', ...rest]);
