import { createRequire } from 'node:module';
import { createMock } from 'mock429';
import { useMock } from 'mock429/jest';

const mock = useMock({ profile: 'klinky', clock: 'frozen' });

test('imports', async () => {
  expect((await fetch(`${mock.url}/api/v1/public/links`, { headers: { 'X-API-Key': 'klinky_live_a' } })).status).toBe(
    200,
  );
  expect(mock).toHaveBehaved();
});

test('requires the same copy', () => {
  expect(createRequire(import.meta.url)('mock429').createMock).toBe(createMock);
});
