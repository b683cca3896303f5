/**
 * A report as the control API shows it.
 * @module
 */
import { z } from '@hono/zod-openapi';
import { profileId } from '../schemas.js';

const verdict = z.enum(['pass', 'warn', 'undecided', 'fail']).openapi({
  description:
    'pass: nothing was found; warn: nothing worse than warnings; undecided: nothing that fails it, but something of which nobody can tell; fail: an error',
  example: 'fail',
});

const checkVerdict = z.enum(['pass', 'warn', 'undecided', 'fail', 'not-judged']).openapi({
  description: 'As the verdict; not-judged: nothing happened that the check could judge',
  example: 'fail',
});

const severity = z.enum(['error', 'warn']).openapi({
  description: 'error fails a verdict, warn only warns',
  example: 'error',
});

const check = z.string().openapi({ description: 'Id of the check', example: 'retry-too-early' });

const title = z
  .string()
  .openapi({ description: 'What a client that breaks it did', example: 'Came back before it was told to' });

const advice = z
  .object({
    says: z.string().openapi({
      description: 'What it asks of a client',
      example: 'Wait for as many seconds as Retry-After says before retrying',
    }),
    level: z.enum(['documented', 'inferred', 'assumed']).openapi({
      description: 'documented: a page says it; inferred: it follows from a page; assumed: no page says it',
      example: 'documented',
    }),
    note: z.string().optional().openapi({ description: 'What else is to be said', example: 'the pause is assumed' }),
    source: z
      .object({
        title: z.string().openapi({ description: 'Title of the page', example: 'Rate limits' }),
        url: z.string().optional().openapi({ description: 'Where it is', example: 'https://klinky.example/limits' }),
      })
      .nullable()
      .openapi({
        description: 'The page that gives it; null where none does',
        example: { title: 'Rate limits', url: 'https://klinky.example/limits' },
      }),
  })
  .openapi('Advice', { description: 'What clients are advised to do, and where' });

const checkResult = z
  .object({ check, title, severity, verdict: checkVerdict, advice })
  .openapi('CheckResult', { description: 'A check that was made, and what came of it' });

const reportedCall = z
  .object({
    id: z.string().openapi({ description: 'Id of the request', example: '102' }),
    at: z
      .number()
      .openapi({ description: 'Arrival by the clock of the sandbox, epoch ms', example: 1_778_572_812_000 }),
    connection: z.int().optional().openapi({ description: 'Number of the connection; none in-process', example: 3 }),
    pid: z
      .int()
      .optional()
      .openapi({ description: 'The process that sent it, where the operating system knows it', example: 4_211 }),
    knew: z.string().optional().openapi({
      description: 'What its client knew',
      example: 'the answer to request 101, received on the same connection',
    }),
  })
  .openapi('FindingCall', { description: 'One call of a finding' });

const undecided = z
  .object({
    check: z.string().openapi({
      description: 'Id of the check; empty where it is about no check in particular',
      example: 'retry-too-early',
    }),
    profile: profileId,
    caller: z
      .string()
      .openapi({ description: 'Whom it is about; credentials masked', example: 'key klinky_live_…bbbb' }),
    says: z.string().openapi({
      description: 'What happened',
      example: 'came so soon after a refusal that it may have been sent before it, on key klinky_live_…bbbb',
    }),
    times: z.int().openapi({ description: 'How often', example: 1 }),
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
    caller: z.string().openapi({ description: 'Who did it; credentials masked', example: 'key klinky_live_…bbbb' }),
    says: z.string().openapi({
      description: 'What was done, in numbers',
      example: 'came back 412 ms after being told to wait 23 s, on key klinky_live_…bbbb, 3 times',
    }),
    times: z.int().openapi({ description: 'How often', example: 3 }),
    entries: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Ids of the requests that show it, at most 20', example: ['101', '102'] }),
    entriesOmitted: z.int().openapi({ description: 'How many more requests show it', example: 0 }),
    calls: z
      .array(reportedCall)
      .readonly()
      .openapi({ description: 'The calls that show the gravest of them, at most 5' }),
    hint: z.string().optional().openapi({
      description: "What to set in the client's library, where that is known by its User-Agent",
      example: 'curl: curl --retry waits for Retry-After unless --retry-delay is given',
    }),
    advice,
  })
  .openapi('Finding', { description: "One caller's offences against one piece of advice" });

