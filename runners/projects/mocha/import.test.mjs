import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createMock } from 'mock429';

it('import and require give the same copy', () => {
  assert.equal(createRequire(import.meta.url)('mock429').createMock, createMock);
});
