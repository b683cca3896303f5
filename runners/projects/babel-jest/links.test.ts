import { expect, test } from '@jest/globals';
import { createMock, OptionError } from 'mock429';
import { assertBehaved, useMock } from 'mock429/jest';

const mock = useMock({ profile: ['klinky', 'aiclicks'], env: { KLINKY_URL: 'klinky' }, sandbox: 'file' });

test('imports become require', async () => {
  const response = await fetch(`${process.env['KLINKY_URL']}/api/v1/public/links`, {
    headers: { 'X-API-Key': 'klinky_live_a' },
  });
  expect(response.status).toBe(200);
  expect(process.env['KLINKY_URL']).toBe(mock.urlOf('klinky'));
  assertBehaved(mock);
});

test('the mock is reset, and errors are those of the package', async () => {
  expect(mock.requests()).toEqual([]);
  await expect(createMock({ profile: 'klinky', plan: 'nothing' })).rejects.toThrow(OptionError);
});
