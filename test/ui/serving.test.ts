/** How the files of the dashboard are served: by whom they may be loaded, with which headers, and when they are read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ControlBindings } from '../../src/http/app.js';
import { type ControlCaller, type GuardRules, guardPage } from '../../src/http/control/guard.js';
import { Assets } from '../../src/http/ui/assets.js';
import { createUi } from '../../src/http/ui/serve.js';
import { createMock } from '../../src/index.js';
import { temporaryFolder } from '../tools/build.js';

const folder = temporaryFolder('ui');
const built = join(folder.path, 'built');
mkdirSync(built);
writeFileSync(join(built, 'app.js'), 'console.log(1);');
writeFileSync(join(built, 'app.css'), 'body{}');
writeFileSync(join(built, 'secret.txt'), 'not for browsers');
afterAll(folder.remove);

const local = { ip: '127.0.0.1', host: '127.0.0.1:4290' };

async function ask(
  path: string,
  init: RequestInit = {},
  {
    rules = {},
    caller = local,
    files = built,
  }: { rules?: GuardRules; caller?: { ip: string; host: string }; files?: string } = {},
) {
  const ui = createUi(rules, new Assets(files));
  const answer = await ui(new Request(`http://127.0.0.1:4290${path}`, init), caller as unknown as ControlBindings);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe('the files of the dashboard', () => {
  it.each([
    ['/__mock429/ui', 'text/html; charset=UTF-8'],
    ['/~t1/__mock429/ui', 'text/html; charset=UTF-8'],
    ['/__mock429/ui/app.js', 'text/javascript; charset=utf-8'],
    ['/~t1/__mock429/ui/app.css', 'text/css; charset=utf-8'],
  ])('%s is %s, under a strict policy', async (path, type) => {
    const { status, headers, text } = await ask(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-security-policy')).toBe(POLICY);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(text.length).toBeGreaterThan(0);
  });

  it('the page has no inline script and no inline style', async () => {
    const { text } = await ask('/__mock429/ui');
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i);
    expect(text).toContain('src="ui/app.js"');
  });

  it('are sent again only when they have changed', async () => {
    const { headers } = await ask('/__mock429/ui/app.js');
    const etag = headers.get('etag')!;
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask('/__mock429/ui/app.js', { headers: { 'If-None-Match': tag } });
      expect([tag, again.status, again.text, again.headers.get('etag')]).toEqual([tag, 304, '', etag]);
    }
    expect((await ask('/__mock429/ui/app.js', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
  });

  it('HEAD has the headers of GET and no body', async () => {
    const [head, get] = [await ask('/__mock429/ui/app.js', { method: 'HEAD' }), await ask('/__mock429/ui/app.js')];
    expect([head.status, head.text]).toEqual([200, '']);
    expect([...head.headers]).toEqual([...get.headers]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
    const { status, headers } = await ask('/__mock429/ui', { method });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    '/__mock429/ui/secret.txt',
    '/__mock429/ui/..%2fapp.js',
    '/__mock429/ui/ui/app.js',
    '/__mock429/ui/constructor',
    '/__mock429/ui//app.js',
  ])('%s is no file', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('a slash at the end leads to the page', async () => {
    const { status, headers } = await ask('/~t1/__mock429/ui/');
    expect([status, headers.get('location')]).toEqual([302, '/~t1/__mock429/ui']);
  });

  it('say how to build them, where that was not done', async () => {
    for (const path of ['/__mock429/ui', '/__mock429/ui/app.js']) {
      const { status, text } = await ask(path, {}, { files: join(folder.path, 'nothing') });
      expect([status, JSON.parse(text)]).toEqual([503, expect.objectContaining({ code: 'not-built' })]);
      expect(text).toContain('npm run build');
    }
  });

  it('are read when a browser asks, and then kept', async () => {
    const late = join(folder.path, 'late');
    const assets = new Assets(late);
    mkdirSync(late);
    writeFileSync(join(late, 'app.js'), 'first');
    expect(assets.get('app.js')?.body).toBe('first');
    writeFileSync(join(late, 'app.js'), 'second');
    expect(assets.get('app.js')?.body).toBe('first');
  });
});

describe('the guard of the page', () => {
  const code = (caller: Partial<ControlCaller>, rules: GuardRules = {}) =>
    guardPage({ ...local, origin: undefined, authorization: undefined, ...caller }, rules)?.code;

  it('without a token holds as that of the control API', () => {
    expect(code({})).toBeUndefined();
    expect(code({ host: 'evil.example' })).toBe('foreign-host');
    expect(code({ fetchSite: 'cross-site' })).toBe('foreign-site');
    expect(code({ fetchSite: 'same-site' })).toBe('foreign-site');
    expect(code({ origin: 'https://evil.example' })).toBe('foreign-origin');
    expect(code({ ip: '10.0.0.1' })).toBe('not-loopback');
    expect(code({ isWebhook: true })).toBe('webhook');
  });

  it('lets browsers load the page where a token is needed, and refuses other sites', () => {
    for (const rules of [{ token: 'secret' }, { token: 'secret', tokenRequired: true }]) {
      expect(code({ ip: '10.0.0.1', host: 'mock.internal:4290' }, rules)).toBeUndefined();
      expect(code({ ip: '10.0.0.1', host: 'mock.internal:4290', fetchSite: 'cross-site' }, rules)).toBe('foreign-site');
      expect(code({ host: 'evil.example' }, rules)).toBe('foreign-host');
      expect(code({ fetchSite: 'cross-site' }, rules)).toBe('foreign-site');
      expect(code({}, rules)).toBeUndefined();
    }
  });

  it('answers with a problem', async () => {
    const { status, headers, text } = await ask('/__mock429/ui', { headers: { 'Sec-Fetch-Site': 'cross-site' } });
    expect([status, headers.get('content-type'), JSON.parse(text).code]).toEqual([
      403,
      'application/problem+json',
      'foreign-site',
    ]);
    expect(headers.get('content-security-policy')).toBe(POLICY);
  });
});

describe('on a port', () => {
  it('the page needs no token and the data does', async () => {
    await using mock = await createMock({ profile: 'klinky', controlToken: 'secret', controlTokenRequired: true });
    const { url } = await mock.listen();
    const page = await fetch(`${url}/__mock429/ui`);
    expect([200, 503]).toContain(page.status);
    for (const path of ['/quotas', '/events?every=250ms', '/profiles', '/report?format=json'])
      expect((await fetch(`${url}/__mock429${path}`)).status).toBe(401);
    const headers = { Authorization: 'Bearer secret' };
    expect((await fetch(`${url}/__mock429/quotas`, { headers })).status).toBe(200);
  });

  it('the page of a sandbox does not create it', async () => {
    await using mock = await createMock({ profile: 'klinky' });
    const { url } = await mock.listen();
    await (await fetch(`${url}/~t9/__mock429/ui`)).text();
    await (await fetch(`${url}/~t9/__mock429/ui/app.js`)).text();
    expect(mock.sandboxes()).toEqual([]);
  });
});
