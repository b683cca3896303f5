/** Checks that the build has written find in a request what Ajv finds in it, and make the same of it. */
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createValidators } from '../../src/openapi/request/validation.js';
import { compileChecks } from '../../src/openapi/schema/checks.js';
import { type ReadyChecks, readyChecks } from '../../src/openapi/schema/ready-checks.js';
import { writeChecks } from '../../src/openapi/schema/write-checks.js';
import { builtInProfiles } from '../../src/profile/locate.js';
import { loadedProvider } from '../helpers/providers.js';
import { agree, runs } from './agree.js';
import { incoming } from './incoming.js';

function written(text: string): ReadyChecks {
  const exports = {};
  compileFunction(text, ['exports', 'require'])(exports, createRequire(import.meta.url));
  return exports as ReadyChecks;
}

describe.each(builtInProfiles())('%s', (id) => {
  const { document } = loadedProvider(id);
  const module = written(writeChecks(document, 'a "name"'));
  const checks = compileChecks(document);
  const [ready, compiled] = [createValidators(readyChecks(module, () => checks)), createValidators(checks)];

  it('is what they say they are of', () => {
    expect(module.of).toBe('a "name"');
  });

  it('is checked alike', () => {
    const seen = { right: 0, wrong: 0 };
    for (const operation of document.operations) {
      fc.assert(
        fc.property(incoming(document, operation), (request) => {
          const before = structuredClone(request.body);
          const [actual, expected] = [ready(operation)(request), compiled(operation)(request)];
          agree('violations', actual.violations, expected.violations);
          agree('query', actual.query, expected.query);
          agree('body', actual.body, expected.body);
          agree('the request itself', request.body, before);
          seen[expected.violations.length === 0 ? 'right' : 'wrong'] += 1;
        }),
        runs(150),
      );
    }
    // It would be easy to agree on nothing but nonsense.
    const share = seen.right / (seen.right + seen.wrong);
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.98);
  });
});
