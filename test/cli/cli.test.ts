/**
 * The program as it is started: what it prints, what it takes from flags and environment, how it says no, and how it ends.
 */

import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { build, ROOT, temporaryFolder } from '../tools/build.js';
import { endPrograms, type Program, start } from '../tools/child.js';

const built = temporaryFolder('cli');
const files = temporaryFolder('cli-files');

beforeAll(() => build(built.path), 120_000);
afterEach(endPrograms);
afterAll(() => {
  built.remove();
  files.remove();
});

function mock429(args: readonly string[], env: Record<string, string> = {}): Program {
  return start(process.execPath, [join(built.path, 'dist/cli.js'), ...args], { cwd: files.path, env });
}

/** Starts a server of one profile, and waits for its ready line. */
async function serve(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ program: Program; url: string }> {
  const program = mock429(args, env);
  const [, url] = await program.printed(/^mock429 \S+ (http:\/\/\S+)\n/m);
  return { program, url: url! };
}

const KEY = { headers: { authorization: 'Bearer ak_live_xxx' } };

async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

const PROFILES = ['aiclicks', 'klinky'];

describe('ready lines', () => {
  test('one profile stands at the root; stdout has its line and nothing else, ever', async () => {
    const { program, url } = await serve([
      '--profile',
      'aiclicks',
      '--port',
      '0',
      '--set',
      'policies.key-minute.quota=1',
    ]);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/api/v1/domains`, KEY)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/domains`, KEY)).status).toBe(429);
    expect((await fetch(`${url}/api/v1/domain`, { headers: { authorization: 'Bearer ak_live_b' } })).status).toBe(404);
    program.signal('SIGTERM');
    const { code, stdout, stderr } = await program.ended;
    expect(code).toBe(0);
    expect(stdout).toBe(`mock429 aiclicks ${url}\n`);
    expect(stderr).toContain('GET /api/v1/domains refused by key-minute (429)');
    expect(stderr).toContain('no operation for GET /api/v1/domain; nearest: GET /api/v1/');
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('mock429: '))).toEqual([]);
  });

  test('several stand each under its id', async () => {
    const program = mock429(['--profile', PROFILES.join(','), '--port', '0']);
    const [, base] = await program.printed(/klinky (http:\/\/\S+)\/klinky\n/);
    expect(program.stdout).toBe(PROFILES.map((id) => `mock429 ${id} ${base}/${id}\n`).join(''));
    expect((await fetch(`${base}/aiclicks/api/v1/domains`, KEY)).status).toBe(200);
    const astray = await fetch(`${base}/api/v1/domains`, KEY);
    expect(astray.status).toBe(404);
    expect(await json(astray)).toMatchObject({ detail: expect.stringContaining('/aiclicks, /klinky') });
    expect(await json(await fetch(`${base}/__mock429/health`))).toEqual({
      status: 'ok',
      version: packageVersion(),
      profiles: PROFILES,
    });
  });

  test('--quiet keeps refusals to itself', async () => {
    const { program, url } = await serve([
      '-p',
      'aiclicks',
      '--port',
      '0',
      '--set',
      'policies.key-minute.quota=0',
      '-q',
    ]);
    expect((await fetch(`${url}/api/v1/domains`, KEY)).status).toBe(429);
    program.signal('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('flags and environment', () => {
  const steered = {
    MOCK429_PROFILE: 'klinky',
    MOCK429_PLAN: 'growth',
    MOCK429_VARIANT: 'sliding-hour',
    MOCK429_PORT: '0',
    PORT: 'not asked',
    MOCK429_HOST: '127.0.0.1',
    MOCK429_COMPRESS: '60',
    MOCK429_CLOCK: '2024-01-15T14:30:00Z',
  };
  const links = (url: string) => fetch(`${url}/api/v1/public/links`, { headers: { 'x-api-key': 'klinky_live_a' } });

  test('the environment is heard', async () => {
    const { url } = await serve([], steered);
    const response = await links(url);
    expect(response.headers.get('x-ratelimit-limit')).toBe('100');
    // A sliding hour, sixty times as fast.
    expect(response.headers.get('x-ratelimit-reset')).toBe(String(Date.parse('2024-01-15T14:31:00Z') / 1_000));
    expect(response.headers.get('date')).toBe('Mon, 15 Jan 2024 14:30:00 GMT');
  });

  test('flags win over it', async () => {
    const flags = [
      '--profile',
      'aiclicks',
      '--plan',
      'standard',
      '--variant',
      'clock-minute',
      '--port',
      '0',
      '--host',
      '127.0.0.1',
    ];
    const { program, url } = await serve([...flags, '--compress', '2', '--clock', '2024-06-16T09:49:12Z'], {
      ...steered,
      MOCK429_PORT: 'not a port',
      MOCK429_HOST: '999.999.999.999',
    });
    expect(program.stdout).toBe(`mock429 aiclicks ${url}\n`);
    const response = await fetch(`${url}/api/v1/domains`, KEY);
    expect(response.headers.get('x-ratelimit-limit')).toBe('60');
    expect(response.headers.get('x-ratelimit-reset')).toBe(String(Date.parse('2024-06-16T09:49:30Z') / 1_000));
    expect(response.headers.get('date')).toBe('Sun, 16 Jun 2024 09:49:12 GMT');
  });

  test('MOCK429_PROFILE is a list, or all; all are served when nobody says which', async () => {
    const all = builtIn();
    for (const env of [{ MOCK429_PROFILE: 'klinky, aiclicks' }, { MOCK429_PROFILE: 'all' }, {}]) {
      const program = mock429(['--port', '0'], env as Record<string, string>);
      const last = env.MOCK429_PROFILE === 'klinky, aiclicks' ? 'aiclicks' : all.at(-1)!;
      await program.printed(new RegExp(`^mock429 ${last} http`, 'm'));
      const served = [...program.stdout.matchAll(/^mock429 (\S+) /gm)].map(([, id]) => id);
      expect(served).toEqual(last === 'aiclicks' ? ['klinky', 'aiclicks'] : all);
      await endPrograms();
    }
  });

  test('--help and --version print and end', async () => {
    const [help, version] = await Promise.all([mock429(['serve', '--help']).ended, mock429(['--version']).ended]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const flag of ['--profile', '--port', '--plan', '--variant', '--compress', '--set', '--host', '--clock']) {
      expect(help.stdout).toContain(flag);
    }
    expect(version).toMatchObject({ code: 0, stdout: `${packageVersion()}\n`, stderr: '' });
  });
});

describe('says no with one line, and ends with 2', () => {
  const known = () => builtIn().join(', ');
  const variantFile = (name: string, change: (text: string) => string) => {
    const text = readFileSync(join(ROOT, 'profiles/aiclicks.yaml'), 'utf8');
    const mended = change(text.replace('../openapi/', `${ROOT}openapi/`));
    writeFileSync(join(files.path, name), mended);
    return mended;
  };
  const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;

  test.each<[what: string, args: string[], env: Record<string, string>, message: () => string]>([
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
      () => 'variant "clock-minute" does not say which profile it is for; write ',
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
      ['--profile', 'aiclicks', '--port', '0', '--host', '999.1.1.1'],
      {},
      () => 'this machine has no address 999.1.1.1; choose another with --host',
    ],
    [
      'an option that is not there',
      ['--prot', '0'],
      {},
      () => "unknown option '--prot' (Did you mean --port?); --help shows what there is",
    ],
    ['a command that is not there', ['serve', 'extra'], {}, () => 'too many arguments'],
    ['an option without its value', ['--profile'], {}, () => 'argument missing; --help shows what there is'],
    ['no compression', ['--compress', '0'], {}, () => '"0" is not a factor; give a number above 0'],
    [
      'a clock that is none',
      ['--profile', 'aiclicks', '--clock', 'noon'],
      {},
      () => '"noon" is not an instant; write ISO 8601',
    ],
  ])('%s', async (_what, args, env, message) => {
    expect(onlyLine(await mock429(args, env).ended)).toContain(message());
  });

  test('a busy port', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    const says = `mock429: port ${port} on 127.0.0.1 is in use; stop what uses it, or choose another with --port (0 takes any free one)`;
    try {
      const tries = [
        mock429(['-p', 'aiclicks', '--port', String(port)]),
        mock429(['-p', 'aiclicks'], { PORT: String(port) }),
      ];
      for (const { ended } of tries) expect(onlyLine(await ended)).toBe(says);
    } finally {
      other.close();
    }
  });

  test('a key with a slip in a file of its own', async () => {
    const text = variantFile('typo.yaml', (given) =>
      given.replace('    quota: 60\n', '    qouta: 60\n    quota: 60\n'),
    );
    const line = onlyLine(await mock429(['--profile', './typo.yaml']).ended);
    expect(line).toMatch(new RegExp(`typo\\.yaml:${lineOf(text, 'qouta')}:5  policies\\.key-minute\\.qouta: `));
    expect(line).toContain('unknown key "qouta"');
  });

  test('a file that is no YAML', async () => {
    const text = variantFile('broken.yaml', (given) => given.replace('\ntitle: ', '\ntitle: the: '));
    const line = onlyLine(await mock429(['--profile', 'broken.yaml']).ended);
    const [, at] = /broken\.yaml:(\d+):\d+ {2}this is not valid YAML: /.exec(line) ?? [];
    expect(Number(at)).toBe(lineOf(text, 'title: the: '));
  });

  test('an operation that the document lacks', async () => {
    const text = variantFile('operation.yaml', (given) => given.replace('\n  listDomains:\n', '\n  listDomain:\n'));
    const line = onlyLine(await mock429(['--profile', 'operation.yaml']).ended);
    expect(line).toMatch(new RegExp(`operation\\.yaml:${lineOf(text, '  listDomain:')}:3  operations\\.listDomain: `));
    expect(line).toContain('there is no operation "listDomain"; did you mean "listDomains"?');
  });

  function onlyLine({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): string {
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toEqual([expect.stringMatching(/^mock429: \S/), '']);
    expect(code).toBe(2);
    return stderr.trimEnd();
  }
});

