import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { ConfigError, describeProblem } from '../../src/config/config-error.js';
import { labelMap, listOf, object } from '../../src/config/compound-types.js';
import {
  assemble,
  flagOf,
  setting,
  settingsOf,
  variableOf,
  type Declaration,
  type Members,
} from '../../src/config/declaration.js';
import { environmentLayer, fileLayer, flagLayer, type Layer } from '../../src/config/layer.js';
import { completeConfig, loadConfig } from '../../src/config/load.js';
import { number } from '../../src/config/number-types.js';
import { printConfig } from '../../src/config/print.js';
import type { Config } from '../../src/config/settings.js';
import { secret, string, url } from '../../src/config/text-types.js';
import { readYaml } from '../../src/config/yaml-file.js';
import { declared } from './declared.js';

const { members, otherVariables } = declared;

const yaml = (text: string, of: Members = members): Layer => {
  const { root, problems } = readYaml(text, 'kymo.yml');
  const layer = fileLayer(root, of);
  return { ...layer, problems: [...problems, ...layer.problems] };
};
const environment = (variables: Record<string, string>): Layer =>
  environmentLayer(variables, members, otherVariables);
const flags = (...args: string[]): Layer =>
  flagLayer(args, members, { '--config': 'value', '--print-config': 'switch' });

const load = (...layers: Layer[]): Config => loadConfig(declared, layers).config;

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return thrown.problems.map(describeProblem);
  }
  return [];
}

describe('layers', () => {
  test('win over each other in the order file, environment, flags', () => {
    const file = yaml('listen: {port: 1, host: localhost}\ntick: 2s\n');
    const variables = environment({ KYMO_LISTEN_PORT: '2', KYMO_TICK: '3s' });
    const { config, origins } = loadConfig(declared, [file, variables, flags('--tick', '4s')]);
    expect([config.listen.host, config.listen.port, config.tick]).toEqual(['localhost', 2, 4000]);
    expect(origins.get('listen.host')).toMatchObject({ kind: 'file', line: 1, column: 25 });
    expect(origins.get('listen.port')).toEqual({
      kind: 'environment',
      variable: 'KYMO_LISTEN_PORT',
    });
    expect(origins.get('tick')).toEqual({ kind: 'flag', flag: '--tick' });
    expect(origins.get('data_dir')).toEqual({ kind: 'default' });
  });

  test('must be right where a later one hides them', () => {
    expect(problemsOf(() => load(yaml('tick: 1'), flags('--tick=1s')))).toHaveLength(1);
  });

  test('name every problem of all of them at once', () => {
    const layers = [
      yaml('tick: 1\nnope: 2\n'),
      environment({ KYMO_TICKK: '1s', KYMO_SERIES_MEMORY: '1' }),
      flags('--listen.prt', '1', '--log.level=loud'),
    ];
    expect(problemsOf(() => load(...layers))).toEqual([
      'kymo.yml:1:7: tick: "1" has no unit; write for example 1s or 100ms',
      'kymo.yml:2:1: nope: there is no such setting; remove it',
      'KYMO_TICKK: no setting has this variable; did you mean KYMO_TICK?',
      '--listen.prt: there is no such flag; did you mean --listen.port?',
      'KYMO_SERIES_MEMORY: series.memory: "1" has no unit; write for example 1MiB, 1kB or 1B',
      '--log.level: log.level: "loud" is not one of debug, info, warn, error, fatal; ' +
        'choose debug, info, warn, error, fatal',
    ]);
  });
});

describe('environment variables', () => {
  test('give lists separated by commas, labels as name=value, and booleans', () => {
    const { listen, labels, sources } = load(
      environment({
        KYMO_LISTEN_HOSTS: 'a.example.com, b',
        KYMO_LABELS: 'region=eu,job=',
        KYMO_SOURCES_CPU_ENABLED: 'FALSE',
      }),
    );
    expect(listen.hosts).toEqual(['a.example.com', 'b']);
    expect(labels).toEqual({ instance: 'host-1', region: 'eu' });
    expect(sources.cpu.enabled).toBe(false);
  });

  test('are ignored where they are empty, of others, or set by Kubernetes for a service kymo', () => {
    const layer = environment({
      KYMO_TICK: '',
      KYMO_CONFIG: '/etc/kymo.yml',
      HOME: '/',
      KYMO_SERVICE_HOST: '10.0.0.1',
      KYMO_SERVICE_PORT_HTTP: '9797',
      KYMO_PORT: 'tcp://10.0.0.1:9797',
      KYMO_PORT_9797_TCP_ADDR: '10.0.0.1',
    });
    expect(layer.problems).toEqual([]);
    expect(layer.values.size).toBe(0);
  });

  test('that match no setting are refused, also near the names that Kubernetes uses', () => {
    const layer = environment({ KYMO_LISTN_PORT: '1', KYMO_WHATEVER_THIS_IS: '1' });
    expect(layer.problems.map(describeProblem)).toEqual([
      'KYMO_LISTN_PORT: no setting has this variable; did you mean KYMO_LISTEN_PORT?',
      'KYMO_WHATEVER_THIS_IS: no setting has this variable; remove it',
    ]);
  });

  test('and flags name one setting each', () => {
    const keys = settingsOf(members).map(({ key }) => key);
    expect(new Set(keys.map(variableOf)).size).toBe(keys.length);
    expect(new Set(keys.map(flagOf)).size).toBe(keys.length);
    for (const variable of keys.map(variableOf)) expect(otherVariables).not.toContain(variable);
  });
});

