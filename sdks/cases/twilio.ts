/**
 * twilio against the profile of Twilio.
 * @module
 */
import type { SdkCase } from '../case.js';

/** Twilio's client. */
export const twilio: SdkCase = {
  id: 'twilio',
  package: 'twilio',
  profile: 'twilio',
  says: 'It throws a RestException with the status and the code at once. With autoRetry it retries a 429 up to three times, after a random time of at most 200, 400 and 800 ms; it does not look at Retry-After, nor at the code, so that it also retries what only minutes or hours can cure. Its hosts cannot be configured: a request client of its own rewrites the address.',
  source: 'twilio/lib/base/RequestClient.js (getExponentialBackoffResponseHandler)',
  runs: [
    {
      name: 'quick start',
      says: 'Messages, calls and Verify work.',
      program: ['twilio.mjs', 'quickstart'],
      expect: {
        verdict: 'pass',
        prints: ['message queued to +15558675310', 'listed Hello there', 'call queued', 'verification pending'],
        requests: 4,
      },
    },
    {
      name: 'too many at once',
      says: 'It throws.',
      program: ['twilio.mjs', 'concurrent'],
      options: ['--set', 'policies.concurrency.quota=2'],
      expect: {
        verdict: 'pass',
        prints: ['message queued', 'message queued', 'threw RestException 429 20429: Too Many Requests'],
        requests: 4,
      },
    },
    {
      name: 'too many at once, with autoRetry',
      says: 'It retries with a random pause until there is room.',
      program: ['twilio.mjs', 'concurrent', 'retry'],
      // By chance, all pauses may be short.
      options: ['--set', 'policies.concurrency.quota=3', '--set', 'advice.hammering.refusals=9'],
      expect: { verdict: 'pass', prints: ['message queued', 'message queued', 'message queued'], requests: [4, 7] },
    },
    {
      name: 'a full queue of messages',
      says: 'It throws, with the code of the queue.',
      program: ['twilio.mjs', 'queue'],
      options: ['--set', 'policies.message-queue.quota=1', '--set', 'policies.message-queue.window.length=1h'],
      expect: {
        verdict: 'pass',
        prints: ['message queued', /^threw RestException 429 21611/, /^threw RestException 429 21611/],
        requests: 3,
      },
    },
    {
      name: 'a full queue of messages, with autoRetry',
      says: 'It retries three times within a second or so, although the queue takes longer; the mock calls that hammering.',
      program: ['twilio.mjs', 'queue', 'retry'],
      options: ['--set', 'policies.message-queue.quota=1', '--set', 'policies.message-queue.window.length=1h'],
      expect: {
        exit: 1,
        verdict: 'fail',
        findings: ['hammering'],
        prints: ['message queued', /^threw RestException 429 21611/, /^threw RestException 429 21611/],
        requests: 9,
      },
    },
  ],
};
