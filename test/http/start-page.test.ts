/** What a browser gets at the addresses that are printed at the start. */
import { describe, expect, it } from 'vitest';
import { createMock } from '../../src/index.js';

const HTML = { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };

async function ask(profile: readonly string[], path: string, headers: Record<string, string> = HTML) {
  await using mock = await createMock({ profile });
  const { url } = await mock.listen();
  const answer = await fetch(url + path, { headers, redirect: 'manual' });
  const { status } = answer;
  const [type, location] = [answer.headers.get('content-type'), answer.headers.get('location')];
  return { url, status, type, location, text: await answer.text(), mock };
}

describe('a browser', () => {
  it.each([
    [['klinky', 'acrely'], '/', '/__mock429/ui'],
    [['klinky', 'acrely'], '/~mine', '/~mine/__mock429/ui'],
    [['klinky', 'acrely'], '/~mine/', '/~mine/__mock429/ui'],
    [['klinky'], '/', '/__mock429/ui'],
    [['klinky'], '/~mine/', '/~mine/__mock429/ui'],
  ])('of %j at %s is led to the dashboard', async (profiles, path, ui) => {
    const { status, location, text, mock } = await ask(profiles, path);
    expect([status, location, text]).toEqual([302, ui, '']);
    expect(mock.sandboxes()).toEqual([]);
  });

  it('that may not see the dashboard gets what is served, and the reason', async () => {
    const { url, status, text } = await ask(['klinky'], '/', { ...HTML, 'Sec-Fetch-Site': 'cross-site' });
    expect(status).toBe(200);
    expect(text).toContain(`<code>${url}</code>`);
    expect(text).toContain('was not opened: pages of other sites may not use the control API');
  });

  it('at the name of no sandbox gets a problem', async () => {
    expect((await ask(['klinky', 'acrely'], '/~a%20b/')).status).toBe(404);
  });

  it.each([
    ['/klinky', '/klinky'],
    ['/~mine/acrely/', '/~mine/acrely'],
  ])('at %s gets what is served, with the addresses for clients', async (path) => {
    const { url, status, type, text } = await ask(['klinky', 'acrely'], path);
    expect([status, type]).toEqual([200, 'text/html; charset=UTF-8']);
    const prefix = path.startsWith('/~mine') ? '/~mine' : '';
    for (const part of [
      `${url}${prefix}/klinky`,
      `${url}${prefix}/acrely`,
      'Klinky',
      'account-hour',
      `${prefix}/__mock429/quotas`,
      `<a href="${prefix}/__mock429/ui">Open the dashboard</a>`,
    ])
      expect(text).toContain(part);
  });

  it('elsewhere gets what the provider answers', async () => {
    expect((await ask(['klinky'], '/nothing')).status).toBe(404);
  });

  it('leaves nothing in the journal', async () => {
    await using mock = await createMock({ profile: 'klinky' });
    const { url } = await mock.listen();
    await (await fetch(`${url}/`, { headers: HTML })).text();
    expect(mock.requests()).toEqual([]);
  });
});

it('a program gets what the provider answers', async () => {
  const { status, type } = await ask(['klinky'], '/', { Accept: '*/*' });
  expect(status).toBe(404);
  expect(type).toContain('json');
});
