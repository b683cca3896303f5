/**
 * How the program says no: one clear line on stderr, nothing on stdout, and 2. Most refusals run in this process; one of each kind runs in the built program as well.
 */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogueProfiles } from '../../src/profile/locate.js';
import { ROOT } from '../tools/build.js';
import { builtIn, useMock429 } from './program.js';
import { finished } from './terminal.js';

const mock429 = useMock429();

const known = () => [...builtIn(), ...catalogueProfiles()].join(', ');
const variantFile = (name: string, change: (text: string) => string) => {
  const text = readFileSync(join(ROOT, 'profiles/aiclicks.yaml'), 'utf8');
  const mended = change(text.replace('../openapi/', `${ROOT}openapi/`));
  writeFileSync(join(mock429.folder, name), mended);
  return mended;
};
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;

type Refusal = [what: string, args: string[], env: Record<string, string>, message: () => string];

const REFUSALS: readonly Refusal[] = [
  [
    'a store of another kind',
    ['--profile', 'klinky', '--store', 'postgres://127.0.0.1/'],
    {},
    () => 'store URL postgres://127.0.0.1/: the scheme is unknown; write redis://',
  ],
  [
    'a store and a file for the state',
    ['--profile', 'klinky', '--store', 'redis://127.0.0.1', '--state', 'state.json'],
    {},
    () => 'the state is in the store (--store), so it cannot be in a file as well; leave out --state',
  ],
  [
    'a store and files that may change',
    ['--profile', 'klinky', '--watch'],
    { MOCK429_STORE: 'redis://127.0.0.1' },
    () => 'replicas must serve the same files, so --store does not go with --watch; leave out one',
  ],
  [
    'what to do without a store, without one',
    ['--profile', 'klinky', '--on-store-failure', 'local'],
    {},
    () => '--on-store-failure is for --store; add it',
  ],
  [
    'a profile that is not there',
    ['--profile', 'aiclick'],
    {},
    () =>
      `there is no profile "aiclick"; did you mean "aiclicks"? (known: ${known()}; or give the path of a YAML file)`,
  ],
  [
    'a profile like no other',
    ['--profile', 'zzzzzzzzzzzz'],
    {},
    () => `there is no profile "zzzzzzzzzzzz"; known: ${known()}; or`,
  ],
  [
    'a file that is not there',
    ['--profile', './nope.yaml'],
    {},
    () => './nope.yaml:1:1  there is no such file; check the path',
  ],
  [
    'a variant that is not there',
    ['--profile', 'aiclicks', '--variant', 'clock-minut'],
    {},
    () => 'variants: there is no variant "clock-minut"; did you mean "clock-minute"?',
  ],
  [
    'a variant of several profiles',
    ['--variant', 'clock-minute'],
    {},
    () =>
      'variant "clock-minute" does not say which profile it is for; write aiclicks:clock-minute or full-domination:clock-minute',
  ],
  [
    'a variant that no served profile has',
    ['--variant', 'sliding-hours'],
    {},
    () =>
      'variant "sliding-hours": none of acrely, aiclicks, full-domination, klinky, prediction has it; did you mean klinky:sliding-hour?',
  ],
  [
    'a setting without the key above it',
    ['--set', 'account-hour.quota=5'],
    {},
    () =>
      'set "account-hour.quota": none of acrely, aiclicks, full-domination, klinky, prediction has it; did you mean klinky:policies.account-hour.quota?',
  ],
  [
    'a plan that no served profile has',
    ['--plan', 'growht'],
    {},
    () =>
      'plan "growht": none of acrely, aiclicks, full-domination, klinky, prediction has it; did you mean klinky:growth?',
  ],
  [
    'a control token that is required and not set',
    ['--profile', 'klinky', '--control-token-required'],
    {},
    () =>
      'a control token is required and none is set; set MOCK429_CONTROL_TOKEN (in code: controlToken), or leave out --control-token-required',
  ],
  [
    'the same by the environment',
    ['--profile', 'klinky'],
    { MOCK429_CONTROL_TOKEN_REQUIRED: '1' },
    () => 'a control token is required and none is set; set MOCK429_CONTROL_TOKEN',
  ],
  [
    'a switch that is neither on nor off',
    ['--profile', 'klinky'],
    { MOCK429_CONTROL_TOKEN_REQUIRED: 'maybe' },
    () => 'MOCK429_CONTROL_TOKEN_REQUIRED: "maybe" is neither yes nor no; write 1 or 0.',
  ],
  [
    'a proxy that is no address',
    ['--profile', 'klinky', '--trust-proxy', '10.0.0.0/8,10.0.0.0/33'],
    {},
    () =>
      'trusted proxy "10.0.0.0/33" (--trust-proxy) is not an address; give one such as 10.0.0.7 or ::1, or a range such as 10.0.0.0/8 or fd00::/8',
  ],
  [
    'a range of proxies with bits of a host',
    ['--profile', 'klinky', '--trust-proxy', '10.0.0.1/8'],
    {},
    () =>
      'trusted proxy "10.0.0.1/8" (--trust-proxy) has bits of a host behind its prefix; write 10.0.0.0/8 for the whole range, or 10.0.0.1 for the one address',
  ],
  [
    'a webhook host that is none',
    ['--profile', 'prediction', '--webhook-host', 'https://hooks.example.com'],
    {},
    () => 'webhook host "https://hooks.example.com" (--webhook-host) is not a host; give a name or an address, without',
  ],
  [
    'a plan that is not there',
    ['--profile', 'klinky', '--plan', 'grwoth'],
    {},
    () => 'klinky has no plan "grwoth"; did you mean "growth"?',
  ],
  [
    'a setting that is not there',
    ['--profile', 'aiclicks', '--set', 'policies.key-minut.quota=5'],
    {},
    () => 'there is no "key-minut"; did you mean "key-minute"?',
  ],
  [
    'a setting without a value',
    ['--profile', 'aiclicks', '--set', 'policies'],
    {},
    () => 'set "policies" has no value; write path=value',
  ],
  ['a port that is none', ['--port', 'abc'], {}, () => '"abc" is not a port; give a whole number from 0 to 65535'],
  [
    'a port beyond the last',
    ['--port', '65536'],
    {},
    () => '"65536" is not a port; give a whole number from 0 to 65535',
  ],
  ['MOCK429_PORT that is none', [], { MOCK429_PORT: '-1' }, () => 'MOCK429_PORT or PORT: "-1" is not a port'],
  ['PORT that is none', [], { PORT: 'http' }, () => 'MOCK429_PORT or PORT: "http" is not a port'],
  [
    'an address that is not here',
    ['--profile', 'aiclicks', '--port', '0', '--host', '192.0.2.1'],
    {},
    () => 'this machine has no address 192.0.2.1; choose another with --host',
  ],
  [
    'an option that is not there',
    ['--prot', '0'],
    {},
    () => "unknown option '--prot' (Did you mean --port?); --help shows what there is",
  ],
  [
    'a command that is not there',
    ['serve', 'extra'],
    {},
    () => 'there is no file "extra"; profiles are named by --profile extra',
  ],
  ['an option without its value', ['--profile'], {}, () => 'argument missing; --help shows what there is'],
  [
    'no revision of the draft',
    ['--ietf', '9'],
    {},
    () => '"9" is not a revision of the draft; give one of 6, 7, 10, 11',
  ],
  ['no compression', ['--compress', '0'], {}, () => '"0" is not a factor; give a number from 0.01 to 1000000000'],
  [
    'a clock that is none',
    ['--profile', 'aiclicks', '--clock', 'noon'],
    {},
    () => 'mock429: --clock: "noon" is not an instant; write ISO 8601',
  ],
  [
    'a clock of the environment that is none',
    ['--profile', 'aiclicks'],
    { MOCK429_CLOCK: 'noon' },
    () => 'mock429: MOCK429_CLOCK: "noon" is not an instant; write ISO 8601',
  ],
  [
    'a state of the environment that is no file',
    ['--profile', 'aiclicks', '--port', '0'],
    { MOCK429_STATE: '/dev/zero' },
    () => 'mock429: MOCK429_STATE /dev/zero: this is not a file',
  ],
  [
    'a folder in place of a profile',
    ['serve', '--profile', 'src'],
    {},
    () => 'this is a folder; give the path of a file',
  ],
];

