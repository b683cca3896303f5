/**
 * `--https` and `--proxy` of the built program, with clients in other languages that know of neither: the examples of examples/proxy and examples/https, openssl, and Node.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../tools/build.js';
import { hasModule, hasProgram } from '../tools/skip.js';
import { useMock429 } from './program.js';

const mock429 = useMock429();
const PYTHON = '/usr/bin/python3';
/** No variable of the machine that runs the tests decides what its clients trust and where they go. */
const BARE = {
  http_proxy: '',
  https_proxy: '',
  HTTP_PROXY: '',
  HTTPS_PROXY: '',
  ALL_PROXY: '',
  NO_PROXY: 'intranet.example',
  no_proxy: '',
  SSL_CERT_FILE: '',
  SSL_CERT_DIR: '',
  REQUESTS_CA_BUNDLE: '',
  CURL_CA_BUNDLE: '',
  NODE_EXTRA_CA_CERTS: '',
};
const tls = () => join(mock429.folder, 'tls');
const run = (flags: readonly string[], command: readonly string[]) =>
  mock429.start(['run', '--profile', 'klinky', '--tls-folder', tls(), '--quiet', ...flags, '--', ...command], BARE)
    .ended;

const curl = hasProgram('curl');
const python = hasProgram(PYTHON);
/** Whether an optional program is there. A machine without Java, Go or httpx is no failure, unlike one without those that the tests need anyway. */
const finds = (name: string, ...command: [string, ...string[]]) => {
  const there = spawnSync(command[0], command.slice(1)).status === 0;
  if (!there) process.stderr.write(`skipped: this machine has no ${name}\n`);
  return there;
};
/** The clients of examples/proxy and of examples/https, which have the same names. */
const CLIENTS = [
  { name: 'curl', there: curl, command: ['sh', 'client.sh'] },
  { name: 'urllib', there: python, command: [PYTHON, 'client.py'] },
  { name: 'requests', there: python && hasModule(PYTHON, 'requests'), command: [PYTHON, 'client.py', 'requests'] },
  { name: 'httpx', there: finds('httpx', PYTHON, '-c', 'import httpx'), command: [PYTHON, 'client.py', 'httpx'] },
  { name: 'java', there: finds('Java', 'java', '-version'), command: ['sh', 'java.sh'] },
  { name: 'node', there: true, command: [process.execPath, 'client.mjs'] },
  { name: 'go', there: finds('Go', 'go', 'version'), command: ['go', 'run', 'client.go'] },
];
/** A command with the path of the client in an example. */
const inExample = (folder: string, command: readonly string[]) =>
  command.map((word) => (/^\w+\.\w+$/.test(word) ? join(ROOT, 'examples', folder, word) : word));

/** Node heeds the variables of a proxy from these versions on. */
const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
const heedsProxy = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);

describe('run --proxy', () => {
  for (const { name, there, command } of CLIENTS) {
    test.skipIf(!there || (name === 'node' && !heedsProxy))(
      `${name} reaches the mock at the provider’s URL, unchanged`,
      async () => {
        const { code, stdout, stderr } = await run(['--proxy'], inExample('proxy', command));
        expect(stdout, stderr).toContain(`${name} 200\n`);
        expect(stdout).toContain('1 request was judged');
        expect(code).toBe(0);
      },
    );
  }

  test('sets the variables that clients heed', async () => {
    const print = 'for (const name of process.argv.slice(1)) console.log(name, process.env[name])';
    const names = ['HTTPS_PROXY', 'http_proxy', 'NO_PROXY', 'NODE_USE_ENV_PROXY', 'MOCK429_CA', 'MOCK429_PROXY_URL'];
    const { stdout } = await run(['--proxy', '--pass-with-no-requests'], [process.execPath, '-e', print, ...names]);
    const [, url] = /^HTTPS_PROXY (http:\/\/127\.0\.0\.1:\d+)$/m.exec(stdout)!;
    expect(stdout).toContain(
      `HTTPS_PROXY ${url}\nhttp_proxy ${url}\nNO_PROXY intranet.example,127.0.0.1,localhost,::1\nNODE_USE_ENV_PROXY 1\nMOCK429_CA ${join(tls(), 'ca.pem')}\nMOCK429_PROXY_URL ${url}\n`,
    );
  });
});

