/**
 * One bad profile a mistake. The head of each file says what is expected to be said of it, word for word; the first file that comes to mind is the manual of
 * what an author gets to read.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatIssue } from '../../src/profile/errors.js';
import { loadProvider } from '../../src/profile/load.js';

const folder = relative(process.cwd(), fileURLToPath(new URL('.', import.meta.url)));
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** What is said of a profile, be it but a warning; `undefined` if nothing is. */
function complaint(file: string, variants: readonly string[] = []): string | undefined {
  try {
    return loadProvider(file, { variants }).warnings.map(formatIssue).join('\n') || undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a bad profile', () => {
  it.each(files)('%s', (name) => {
    const file = `${folder}/${name}`;
    const head = readFileSync(file, 'utf8');
    const expected = [...head.matchAll(/^# expect: (.*)$/gm)].map(([, line]) => line!);
    const variants = [...head.matchAll(/^# variant: (.*)$/gm)].map(([, variant]) => variant!);
    expect(expected.length).toBeGreaterThan(0);
    expect(complaint(file, variants)).toBe(expected.join('\n'));
  });

  it('is one that would be good but for its mistake', () => {
    for (const name of files.filter((one) => one.startsWith('variant-')))
      expect(complaint(`${folder}/${name}`)).toBeUndefined();
  });

  it('is told in lines that an editor can follow: file, line, column, problem, fix and code', () => {
    for (const name of files) {
      for (const [, line] of readFileSync(`${folder}/${name}`, 'utf8').matchAll(/^# expect: (.*)$/gm))
        expect(line).toMatch(/^\S+\.yaml:[1-9]\d*:[1-9]\d* {2}\S.*; .*\S {2}\[(profile|openapi)\/[a-z-]+\]$/);
    }
  });

  it('is marked by an editor as well, where the mistake is one of shape', () => {
    const ajv = new Ajv2020({ strict: false });
    (createRequire(import.meta.url)('ajv-formats') as (ajv: Ajv2020) => void)(ajv);
    const schema = JSON.parse(readFileSync('profiles/profile.schema.json', 'utf8')) as object;
    const validate = ajv.compile(schema);
    const shape =
      /\[profile\/(unknown-key|wrong-type|unknown-value|unknown-algorithm|unknown-behaviour|unknown-style|bad-name)\]$/m;
    const marked = files.filter(
      (name) => !name.startsWith('variant-') && shape.test(readFileSync(`${folder}/${name}`, 'utf8')),
    );
    expect(marked.length).toBeGreaterThan(10);
    const missed = marked.filter((name) => validate(parse(readFileSync(`${folder}/${name}`, 'utf8'), { merge: true })));
    expect(missed).toEqual([]);
  });
});