const throughput = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    unit: z.string().openapi({ description: 'What it counts', example: 'requests' }),
    used: z.number().openapi({ description: 'Units charged between its first request and its last', example: 80 }),
    possible: z.number().openapi({ description: 'The most that it lets through in that time', example: 100 }),
  })
  .openapi('Throughput', { description: 'How much of a limit was used' });

const completion = z
  .object({
    policy: z.string().openapi({ description: 'Id of the policy', example: 'key-minute' }),
    tookMs: z.number().openapi({
      description: 'From the first refusal to the last admission of a call that had been refused',
      example: 95_000,
    }),
    bestMs: z.number().openapi({ description: 'The least time in which it lets through as much', example: 60_000 }),
  })
  .openapi('Completion', { description: 'How long it took to do what a limit had held up' });

const figures = z
  .object({
    requests: z.int().openapi({ description: 'How many came', example: 106 }),
    admitted: z.int().openapi({ description: 'Those that no policy refused', example: 100 }),
    refused: z.int().openapi({ description: 'Those that a policy refused, or that were answered 429', example: 6 }),
    succeeded: z.int().openapi({ description: 'Answered 2xx or 3xx', example: 98 }),
    rejected: z.int().openapi({ description: 'Answered with any other 4xx than a refusal', example: 1 }),
    failed: z
      .int()
      .openapi({ description: '5xx, and connections that ended without an answer or within one', example: 1 }),
    spanMs: z.number().openapi({ description: 'From the first arrival to the last sending', example: 71_000 }),
    throughput: throughput.nullable().openapi({
      description: 'Of the limit of which the largest share was used; null where none was asked that has a rate',
      example: { policy: 'key-minute', unit: 'requests', used: 80, possible: 100 },
    }),
    completion: completion.nullable().openapi({
      description:
        'Of the times that a limit held up work which was then done, the one that took the most time beyond the best; null where there was none',
      example: { policy: 'key-minute', tookMs: 95_000, bestMs: 60_000 },
    }),
    toldToWaitMs: z.number().openapi({
      description:
        'Time in which somebody had been told to wait, over those who came back; what several were told at the same time counts once',
      example: 23_000,
    }),
    waitedMs: z.number().openapi({
      description: 'Time in which at least one of these clients was waiting, counted likewise',
      example: 412,
    }),
    longestRefusalStreak: z.int().openapi({ description: 'Refusals in a row of any one caller', example: 4 }),
  })
  .openapi('Figures', { description: 'What a run came to, by the clock of the sandbox' });

const profileReport = z
  .object({
    profile: profileId,
    title: z.string().openapi({ description: 'Its title', example: 'Klinky public API' }),
    verdict,
    figures,
    checks: z.array(checkResult).readonly().openapi({ description: 'All that apply, passed or not' }),
    findings: z.array(finding).readonly().openapi({ description: 'The gravest first' }),
    undecided: z
      .array(undecided)
      .readonly()
      .openapi({ description: 'Cases in which it cannot be decided whether a client broke a rule' }),
  })
  .openapi('ProfileReport', { description: 'How the clients of one provider behaved' });

export const reportSchema = z
  .object({
    verdict,
    requests: z
      .object({
        judged: z.int().openapi({ description: 'Those that were judged', example: 106 }),
        lost: z.int().openapi({ description: 'Those that left the journal before they were judged', example: 0 }),
      })
      .openapi({ description: 'What the report is made of', example: { judged: 106, lost: 0 } }),
    profiles: z.array(profileReport).readonly().openapi({ description: 'Those that were asked anything' }),
  })
  .openapi('Report', { description: 'Whether the clients of a sandbox behaved' });
