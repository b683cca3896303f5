import { createMock, type Mock, type Quota } from 'mock429';
import { useMock } from 'mock429/jest';

const mock = useMock({ profile: 'klinky', clock: 'frozen', intercept: { unhandled: 'error' } });

test('a client is led to the mock, and judged', async () => {
  const response = await fetch('https://klinky-api.fly.dev/api/v1/public/links', {
    headers: { 'X-API-Key': 'klinky_live_a' },
  });
  expect(response.status).toBe(200);
  expect(mock).toHaveBehaved({ failOn: 'warn' });
  const quotas: Quota[] = mock.quotas();
  expect(quotas).toHaveLength(1);
});

test('types are those of the package', async () => {
  const own: Mock = await createMock({ profile: 'klinky' });
  // @ts-expect-error: a sandbox has a name
  expect(() => own.sandbox(5)).toThrow();
  await own.close();
});