describe('ending', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s answers what waits on a clock that stands still, and ends with 0',
    async (signal) => {
      const { program, url } = await serve(['-p', 'aiclicks', '--port', '0', '--clock', 'frozen']);
      await fetch(`${url}/__mock429/faults`, {
        method: 'POST',
        body: JSON.stringify({ match: {}, delayMs: 3_600_000 }),
      });
      const slow = fetch(`${url}/api/v1/domains`, KEY);
      await admitted(url, 1);
      // A connection that never says anything must not hold up the end.
      const silent = connect(Number(new URL(url).port), '127.0.0.1');
      await once(silent, 'connect');
      const gone = once(silent.resume(), 'close');
      program.signal(signal);
      expect((await slow).status).toBe(200);
      expect(await program.ended).toMatchObject({ code: 0, signal: null });
      await gone;
    },
  );
});

describe('what no client should be able to do', () => {
  let url: string;
  let program: Program;
  const serves = async () => (await fetch(`${url}/api/v1/domains`, KEY)).status === 200;

  test('a body over the limit is refused, announced or not, and the server goes on', async () => {
    ({ program, url } = await serve(['-p', 'aiclicks', '--port', '0', '--max-body', '1000']));
    const post = (body: NonNullable<RequestInit['body']>) =>
      fetch(`${url}/api/v1/domains`, { ...KEY, method: 'POST', body, duplex: 'half' } as RequestInit);
    const large = 'x'.repeat(1_001);
    expect((await post(large.slice(1))).status).toBe(405);
    const announced = await post(large);
    expect(announced.status).toBe(413);
    expect(await json(announced)).toEqual({ detail: 'Request body too large' });
    const streamed = await post(new Blob([large, large.repeat(1_000)]).stream());
    expect(streamed.status).toBe(413);
    expect(await serves()).toBe(true);
    expect(program.stderr).not.toContain('Error');
  });

  test('a flood of headers, and what is no HTTP, are refused, and the server goes on', async () => {
    ({ program, url } = await serve(['-p', 'aiclicks', '--port', '0']));
    const flood = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const sent = get(`${url}/api/v1/domains`, { headers: { 'x-flood': 'x'.repeat(20_000) } }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode, body }));
      });
      sent.on('error', reject);
    });
    expect(flood.status).toBe(431);
    expect(JSON.parse(flood.body)).toMatchObject({ status: 431, detail: expect.stringContaining('16 KiB') });

    const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
    socket.write('no HTTP at all\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    socket.destroy();
    expect(await serves()).toBe(true);
    expect(program.stderr).toBe('');
  });

  test('a client that goes away in the middle of its body leaves no trace', async () => {
    ({ program, url } = await serve(['-p', 'aiclicks', '--port', '0']));
    const head = [
      'POST /api/v1/domains HTTP/1.1',
      'Host: localhost',
      'Authorization: Bearer ak_live_gone',
      'Content-Length: 1000',
    ];
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise((resolve) => client.write(`${head.join('\r\n')}\r\n\r\n{"name":`, resolve));
    // What comes later has its answer: so the server has read what came before.
    expect(await serves()).toBe(true);
    client.destroy();
    expect(await serves()).toBe(true);
    const { quotas } = await json(await fetch(`${url}/__mock429/quotas`));
    expect(quotas).toMatchObject([{ policy: 'key-minute', used: 2 }]);
    program.signal('SIGTERM');
    const { code, stderr } = await program.ended;
    expect(code).toBe(0);
    expect(stderr).toBe('');
  });
});

/** Asks until so many requests are being answered. */
async function admitted(url: string, count: number): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    const response = await fetch(`${url}/__mock429/in-flight`);
    const text = await response.text();
    expect(response.status).toBe(200);
    if ([...text.matchAll(/"listDomains"/g)].length === count) return;
  }
  throw new Error(`there never were ${count} in flight`);
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Ids of the built-in profiles, in order. */
function builtIn(): string[] {
  const names = readdirSync(join(ROOT, 'profiles')).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => name.slice(0, -'.yaml'.length)).sort();
}
