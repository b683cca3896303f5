/**
 * The program as it is started: what it prints, what it takes from flags and environment, what clients cannot do to it, and how it ends.
 */
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Program } from '../tools/child.js';
import { builtIn, packageVersion, useMock429 } from './program.js';
import { command, finished, type Session } from './terminal.js';

const mock429 = useMock429();

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) {
    session.stop();
    await session.ended;
  }
});

/** Serves in this process, for tests of what options and variables do; starting the built program is tested below and above. */
async function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const session = command(args, env);
  sessions.push(session);
  const [, url] = await session.printed(/^mock429 \S+ (https?:\/\/\S+)\n/m);
  return { session, url: url! };
}

const KEY = { headers: { authorization: 'Bearer ak_live_xxx' } };

async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

const PROFILES = ['aiclicks', 'klinky'];

describe('ready lines', () => {
  test('one profile stands at the root; stdout has its line and nothing else, ever', async () => {
    const { program, url } = await mock429.serve([
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
    const program = mock429.start(['--profile', PROFILES.join(','), '--port', '0']);
    const [, base] = await program.printed(/klinky (https?:\/\/\S+)\/klinky\n/);
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
    const { program, url } = await mock429.serve([
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
    const { session, url } = await serve([...flags, '--compress', '2', '--clock', '2024-06-16T09:49:12Z'], {
      ...steered,
      MOCK429_PORT: 'not a port',
      MOCK429_HOST: '999.999.999.999',
    });
    expect(session.out).toBe(`mock429 aiclicks ${url}\n`);
    const response = await fetch(`${url}/api/v1/domains`, KEY);
    expect(response.headers.get('x-ratelimit-limit')).toBe('60');
    expect(response.headers.get('x-ratelimit-reset')).toBe(String(Date.parse('2024-06-16T09:49:30Z') / 1_000));
    expect(response.headers.get('date')).toBe('Sun, 16 Jun 2024 09:49:12 GMT');
  });

  test('MOCK429_PROFILE is a list, or all; all are served when nobody says which', async () => {
    const all = builtIn();
    for (const env of [{ MOCK429_PROFILE: 'klinky, aiclicks' }, { MOCK429_PROFILE: 'all' }, {}]) {
      const { session } = await serve(['--port', '0'], env as Record<string, string>);
      const served = [...session.out.matchAll(/^mock429 (\S+) /gm)].map(([, id]) => id);
      expect(served).toEqual(env.MOCK429_PROFILE === 'klinky, aiclicks' ? ['klinky', 'aiclicks'] : all);
    }
  });

  test('--no-prefer and --no-cors turn off what is on', async () => {
    const ask = async (args: readonly string[]) => {
      const { url } = await serve(['-p', 'aiclicks', '--port', '0', ...args]);
      const headers = { ...KEY.headers, prefer: 'code=503', origin: 'http://localhost:5173' };
      const response = await fetch(`${url}/api/v1/domains`, { headers });
      return [response.status, response.headers.get('access-control-allow-origin')];
    };
    expect(await ask([])).toEqual([503, '*']);
    expect(await ask(['--no-prefer', '--no-cors'])).toEqual([200, null]);
  });

  test('--help and --version print and end', async () => {
    const [help, version] = await Promise.all([
      mock429.start(['serve', '--help']).ended,
      mock429.start(['--version']).ended,
    ]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const flag of ['--profile', '--port', '--plan', '--variant', '--compress', '--set', '--host', '--clock']) {
      expect(help.stdout).toContain(flag);
    }
    expect(version).toMatchObject({ code: 0, stdout: `${packageVersion()}\n`, stderr: '' });
  });
});

test('the examples in the help of serve can be run as they stand', async () => {
  const { out } = await finished(['serve', '--help']);
  const examples = [...out.matchAll(/^ {2}mock429 (--profile (?!\.\/).*?)(?: {2,}.*)?$/gm)].map(([, args]) => args!);
  expect(examples).toHaveLength(5);
  for (const args of examples) await serve([...args.split(' '), '--port', '0']);
});

describe('ending', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s answers what waits on a clock that stands still, and ends with 0',
    async (signal) => {
      const { program, url } = await mock429.serve(['-p', 'aiclicks', '--port', '0', '--clock', 'frozen']);
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
    ({ program, url } = await mock429.serve(['-p', 'aiclicks', '--port', '0', '--max-body', '1000']));
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
    ({ program, url } = await mock429.serve(['-p', 'aiclicks', '--port', '0']));
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
    expect(program.stderr.split('\n')).toEqual([
      expect.stringMatching(/^mock429: refused input from 127\.0\.0\.1: the headers are larger than 16 KiB/),
      expect.stringMatching(/^mock429: refused input from 127\.0\.0\.1: .*HPE_INVALID_METHOD/),
      '',
    ]);
  });

  test('a client that goes away in the middle of its body leaves no trace', async () => {
    ({ program, url } = await mock429.serve(['-p', 'aiclicks', '--port', '0']));
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