test.skipIf(!curl || !hasProgram('openssl'))(
  'with a certificate of one’s own, clients trust that and the proxy’s',
  async () => {
    const [cert, key] = [join(mock429.folder, 'own.pem'), join(mock429.folder, 'own-key.pem')];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
      ...names,
    ];
    expect(spawnSync('openssl', made).status).toBe(0);
    const links = '-o /dev/null -w "%{http_code}\\n" -H "X-API-Key: klinky_live_a"';
    const command = `curl -sS ${links} "$MOCK429_URL/api/v1/public/links"; curl -sS ${links} https://klinky-api.fly.dev/api/v1/public/links`;
    const flags = ['--https', '--proxy', '--tls-cert', cert, '--tls-key', key];
    const { stdout, stderr } = await run(flags, ['sh', '-c', command]);
    expect(stdout, stderr).toMatch(/^200\n200\n/);
  },
);

describe('run --https', () => {
  for (const { name, there, command } of CLIENTS) {
    test.skipIf(!there)(`${name} trusts the certificate by its environment`, async () => {
      const flags = ['--https', '--base-url-env', 'KLINKY_URL'];
      const { code, stdout, stderr } = await run(flags, inExample('https', command));
      expect(stdout, stderr).toMatch(new RegExp(`^${name} 200`, 'm'));
      expect(stdout).toContain('1 request was judged');
      expect(code).toBe(0);
    });
  }

  test.skipIf(!curl)('a client that does not trust the certificate is told of, once', async () => {
    const ask = 'env -u CURL_CA_BUNDLE -u SSL_CERT_FILE curl -s "$MOCK429_URL/"';
    const { stderr } = await run(['--https'], ['sh', '-c', `${ask}; ${ask}`]);
    const [warning, ...more] = stderr.split('\n').filter((line) => line.includes('does not trust'));
    expect(warning).toBe(
      `mock429: a client does not trust the certificate for localhost (tlsv1 alert unknown ca); have it trust ${join(tls(), 'ca.pem')}`,
    );
    expect(more).toEqual([]);
  });

  test.skipIf(!curl)('curl speaks HTTP/2', async () => {
    const command = `curl -sS -o /dev/null -w '%{http_version} %{http_code}\\n' --http2 "$MOCK429_URL/"`;
    const { stdout, stderr } = await run(['--https'], ['sh', '-c', command]);
    expect(stdout, stderr).toContain('2 404\n');
  });

  test.skipIf(!hasProgram('openssl'))('openssl finds nothing wrong', async () => {
    const command = `openssl s_client -connect "\${MOCK429_URL#https://}" -CAfile "$MOCK429_CA" -alpn h2 -verify_return_error </dev/null 2>&1`;
    const { stdout } = await run(['--https', '--pass-with-no-requests'], ['sh', '-c', command]);
    expect(stdout).toContain('ALPN protocol: h2');
    expect(stdout).toContain('Verify return code: 0 (ok)');
  });
});

test('without either, run sets NO_PROXY and trusts nothing more', async () => {
  const print = 'console.log([process.env.no_proxy, process.env.HTTPS_PROXY, process.env.SSL_CERT_FILE])';
  const command = ['run', '--profile', 'klinky', '--pass-with-no-requests', '--', process.execPath, '-e', print];
  const { stdout } = await mock429.start(command, BARE).ended;
  expect(stdout).toContain("[ 'intranet.example,127.0.0.1,localhost,::1', '', '' ]");
});

describe('serve', () => {
  test('--https --proxy prints an https address, the proxy and the CA', async () => {
    const server = mock429.start(
      ['--profile', 'klinky', '--port', '0', '--https', '--proxy', '--tls-folder', tls()],
      BARE,
    );
    const [, url] = await server.printed(/^mock429 klinky (https:\/\/127\.0\.0\.1:\d+)\n/m);
    await server.printed(new RegExp(`HTTPS_PROXY=${url!.replace('https', 'http')} `), 'stderr');
    await server.printed(/clients must trust .*ca\.pem/, 'stderr');
    expect(statSync(join(tls(), 'ca-with-key.pem')).mode & 0o777).toBe(0o600);
    server.signal('SIGTERM');
    expect((await server.ended).code).toBe(0);
    rmSync(tls(), { recursive: true });
  });

  test.each([
    [['--tls-cert', 'a.pem'], '--tls-cert needs --tls-key; give both'],
    [['--tls-key', 'a.pem'], '--tls-key needs --tls-cert; give both'],
    [['--proxy-unknown', 'pass'], '--proxy-unknown is for --proxy; add it'],
    [['--tls-folder', 'x'], '--tls-folder is for --https or --proxy; add one'],
    [
      ['--tls-cert', 'none.pem', '--tls-key', 'none.pem'],
      'the certificate none.pem (--tls-cert) cannot be read (ENOENT); check the path',
    ],
  ])('%s is an error', async (flags, message) => {
    const { code, stderr } = await mock429.start(['--profile', 'klinky', '--port', '0', ...flags]).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: `mock429: ${message}\n` });
  });
});
