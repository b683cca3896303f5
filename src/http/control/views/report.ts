/**
 * Schema of a report.
 * @module
 */
import { z } from '@hono/zod-openapi';
import { profileId } from '../schemas.js';

const verdict = z.enum(['pass', 'warn', 'undecided', 'fail']).openapi({
  description:
    'pass: no findings; warn: warnings only; undecided: no error, but at least one case that cannot be decided; fail: an error',
  example: 'fail',
});

const checkVerdict = z.enum(['pass', 'warn', 'undecided', 'fail', 'not-judged']).openapi({
  description: 'As the verdict; not-judged: no request that the check could judge',
  example: 'fail',
});

const severity = z.enum(['error', 'warn']).openapi({
  description: 'error fails a verdict, warn only warns',
  example: 'error',
});

const check = z.string().openapi({ description: 'Id of the check', example: 'retry-too-early' });

const title = z
  .string()
  .openapi({ description: 'What the client did wrong', example: 'Came back before it was told to' });

const advice = z
  .object({
    says: z.string().openapi({
      description: 'What a client is advised to do',
      example: 'Wait for as many seconds as Retry-After says before retrying',
    }),
    level: z.enum(['documented', 'inferred', 'assumed']).openapi({
      description: 'documented: a page states it; inferred: it follows from a page; assumed: no page states it',
      example: 'documented',
    }),
    note: z.string().optional().openapi({ description: 'Further remark', example: 'the pause is assumed' }),
    source: z
      .object({
        title: z.string().openapi({ description: 'Title of the page', example: 'Rate limits' }),
        url: z
          .string()
          .optional()
          .openapi({ description: 'URL of the page', example: 'https://klinky.example/limits' }),
      })
      .nullable()
      .openapi({
        description: 'The page that states it; null where none does',
        example: { title: 'Rate limits', url: 'https://klinky.example/limits' },
      }),
  })
  .openapi('Advice', { description: 'A piece of advice to clients, and its source' });

const checkResult = z
  .object({ check, title, severity, verdict: checkVerdict, advice })
  .openapi('CheckResult', { description: 'A check and its result' });

const reportedCall = z
  .object({
    id: z.string().openapi({ description: 'Id of the request', example: '102' }),
    at: z
      .number()
      .openapi({ description: 'Arrival by the clock of the sandbox, epoch ms', example: 1_778_572_812_000 }),
    connection: z.int().optional().openapi({ description: 'Number of the connection; omitted in-process', example: 3 }),
    pid: z
      .int()
      .optional()
      .openapi({ description: 'The process that sent it, where the operating system reports it', example: 4_211 }),
    knew: z.string().optional().openapi({
      description: 'What its client knew at that time',
      example: 'the answer to request 101, received on the same connection',
    }),
    knownAnswer: z
      .string()
      .optional()
      .openapi({ description: 'Id of the request whose answer it knew', example: '101' }),
  })
  .openapi('FindingCall', { description: 'One call of a finding' });

const undecided = z
  .object({
    check: z.string().openapi({
      description: 'Id of the check; empty where it concerns no particular check',
      example: 'retry-too-early',
    }),
    profile: profileId,
    caller: z.string().openapi({ description: 'The caller; credentials masked', example: 'key klinky_live_…bbbb' }),
    says: z.string().openapi({
      description: 'What happened',
      example: 'came so soon after a refusal that it may have been sent before it, on key klinky_live_…bbbb',
    }),
    times: z.int().openapi({ description: 'Number of occurrences', example: 1 }),
    entries: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Ids of the requests, at most 20', example: ['7'] }),
  })
  .openapi('Undecided', { description: 'A case in which it cannot be decided whether a client broke a rule' });

const finding = z
  .object({
    check,
    title,
    severity,
    profile: profileId,
    caller: z.string().openapi({ description: 'The caller; credentials masked', example: 'key klinky_live_…bbbb' }),
    says: z.string().openapi({
      description: 'What the client did, in numbers',
      example: 'came back 412 ms after being told to wait 23 s, on key klinky_live_…bbbb, 3 times',
    }),
    times: z.int().openapi({ description: 'Number of occurrences', example: 3 }),
    entries: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Ids of the requests that show it, at most 20', example: ['101', '102'] }),
    entriesOmitted: z.int().openapi({ description: 'How many more requests show it', example: 0 }),
    calls: z
      .array(reportedCall)
      .readonly()
      .openapi({ description: 'The calls of the most serious occurrences, at most 5' }),
    hint: z.string().optional().openapi({
      description:
        "What to set in the client's library, where its User-Agent identifies it; or what else may explain the finding",
      example: 'curl: curl --retry waits as long as Retry-After says; your own loop must too',
    }),
    advice,
  })
  .openapi('Finding', { description: "One caller's violations of one piece of advice" });