test.each(REFUSALS)('%s', async (_what, args, env, message) => {
  const { code, out, err } = await finished(args, env);
  expect(onlyLine({ code, stdout: out, stderr: err })).toContain(message());
});

/** A profile, an option's value, the environment, an option's name and a file: each is refused in a place of its own. */
const ALSO_BUILT = [
  'a profile that is not there',
  'a setting that is not there',
  'PORT that is none',
  'an option that is not there',
  'a file that is not there',
];

test.each(ALSO_BUILT)('the built program, too: %s', async (name) => {
  const [, args, env, message] = REFUSALS.find(([what]) => what === name)!;
  expect(onlyLine(await mock429.start(args, env).ended)).toContain(message());
});

test('a busy port', async () => {
  const other = createServer();
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const { port } = other.address() as AddressInfo;
  const says = `mock429: port ${port} on 127.0.0.1 is in use; stop what uses it, or choose another with --port (0 takes any free one)`;
  try {
    const tries = [
      mock429.start(['-p', 'aiclicks', '--port', String(port)]),
      mock429.start(['-p', 'aiclicks'], { PORT: String(port) }),
    ];
    for (const { ended } of tries) expect(onlyLine(await ended)).toBe(says);
  } finally {
    other.close();
  }
});

test('a key with a slip in a file of its own', async () => {
  const text = variantFile('typo.yaml', (given) => given.replace('    quota: 60\n', '    qouta: 60\n    quota: 60\n'));
  const line = onlyLine(await mock429.start(['--profile', './typo.yaml']).ended);
  expect(line).toMatch(new RegExp(`typo\\.yaml:${lineOf(text, 'qouta')}:5  policies\\.key-minute\\.qouta: `));
  expect(line).toContain('unknown key "qouta"');
});

test('a file that is no YAML', async () => {
  const text = variantFile('broken.yaml', (given) => given.replace('\ntitle: ', '\ntitle: the: '));
  const line = onlyLine(await mock429.start(['--profile', 'broken.yaml']).ended);
  const [, at] = /broken\.yaml:(\d+):\d+ {2}this is not valid YAML: /.exec(line) ?? [];
  expect(Number(at)).toBe(lineOf(text, 'title: the: '));
});

test('an operation that the document lacks', async () => {
  const text = variantFile('operation.yaml', (given) => given.replace('\n  listDomains:\n', '\n  listDomain:\n'));
  const line = onlyLine(await mock429.start(['--profile', 'operation.yaml']).ended);
  expect(line).toMatch(new RegExp(`operation\\.yaml:${lineOf(text, '  listDomain:')}:3  operations\\.listDomain: `));
  expect(line).toContain('there is no operation "listDomain"; did you mean "listDomains"?');
});

function onlyLine({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): string {
  expect(stdout).toBe('');
  expect(stderr.split('\n')).toEqual([expect.stringMatching(/^mock429: \S/), '']);
  expect(code).toBe(2);
  return stderr.trimEnd();
}
