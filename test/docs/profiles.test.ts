/** docs/profiles.md and the schema behind it: every key is described, has an example, and the examples are served. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMock } from '../../src/index.js';
import { ROOT } from '../tools/build.js';
import { profileJsonSchema, profileReference } from '../tools/generate.js';
import { exampleProfiles, type Schema, undescribed } from '../tools/profile-reference.js';

describe('the JSON Schema of profiles', () => {
  it('describes every property', () => {
    expect(undescribed(profileJsonSchema() as Schema)).toEqual([]);
  });

  it('would be found out if one property had no description', () => {
    const schema = {
      properties: { a: { description: 'A' }, b: { items: { properties: { c: {} } }, description: 'B' } },
    };
    expect(undescribed(schema)).toEqual(['/properties/b/items/properties/c']);
  });
});

describe('the reference of profiles', () => {
  it('has an example for every key (else: use the key in test/docs/profiles)', () => {
    const reference = profileReference();
    reference.text();
    expect(reference.withoutExample).toEqual([]);
  });

  it.each(exampleProfiles())('takes examples from a profile that is served: %s', async (file) => {
    const mock = await createMock({ profile: join(ROOT, file) });
    const { status } = await mock.fetch('/nowhere');
    expect(status).toBe(404);
    await mock.close();
  });
});
