// `npm run package`: makes dist/ with what is installed elsewhere: the plugin's zip, the exporter's npm tarball,
// and a list of the software in each (CycloneDX). `--files` makes nothing and lists what tarball and zip would
// have, of what is built.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepare, root } from './prepare.mjs';
import { zip } from './zip.mjs';

const APP = 'kymo-live-app';
const target = path.join(root, 'dist');
const at = (...parts) => path.join(root, ...parts);
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** What a program prints; ends this process where it fails. */
function output(command, args, cwd = root) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return stdout;
  console.error(error?.message ?? `${stdout}${stderr}`);
  console.error(`${command} ${args.join(' ')} has failed.`);
  process.exit(1);
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Lays out the exporter's package: @kymo/contract, which is in no registry, comes within it. */
function stageExporter(folder) {
  const manifest = readJson(at('exporter/package.json'));
  const contract = readJson(at('exporter/contract/package.json'));
  const compiled = (source) => !/\.map$|\.tsbuildinfo$|[\\/]\.[^\\/]+$/.test(source);
  cpSync(at('exporter/dist'), path.join(folder, 'dist'), { recursive: true, filter: compiled });
  const within = path.join(folder, 'node_modules/@kymo/contract');
  cpSync(at('exporter/contract/dist'), path.join(within, 'dist'), {
    recursive: true,
    filter: compiled,
  });
  cpSync(at('exporter/contract/package.json'), path.join(within, 'package.json'));
  for (const part of ['alerting', 'dashboards', 'datasources', 'kymo', 'plugins', 'prometheus']) {
    cpSync(at('provisioning', part), path.join(folder, 'provisioning', part), { recursive: true });
  }
  for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
    cpSync(at(file), path.join(folder, file));
    if (file === 'LICENSE') cpSync(at(file), path.join(within, file));
  }
  const staged = {
    ...manifest,
    files: ['dist', 'provisioning', 'CHANGELOG.md'],
    dependencies: { ...contract.dependencies, ...manifest.dependencies },
    bundleDependencies: ['@kymo/contract'],
  };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(staged, null, 2)}\n`);
}

/** Calls with a folder that is there until it returns. */
function withStaged(use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kymo-package-'));
  try {
    stageExporter(folder);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const PACK = ['pack', '--json', '--offline', '--ignore-scripts'];

function packExporter() {
  return withStaged((folder) => {
    const text = output(npm, [...PACK, '--pack-destination', target], folder);
    const [{ filename }] = JSON.parse(text);
    return path.join(target, filename.replace('@', '').replace('/', '-'));
  });
}

/** Ends this process where a tarball could not be used as its manifest says. */
async function lint(tarball) {
  // Installed by prepare().
  const { publint } = await import('publint');
  const { formatMessage } = await import('publint/utils');
  const { buffer, byteOffset, length } = readFileSync(tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: buffer.slice(byteOffset, byteOffset + length) },
    strict: true,
  });
  const serious = messages.filter(({ type }) => type !== 'suggestion');
  for (const message of messages) console.error(`${message.type}: ${formatMessage(message, pkg)}`);
  if (serious.length > 0) process.exit(1);
}

/** What the plugin's zip has, as `name` and `file`: one folder with the id of the app. */
function pluginFiles() {
  const dist = at('plugin/dist');
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ file, name: [APP, ...path.relative(dist, file).split(path.sep)].join('/') }));
}

function packPlugin() {
  output(process.execPath, [at('plugin/build.js')]);
  const { version } = readJson(at('plugin/dist/plugin.json')).info;
  const files = pluginFiles().map(({ name, file }) => ({ name, data: readFileSync(file) }));
  const archive = path.join(target, `${APP}-${version}.zip`);
  writeFileSync(archive, zip(files));
  return archive;
}

/**
 * What npm knows of the software that a workspace brings with it. `npm sbom --omit dev` would leave out what
 * is needed for development as well, so all is asked for and what is reached from the workspace stays.
 */
function listSoftware(workspace, name) {
  const all = JSON.parse(
    output(npm, ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']),
  );
  const { packages } = readJson(at('package-lock.json'));
  const reached = reachedFrom(packages, workspace);
  const { name: own, version, description } = packages[workspace];
  const self = all.components.find((component) => component['bom-ref'] === `${own}@${version}`);
  const component = { ...self, name: own, description };
  const refs = new Set([...reached, `${own}@${version}`]);
  const list = {
    ...all,
    metadata: { ...all.metadata, component },
    components: all.components.filter((one) => reached.has(one['bom-ref'])),
    dependencies: all.dependencies.flatMap(({ ref, dependsOn }) =>
      refs.has(ref) ? [{ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }] : [],
    ),
  };
  const file = path.join(target, `${name}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(list, null, 2)}\n`);
  return file;
}

/** `name@version` of all that a package of a lock file needs when it runs. */
function reachedFrom(packages, start) {
  const reached = new Set();
  const seen = new Set();
  const queue = [start];
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    if (seen.has(place)) continue;
    seen.add(place);
    const { dependencies = {}, optionalDependencies = {} } = packages[place];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = resolvedPlace(packages, place, name);
      if (found === undefined) continue;
      const { version, name: own = name } = packages[found];
      reached.add(`${own}@${version}`);
      queue.push(found);
    }
  }
  return reached;
}

/** Where Node finds a dependency: in the nearest node_modules above; workspaces are links. */
function resolvedPlace(packages, from, name) {
  for (let folder = from; ; folder = path.posix.dirname(folder)) {
    const place = path.posix.join(folder === '.' ? '' : folder, 'node_modules', name);
    if (packages[place] !== undefined) {
      return packages[place].link ? packages[place].resolved : place;
    }
    if (folder === '.' || folder === '') return undefined;
  }
}

if (process.argv.includes('--files')) {
  const [{ files }] = JSON.parse(
    withStaged((folder) => output(npm, [...PACK, '--dry-run'], folder)),
  );
  const lists = {
    tarball: files.map((file) => file.path),
    plugin: pluginFiles().map(({ name }) => name),
  };
  console.log(JSON.stringify(lists));
} else {
  prepare();
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const tarball = packExporter();
  await lint(tarball);
  const made = [
    tarball,
    packPlugin(),
    listSoftware('exporter', 'kymo-exporter'),
    listSoftware('plugin', APP),
  ];
  const lines = made.map((file) => {
    const data = readFileSync(file);
    const sum = createHash('sha256').update(data).digest('hex');
    console.log(`${path.relative(root, file)}  ${(data.length / 1024).toFixed(0)} KiB`);
    return `${sum}  ${path.basename(file)}\n`;
  });
  writeFileSync(path.join(target, 'SHA256SUMS'), lines.join(''));
}
