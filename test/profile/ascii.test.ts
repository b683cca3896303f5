/**
 * Built-in profiles and documents are written in ASCII. Strings cut out of a text with a single character beyond Latin-1 take two bytes a character, and so does every
 * header and body that is put together with one of them: a response then costs a fifth more. What has to be such a character is written as an escape.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../tools/build.js';

const files = ['profiles', 'openapi'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name)),
);

describe('what ships', () => {
  it.each(files)('%s is ASCII', (file) => {
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
    const others = lines.flatMap((line, i) => (/^[ -~]*$/.test(line) ? [] : [`${i + 1}: ${line}`]));
    expect(others).toEqual([]);
  });
});