describe('flags', () => {
  test.each([
    [['--series.max-labels', '9']],
    [['--series.max_labels', '9']],
    [['--series.max_labels=9']],
  ])('take %j', (args) => {
    expect(load(flags(...args)).series.max_labels).toBe(9);
  });

  test('that are booleans may go without value', () => {
    const layer = flagLayer(
      ['--sources.udp-queues.enabled', 'rest', '--sources.cpu.enabled', 'false'],
      members,
    );
    const { sources } = load(layer);
    expect([sources.udp_queues.enabled, sources.cpu.enabled]).toEqual([true, false]);
    expect(layer.positionals).toEqual(['rest']);
  });

  test('of the command itself are kept apart', () => {
    const layer = flagLayer(['--config', 'a.yml', '--print-config'], members, {
      '--config': 'value',
      '--print-config': 'switch',
    });
    expect([...layer.own]).toEqual([
      ['--config', 'a.yml'],
      ['--print-config', ''],
    ]);
  });

  test('are refused without value, given twice, unknown, or with a value too many', () => {
    const layer = flags(
      ...['--tick', '--data_dir', 'a', '--data-dir=b', '--nope', 'x', '--print-config=yes'],
      '--listen.port',
    );
    expect(layer.problems.map(describeProblem)).toEqual([
      '--tick: has no value; write --tick <value>',
      '--data-dir: given twice; keep one of them',
      '--nope: there is no such flag; --help lists the flags',
      '--print-config: takes no value; write --print-config alone',
      '--listen.port: has no value; write --listen.port <value>',
    ]);
  });
});

describe('defaults', () => {
  test('are lowered to what was given elsewhere, which the origin says', () => {
    const { config, origins } = loadConfig(declared, [
      yaml('tick: 100ms\nseries: {retention: 2m}\n'),
    ]);
    expect(config.collect.deadline).toBe(80);
    expect(config.series.ttl).toBe(120_000);
    expect(origins.get('collect.deadline')).toEqual({
      kind: 'adjusted',
      reason: 'lowered to fit the tick',
    });
  });

  test('hold by themselves, and each is within its own range', () => {
    expect(problemsOf(() => load())).toEqual([]);
    for (const { key, setting: declaredSetting } of settingsOf(members)) {
      const found: string[] = [];
      declaredSetting.type.check(declaredSetting.default, (message) => found.push(message));
      expect([key, found]).toEqual([key, []]);
    }
  });
});

describe('a configuration given by a program', () => {
  test('may be in part, in base units or as text', () => {
    const { config } = completeConfig(declared, {
      tick: '100ms',
      listen: { port: 0 },
      series: { memory: 32 * 2 ** 20 },
      labels: { env: 'test' },
    });
    expect(config.tick).toBe(100);
    expect(config.listen.port).toBe(0);
    expect(config.series.memory).toBe(32 * 2 ** 20);
    expect(config.labels).toEqual({ instance: 'host-1', job: 'kymo', env: 'test' });
    expect(config.collect.deadline).toBe(80);
  });

  test('may be a whole one that was loaded', () => {
    const loaded = load(yaml('tick: 5s\nlisten: {hosts: [a]}\n'));
    expect(completeConfig(declared, loaded).config).toEqual(loaded);
  });

  test('is refused with the key and remedy', () => {
    const given = {
      tick: 5,
      listen: { port: 'x', host: 3 },
      labels: 5,
      nope: 1,
      sources: { cpu: true, nope: { enabled: true } },
      series: null,
    } as unknown as Parameters<typeof completeConfig<Config>>[1];
    expect(problemsOf(() => completeConfig(declared, given))).toEqual([
      'option: tick: 5ms is too little; choose 100ms to 1m',
      'option: listen.port: a whole number from 0 to 65535 is expected, not "x"',
      'option: listen.host: a text is expected',
      'option: labels: labels are expected',
      'option: nope: there is no such setting; remove it',
      'option: sources.cpu: there is no such setting; remove it',
      'option: sources.nope: there is no such setting; remove it',
      'option: series: there is no such setting; remove it',
    ]);
  });
});

