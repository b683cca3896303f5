/**
 * What the providers' rate-limit pages show their readers, and what those do in place of it, put to the verdict. Time is the mock's.
 */
import { describe, expect, test } from 'vitest';
import { PROCEDURES } from './procedures.js';
import { live } from './virtual.js';

const cases = Object.entries(PROCEDURES).map(([profile, provider]) => ({ profile, ...provider }));

describe.each(cases)('$profile', ({ profile, credential, procedures }) => {
  test.each(procedures)('$says', async ({ programs, fails, options, meets = {} }) => {
    const { checks, findings, figures } = await live({ profile, ...options }, credential, programs);
    const failed = checks.filter(({ verdict }) => verdict === 'warn' || verdict === 'fail').map(({ check }) => check);
    expect(failed, findings.map(({ says }) => says).join('\n')).toEqual(fails);
    expect(figures).toMatchObject({ refused: 0, failed: 0, ...meets });
  });
});
