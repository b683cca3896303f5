/** What the log says of requests without a credential that will do. */
import { expect, it } from 'vitest';
import { createMock } from '../../src/index.js';

async function logged(profile: string, path: string, headers: Record<string, string> = {}): Promise<string[]> {
  const lines: string[] = [];
  await using mock = await createMock({ profile, log: (level, line) => lines.push(`${level}: ${line}`) });
  expect((await mock.fetch(path, { headers })).status).toBe(401);
  return lines;
}

it('is where a credential belongs, and what it must look like', async () => {
  expect(await logged('klinky', '/api/v1/public/links')).toEqual([
    'info: klinky: GET /api/v1/public/links is answered with key-missing: no credential found; send X-API-Key with a value that matches ^klinky_live_.+$',
  ]);
});

it('tells a credential that is not accepted from none, and does not show it', async () => {
  const [line] = await logged('klinky', '/api/v1/public/links', { 'X-API-Key': 'nothing-like-a-key-0123456789' });
  expect(line).toContain('is answered with key-invalid: the credential is not accepted; send X-API-Key with');
  expect(line).not.toContain('0123456789');
});

it('names the scheme', async () => {
  const [line] = await logged('aiclicks', '/api/v1/domains');
  expect(line).toMatch(/no credential found; send Authorization: Bearer with a value that matches \^/);
});
