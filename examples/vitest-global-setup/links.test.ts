import { expect, inject, test } from 'vitest';
import { listLinks } from './links.js';

test('the client lists links', async () => {
  expect(await listLinks(inject('klinkyUrl'))).toContain('homepage-headline');
});
