import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builtInProfiles } from '../../src/profile/locate.js';
import { GENERATED, profileJsonSchema, read } from './generate.js';

describe('what is generated is in step (else: npm run generate)', () => {
  it.each(GENERATED.map(({ file, make }) => ({ file, make })))('$file', async ({ file, make }) => {
    const current = read(file);
    expect(current).toBe(await make(current));
  });
});

describe('the JSON Schema of profiles', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const validate = ajv.compile(profileJsonSchema() as object);

  it.each(builtInProfiles())('accepts %s', (id) => {
    const valid = validate(parse(read(`profiles/${id}.yaml`), { merge: true }));
    expect(validate.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('refuses a key that it does not know', () => {
    expect(validate({ ...parse(read('profiles/aiclicks.yaml')), polices: {} })).toBe(false);
  });
});