const throughput = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    unit: z.string().openapi({ description: 'Unit that it counts', example: 'requests' }),
    used: z.number().openapi({ description: 'Units charged between its first request and its last', example: 80 }),
    possible: z.number().openapi({ description: 'Most units that it admits in that time', example: 100 }),
  })
  .openapi('Throughput', { description: 'How much of a limit was used' });

const completion = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    tookMs: z.number().openapi({
      description: 'From the first refusal to the last admission of a call that had been refused',
      example: 95_000,
    }),
    bestMs: z.number().openapi({ description: 'Shortest time in which it admits as many units', example: 60_000 }),
  })
  .openapi('Completion', { description: 'How long it took to complete the calls that a limit had refused' });

const figures = z
  .object({
    requests: z.int().openapi({ description: 'Number of requests', example: 106 }),
    admitted: z
      .int()
      .openapi({ description: 'Requests that were not refused: by no policy, and not by a 429', example: 100 }),
    refused: z.int().openapi({ description: 'Requests that a policy refused, or that were answered 429', example: 6 }),
    succeeded: z.int().openapi({ description: 'Requests answered with a complete 2xx or 3xx', example: 98 }),
    rejected: z.int().openapi({ description: 'Requests answered with a 4xx other than a refusal', example: 1 }),
    failed: z.int().openapi({
      description: 'Requests with a 5xx, with no response, or with a successful response that was cut',
      example: 1,
    }),
    spanMs: z.number().openapi({ description: 'From the first arrival to the last sending', example: 71_000 }),
    throughput: throughput.nullable().openapi({
      description: 'For the limit with the largest share used; null where no limit with a rate was evaluated',
      example: { policy: 'key-minute', unit: 'requests', used: 80, possible: 100 },
    }),
    completion: completion.nullable().openapi({
      description:
        'The case with the longest delay beyond the shortest possible time, among calls that were refused and then completed; null where there was none',
      example: { policy: 'key-minute', tookMs: 95_000, bestMs: 60_000 },
    }),
    toldToWaitMs: z.number().openapi({
      description:
        'Total time that callers had to wait according to refusals, for callers that came back; overlapping waits count once',
      example: 23_000,
    }),
    waitedMs: z.number().openapi({
      description: 'Total time that such callers actually waited; overlapping waits count once',
      example: 412,
    }),
    longestRefusalStreak: z
      .int()
      .openapi({ description: 'Longest series of consecutive refusals of one caller', example: 4 }),
  })
  .openapi('Figures', { description: 'Figures of a run, by the clock of the sandbox' });

const profileReport = z
  .object({
    profile: profileId,
    title: z.string().openapi({ description: 'Its title', example: 'Klinky public API' }),
    verdict,
    figures,
    checks: z.array(checkResult).readonly().openapi({ description: 'All checks that apply, passed or not' }),
    findings: z.array(finding).readonly().openapi({ description: 'The most serious first' }),
    undecided: z
      .array(undecided)
      .readonly()
      .openapi({ description: 'Cases in which it cannot be decided whether a client broke a rule' }),
  })
  .openapi('ProfileReport', { description: 'How the clients of one provider behaved' });

/** Schema of a report. */
export const reportSchema = z
  .object({
    verdict,
    requests: z
      .object({
        judged: z.int().openapi({ description: 'Requests that were judged', example: 106 }),
        lost: z
          .int()
          .openapi({ description: 'Requests that were evicted from the journal before they were judged', example: 0 }),
      })
      .openapi({ description: 'The requests on which the report is based', example: { judged: 106, lost: 0 } }),
    profiles: z.array(profileReport).readonly().openapi({ description: 'Profiles that received requests' }),
  })
  .openapi('Report', { description: 'The verdict on the clients of a sandbox' });
