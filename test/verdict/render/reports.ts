/**
 * Reports to be written out: plain data, so that what is written changes only when the formats do.
 */
import type { ReportedRequest } from '../../../src/verdict/render/index.js';
import type {
  CheckResult,
  Figures,
  Finding,
  ProfileReport,
  Report,
  ReportedAdvice,
} from '../../../src/verdict/report/report.js';

const page = { title: 'Limits', url: 'https://shop.example/limits' };

const wait: ReportedAdvice = { says: 'Wait as long as Retry-After says', level: 'documented', source: page };
const spread: ReportedAdvice = {
  says: 'Add some random time to each wait',
  level: 'inferred',
  note: 'its sample adds 10 %',
  source: page,
};
const pause: ReportedAdvice = { says: 'Pause before asking again', level: 'assumed', source: null };

const FIGURES: Figures = {
  requests: 106,
  admitted: 100,
  refused: 6,
  succeeded: 98,
  rejected: 1,
  failed: 1,
  spanMs: 71_000,
  throughput: { policy: 'key-minute', unit: 'requests', used: 100, possible: 200 },
  completion: null,
  toldToWaitMs: 46_000,
  waitedMs: 23_412,
  longestRefusalStreak: 4,
};

const early: Finding = {
  check: 'retry-too-early',
  title: 'Came back before it was told to',
  severity: 'error',
  profile: 'shop',
  caller: 'key shop_…bbbb',
  says: 'came back 412 ms after being told to wait 23 s, on key shop_…bbbb, 3 times',
  times: 3,
  entries: ['101', '102', '103', '104'],
  entriesOmitted: 0,
  calls: [
    { id: '103', at: Date.parse('2026-05-12T08:00:03.000Z'), connection: 1, pid: 4_211 },
    {
      id: '104',
      at: Date.parse('2026-05-12T08:00:03.412Z'),
      connection: 1,
      pid: 4_211,
      knew: 'the answer to request 103, received on the same connection',
    },
  ],
  hint: 'curl: curl --retry waits as long as Retry-After says; your own loop must too',
  advice: wait,
};

const crowd: Finding = {
  check: 'no-jitter',
  title: 'Came back all at once',
  severity: 'warn',
  profile: 'shop',
  caller: 'key shop_…bbbb',
  says: '4 refused requests came back within 2 ms, on key shop_…bbbb',
  times: 1,
  entries: Array.from({ length: 12 }, (_, i) => String(90 + i)),
  entriesOmitted: 7,
  calls: [],
  advice: spread,
};

function checkOf({ check, title, severity, advice }: Finding): CheckResult {
  return { check, title, severity, verdict: severity === 'error' ? 'fail' : 'warn', advice };
}

const hammering: CheckResult = {
  check: 'hammering',
  title: 'Kept sending while refused',
  severity: 'error',
  verdict: 'pass',
  advice: pause,
};

/** A provider with an error, a warning and a check that passed. */
export const shop: ProfileReport = {
  profile: 'shop',
  title: 'Shop API',
  verdict: 'fail',
  figures: FIGURES,
  checks: [checkOf(early), hammering, checkOf(crowd)],
  findings: [early, crowd],
  undecided: [],
};

const jitter: CheckResult = { ...checkOf(crowd), verdict: 'not-judged' };

const IDLE: Figures = {
  ...FIGURES,
  requests: 1,
  admitted: 1,
  refused: 0,
  succeeded: 1,
  failed: 0,
  spanMs: 0,
  throughput: null,
  toldToWaitMs: 0,
  waitedMs: 0,
  longestRefusalStreak: 0,
};

const calm: ProfileReport = {
  profile: 'calm',
  title: 'Calm API',
  verdict: 'pass',
  figures: IDLE,
  checks: [hammering, jitter],
  findings: [],
  undecided: [],
};

/** An error and a warning with one provider, nothing with the other; the journal has lost some. */
export const mixed: Report = { verdict: 'fail', requests: { judged: 107, lost: 12 }, profiles: [shop, calm] };

/** A warning only. */
export const warned: Report = {
  verdict: 'warn',
  requests: { judged: 106, lost: 0 },
  profiles: [{ ...shop, verdict: 'warn', checks: [hammering, checkOf(crowd)], findings: [crowd] }],
};

/** Nothing that fails it, and something of which nobody can tell. */
export const open: Report = {
  verdict: 'undecided',
  requests: { judged: 106, lost: 12 },
  profiles: [
    {
      ...shop,
      verdict: 'undecided',
      checks: [{ ...checkOf(early), verdict: 'undecided' }, hammering],
      findings: [],
      undecided: [
        {
          check: 'retry-too-early',
          profile: 'shop',
          caller: 'key shop_…bbbb',
          says: 'came so soon after a refusal that it may have been sent before it, on key shop_…bbbb',
          times: 1,
          entries: ['101', '102'],
        },
        {
          check: '',
          profile: 'shop',
          caller: '',
          says: '12 requests left the journal before they were judged',
          times: 12,
          entries: [],
        },
      ],
    },
  ],
};

/** One request was judged, and nothing was found. */
export const clean: Report = { verdict: 'pass', requests: { judged: 1, lost: 0 }, profiles: [calm] };

/** No request was made of any provider. */
export const unused: Report = { verdict: 'pass', requests: { judged: 0, lost: 0 }, profiles: [] };

/** Two callers break the same advice. */
export const twoCallers: Report = {
  ...mixed,
  profiles: [{ ...shop, findings: [early, { ...early, caller: 'key shop_…cccc', says: 'came back at once' }, crowd] }],
};

/** The journal of `shop`, as far as it matters; the paths as they come. */
export const requests: ReportedRequest[] = [
  { id: '101', method: 'GET', path: '/links?limit=10', operation: 'listLinks' },
  { id: '102', method: 'GET', path: '/links?limit=20', operation: 'listLinks' },
  { id: '103', method: 'POST', path: '/links', operation: 'createLink' },
  { id: '104', method: 'GET', path: '/nothing' },
];

/** Everything that has a meaning in one of the formats, on what looks like several lines. */
export const HOSTILE =
  '<script>alert(1)</script> | a\nb\r\tc \u001b[31m "q" \'q\' ]]> <!-- & &amp; [l](https://evil.example) `x` {0} $1$ \u202e \u0085 \u2028 \ud800 \uffff www.evil.example';

/** The same report with that wherever text comes from outside. */
export function hostile(text: string): Report {
  const source = { title: text, url: 'https://shop.example/<script>|"(a) b' };
  const advice: ReportedAdvice = { says: text, level: 'documented', note: text, source };
  return {
    ...mixed,
    profiles: [
      {
        ...shop,
        title: text,
        checks: shop.checks.map((check) => ({ ...check, advice })),
        findings: shop.findings.map((finding) => ({ ...finding, says: text, caller: text, advice })),
      },
    ],
  };
}

/** The journal of `shop` with that text in the paths, without question marks, and as the name of each operation. */
export function hostileRequests(text: string): ReportedRequest[] {
  return requests.map((request) => ({ ...request, path: `/${text.replaceAll('?', '')}`, operation: text }));
}