const receivers = {
  receivers: setting({
    type: listOf(
      object({
        name: { type: string(), description: 'Name.', required: true },
        url: { type: url(), description: 'Where to.', required: true },
        token: { type: secret(), description: 'Bearer token.' },
        labels: { type: labelMap(), description: 'Labels.' },
      }),
    ),
    default: [],
    description: 'Receivers.',
  }),
  password: setting({ type: secret(), default: 'none', description: 'A secret.' }),
  factor: setting({ type: number(), default: -1, description: 'A number.' }),
};
const custom: Declaration<ReturnType<typeof assemble<typeof receivers>>> = {
  members: receivers,
  assemble: (valueOf) => assemble(receivers, valueOf),
  adjustments: [],
  contradictions: [],
  otherVariables: [],
};

describe('a list of objects', () => {
  test('is read field by field', () => {
    const text = 'receivers:\n  - {name: a, url: "http://h/x", labels: {x: y}}\nfactor: 1.5e3\n';
    const { config } = loadConfig(custom, [yaml(text, receivers)]);
    expect(config.receivers).toEqual([{ name: 'a', url: 'http://h/x', labels: { x: 'y' } }]);
    expect(config.factor).toBe(1500);
  });

  test('is refused with the place of each field that is wrong', () => {
    const text =
      'receivers:\n  - nam: a\n    url: http://h/\n  - name: b\n    url: ftp://h\n    url: http://h\n' +
      '    labels:\n      __x: y\n  - c\n';
    expect(problemsOf(() => loadConfig(custom, [yaml(text, receivers)]))).toEqual([
      'kymo.yml:2:5: receivers[0].nam: there is no such field; did you mean name?',
      'kymo.yml:2:5: receivers[0]: name is missing; add it',
      'kymo.yml:6:5: receivers[1].url: given twice; keep one of them',
      'kymo.yml:8:7: receivers[1].labels.__x: names that begin with __ are reserved; choose another',
      'kymo.yml:9:5: receivers[2]: a section with name, url, token, labels is expected, not "c"',
    ]);
  });

  test('cannot be given as variable or flag', () => {
    expect(flagLayer(['--receivers', 'x'], receivers).problems.map(describeProblem)).toEqual([
      '--receivers: receivers: can be given in the configuration file only; move it there',
    ]);
    expect(environmentLayer({ KYMO_RECEIVERS: 'x' }, receivers, []).problems).toHaveLength(1);
  });
});

describe('the printed configuration', () => {
  test('is YAML that gives the same configuration again', () => {
    const given = [
      yaml('tick: 5s\nlisten: {hosts: [a, b]}\nlabels: {job: "", note: "a # b: \\"c\\""}\n'),
      environment({ KYMO_DATA_DIR: '- odd: #dir\n\u0085' }),
    ];
    const loaded = loadConfig(declared, given);
    const printed = printConfig(declared, loaded);
    const again = load(yaml(printed));
    expect(again).toEqual({ ...loaded.config, labels: { ...loaded.config.labels, job: 'kymo' } });
    expect(printed).toContain('tick: 5s # kymo.yml:1:7\n');
    expect(printed).toContain('  port: 9797 # default\n');
    expect(printed).toMatch(/data_dir: .* # KYMO_DATA_DIR\n/);
  });

  test('masks secrets, in lists too', () => {
    const text = 'password: hunter2\nreceivers: [{name: a, url: "http://h", token: hunter2}]\n';
    const printed = printConfig(custom, loadConfig(custom, [yaml(text, receivers)]));
    expect(printed).not.toContain('hunter2');
    expect(parse(printed)).toMatchObject({ password: '********' });
  });
});

test('no text crashes the loader: it is read or refused', () => {
  const key = fc.constantFrom(
    ...settingsOf(members).map((keyed) => keyed.key.split('.')[0]),
    ...['__proto__', 'constructor', 'toString', ''],
  );
  const scalar = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.date());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(key, fc.string()), tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const text = fc.oneof(
    tree.map((value) => JSON.stringify(value)),
    fc.string({ maxLength: 200 }),
  );
  fc.assert(
    fc.property(text, (source) => {
      problemsOf(() => load(yaml(source)));
    }),
    { numRuns: 500 },
  );
});

test('deep nesting and aliases that multiply are refused', () => {
  expect(problemsOf(() => load(yaml('['.repeat(20_000))))[0]).toContain('is no YAML');
  expect(
    problemsOf(() => load(yaml(`labels: ${'{a: '.repeat(50)}${'}'.repeat(50)}`)))[0],
  ).toContain('nested deeper than 16');
  const bomb = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 12; i++) {
    bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
  }
  expect(problemsOf(() => load(yaml(bomb.join('\n')))).join()).toContain('more than 100000 values');
});

test('a secret that cannot be read is not shown in the error', () => {
  const [problem] = problemsOf(() => loadConfig(custom, [yaml('password: 123456\n', receivers)]));
  expect(problem).toBe('kymo.yml:1:11: password: a text is expected; put the secret in quotes');
});
