import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { assertBehaved, Problem } from 'mock429';
import { useMock } from 'mock429/node-test';

const mock = useMock({ profile: 'klinky', intercept: true });

test('a client is led to the mock, and judged', async () => {
  assert.equal((await fetch('https://klinky-api.fly.dev/api/v1/public/links')).status, 401);
  assert.equal(mock.requests().length, 1);
  assertBehaved(mock);
});

test('require gives the same copy', () => {
  assert.equal(createRequire(import.meta.url)('mock429').Problem, Problem);
});
