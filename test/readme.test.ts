/** README.md: its size, and what it prints before its commands, which run with those of the other pages (test/docs). */
import { expect, it } from 'vitest';
import { builtInProfiles } from '../src/index.js';
import { blocksOf, readPage } from './docs/page.js';

const README = readPage('README.md');

it('is no longer than 20 KB', () => {
  expect(Buffer.byteLength(README)).toBeLessThanOrEqual(20_000);
});

it.each(['npm ci && npm start', 'npm ci && npm test'])('prints the command %s', (command) => {
  expect(blocksOf(README).map(({ text }) => text.trim())).toContain(command);
});

it('prints the lines with which a server starts', () => {
  const lines = builtInProfiles().map((id) => `mock429 ${id} http://127.0.0.1:4290/${id}\n`);
  const [printed] = blocksOf(README).filter(({ language, text }) => language === 'text' && text.startsWith('mock429 '));
  expect(printed!.text).toBe(lines.join(''));
});
