/**
 * Import directions of docs/architecture.md:
 * main → commands → kymo → {http, live, outputs, exposition, rules, sources} → {promql, analysis} → series → lib.
 * Siblings meet only in kymo.ts; workspaces meet only in @kymo/contract.
 */
const src = '^exporter/src/';
const rooms = ['http', 'live', 'outputs', 'exposition', 'rules', 'sources', 'demo'];
const below = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `${src}${from}` },
  to: { path: src, pathNot: `${src}(${allowed.join('|')})` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(express|ws)$' },
    },
    {
      name: 'contract-is-pure',
      comment: 'The contract runs in browsers too.',
      severity: 'error',
      from: { path: '^exporter/contract/src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-has-no-framework',
      severity: 'error',
      from: { path: '^exporter/contract/src/' },
      to: { path: '(^|/)node_modules/(express|react|react-dom|@grafana)/' },
    },
    {
      name: 'contract-imports-no-workspace',
      severity: 'error',
      from: { path: '^exporter/contract/' },
      to: { path: '^(exporter/(src|test|bench)|plugin|e2e)/' },
    },
    {
      name: 'exporter-crosses-only-to-contract',
      severity: 'error',
      from: { path: '^exporter/(src|test|bench|examples)/' },
      to: { path: '^(plugin|e2e)/' },
    },
    {
      name: 'plugin-crosses-only-to-contract',
      severity: 'error',
      from: { path: '^plugin/' },
      to: { path: '^(exporter/(src|test|bench)|e2e)/' },
    },
    ...['pages', 'datasource', 'panels'].map((room) => ({
      name: `plugin-${room}-on-shared`,
      severity: 'error',
      from: { path: `^plugin/src/${room}/` },
      to: { path: '^plugin/src/', pathNot: `^plugin/src/(${room}|shared)/` },
    })),
    {
      name: 'plugin-panels-meet-no-sibling',
      severity: 'error',
      from: { path: '^plugin/src/panels/([^/]+)/' },
      to: { path: '^plugin/src/panels/', pathNot: '^plugin/src/panels/$1/' },
    },
    {
      name: 'plugin-shared-stands-alone',
      severity: 'error',
      from: { path: '^plugin/src/shared/' },
      to: { path: '^plugin/src/', pathNot: '^plugin/src/shared/' },
    },
    {
      name: 'plugin-takes-only-types-of-the-contract',
      comment: 'Its schema library would be most of the bundle; findings are plain functions.',
      severity: 'error',
      from: { path: '^plugin/src/' },
      to: {
        path: '^exporter/contract/',
        pathNot: '^exporter/contract/(src|dist)/findings/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'findings-take-only-types-of-the-contract',
      comment: 'They are bundled into the plugin.',
      severity: 'error',
      from: { path: '^exporter/contract/src/findings/' },
      to: {
        path: '^exporter/contract/src/',
        pathNot: '^exporter/contract/src/findings/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'e2e-crosses-only-to-contract',
      severity: 'error',
      from: { path: '^e2e/' },
      to: { path: '^(exporter/(src|test|bench)|plugin)/' },
    },
    below('lib-stands-alone', 'lib/', ['lib/']),
    below('series-on-lib', 'series/', ['series/', 'lib/']),
    below('promql-on-series', 'promql/', ['promql/', 'series/', 'lib/']),
    below('analysis-on-series', 'analysis/', ['analysis/', 'series/', 'lib/']),
    below('config-on-lib', 'config/', ['config/', 'lib/']),
    ...rooms.map((room) =>
      below(`${room}-meets-no-sibling`, `${room}/`, [
        `${room}/`,
        'promql/',
        'analysis/',
        'series/',
        'lib/',
      ]),
    ),
    {
      name: 'nothing-above-kymo',
      comment: 'Only main and commands may import commands; nothing imports main.',
      severity: 'error',
      from: { path: src, pathNot: `${src}(main\\.ts|commands/)` },
      to: { path: `${src}(main\\.ts|commands/)` },
    },
    {
      name: 'only-commands-import-kymo',
      severity: 'error',
      from: { path: src, pathNot: `${src}(main\\.ts|commands/)` },
      to: { path: `${src}kymo\\.ts` },
    },
    {
      name: 'wiring-is-part-of-kymo',
      severity: 'error',
      from: { path: src, pathNot: `${src}(kymo\\.ts|wiring/)` },
      to: { path: `${src}wiring/` },
    },
    {
      name: 'no-dev-dependency-in-source',
      severity: 'error',
      from: { path: '^exporter/(src|contract/src)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
