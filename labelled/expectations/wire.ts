/**
 * Pipelines, aborts, timeouts, redirects.
 * @module
 */
import { family, type Situation, USED_UP } from '../situation.js';
import { LINK } from './bodies.js';

const pipelines = family('pipelines', { flags: ['--compress', '60', '--set', 'policies.key-minute.quota=3'] });

/** Family `pipelines`: several requests on one connection before the first answer. */
export const pipelined: readonly Situation[] = [
  pipelines.good({
    id: 'within',
    what: 'writes eight requests to one socket at once, where there is room for them',
    command: ['pipeline.mjs', { n: 8 }],
    flags: [],
  }),
  pipelines.good({
    id: 'above',
    what: 'writes six requests to one socket at once, and those that were refused again as told',
    command: ['pipeline.mjs', { n: 6 }],
    may: ['herd-at-reset'],
  }),
  pipelines.bad({
    id: 'at-once',
    what: 'writes six requests to one socket at once, and those that were refused again at once, eight times',
    command: ['pipeline.mjs', { n: 6, rounds: 8, wait: 'at-once' }],
    flags: ['--set', 'policies.key-minute.quota=3'],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
  pipelines.good({
    id: 'undici',
    what: 'sends eight at once with undici, four at a time on one connection; those that were refused wait together',
    command: ['burst.mjs', { n: 8, transport: 'undici-pool 1 4' }],
    // Those that wait for a place in the pipeline are sent when the first answers have come.
    may: ['herd-at-reset', 'uncoordinated', 'ignored-remaining'],
  }),
];

const PATH = '/api/v1/validate';
/** The answer is long in coming, so many times. */
const slow = (delayMs: number, times: number) => ({ faults: [{ delayMs, times }] });
/** Who waits for longer than two seconds has no timeout. */
const PATIENCE = [
  '--set',
  `advice.no-timeout=${JSON.stringify({ says: 'Give up waiting', after: '2s', evidence: { level: 'assumed' } })}`,
];
const { good, bad } = family('aborts');

/** Family `aborts`: requests that the client gives up before the answer, and one that it should have given up. */
export const aborts: readonly Situation[] = [
  good({
    id: 'timeout-back-off',
    what: 'waits 300 ms for an answer, and backs off from try to try',
    command: ['steps.mjs', [{ until: { get: PATH, for: 300 }, wait: 'exponential-and-jitter 150' }]],
    scene: slow(3_000, 3),
  }),
  bad({
    id: 'timeout-at-once',
    what: 'waits 150 ms for an answer, and asks again at once, seven times',
    command: ['steps.mjs', [{ until: { get: PATH, for: 150 }, wait: 'at-once', tries: 7 }]],
    scene: slow(3_000, 6),
    must: ['no-backoff'],
    may: ['no-retry-budget'],
  }),
  good({
    id: 'cancels-the-rest',
    what: 'sends five, and cancels the slow ones when it needs them no more',
    command: [
      'steps.mjs',
      [
        {
          together: [
            [{ get: `${PATH}?n=1`, for: 400 }],
            [{ get: `${PATH}?n=2`, for: 400 }],
            [{ get: `${PATH}?n=3`, for: 400 }],
            [{ get: `${PATH}?n=4`, for: 400 }],
            [{ get: `${PATH}?n=5`, for: 400 }],
          ],
        },
        { get: `${PATH}?n=6` },
      ],
    ],
    scene: slow(5_000, 3),
  }),
  bad({
    id: 'gave-up-waiting',
    what: 'is refused, is asked to stop while it waits, and goes on with something else later',
    command: ['steps.mjs', [{ get: PATH }, { sleep: 1_200 }, { get: `${PATH}?other=1` }]],
    scene: USED_UP['aiclicks']!,
    flags: ['--compress', '60'],
    verdict: ['warn'],
    must: ['gave-up'],
  }),
  bad({
    id: 'no-timeout',
    what: 'waits for an answer without end: for longer than two seconds, which are taken for a minute here',
    command: ['steps.mjs', [{ together: [[{ get: PATH }], [{ sleep: 2_500 }, { advance: 600_000 }]] }]],
    scene: slow(600_000, 1),
    flags: PATIENCE,
    verdict: ['warn'],
    must: ['no-timeout'],
  }),
  good({
    id: 'timeout',
    what: 'waits for an answer for a second, and then once more',
    command: ['steps.mjs', [{ get: PATH, for: 1_000 }, { sleep: 400 }, { get: PATH, for: 1_000 }]],
    scene: slow(600_000, 1),
    flags: PATIENCE,
  }),
];

const redirect = (status: number, location: string, match: object = {}) => ({
  faults: [{ status, headers: { Location: location }, times: 1, ...(Object.keys(match).length > 0 && { match }) }],
});
const LINKS = '/api/v1/public/links';
const links = { path: `${LINKS}?per_page=100`, header: 'X-API-Key: klinky_live_demo' };
const redirects = family('redirects', { profile: 'klinky', target: links });

/** Family `redirects`: clients that follow a redirect, which is not a retry. */
export const redirected: readonly Situation[] = [
  redirects.good({
    id: 'to-itself',
    what: 'is sent by a 302 to the address that it asked for, and follows once, with fetch',
    command: ['steps.mjs', [{ get: `${LINKS}?per_page=100` }]],
    scene: redirect(302, `${LINKS}?per_page=100`),
  }),
  redirects.good({
    id: 'elsewhere',
    what: 'is sent by a 302 to another address, with got',
    command: ['library.mjs', { library: 'got' }],
    scene: redirect(302, `${LINKS}?per_page=100&page=1`),
  }),
  redirects.good({
    id: 'curl',
    what: 'is curl --location, sent by a 302 to the address that it asked for',
    command: ['curl_location.sh'],
    needs: ['bash', 'curl'],
    scene: redirect(302, `${LINKS}?per_page=100`),
  }),
  redirects.good({
    id: 'urllib',
    what: 'is urllib, sent by a 301 to the address that it asked for with one parameter more',
    command: ['ask_urllib.py', 'told', '3'],
    needs: ['python3'],
    scene: redirect(301, `${LINKS}?per_page=100&page=1`),
  }),
  redirects.good({
    id: 'creation',
    what: 'is sent by a 307 to where it is to create, and creates once',
    command: ['steps.mjs', [{ post: LINKS, body: LINK }]],
    scene: redirect(307, LINKS),
  }),
  redirects.good({
    id: 'refused-there',
    what: 'follows a 302, is refused there, waits as told, and takes the same way again',
    command: ['sequential.mjs', { wait: 'told-and-jitter' }],
    profile: 'aiclicks',
    target: { path: PATH, header: 'Authorization: Bearer ak_live_demo' },
    scene: {
      faults: [
        { status: 302, headers: { Location: '/api/v1/domains' }, match: { path: PATH } },
        { status: 429, headers: { 'Retry-After': '1' }, times: 1, match: { path: '/api/v1/domains' } },
      ],
    },
  }),
  redirects.bad({
    id: 'and-again',
    what: 'follows a 302, has its answer, and asks the same again half a second later',
    command: ['steps.mjs', [{ get: `${LINKS}?per_page=100` }, { sleep: 500 }, { get: `${LINKS}?per_page=100` }]],
    scene: redirect(302, `${LINKS}?per_page=100`),
    verdict: ['warn'],
    must: ['missed-cache'],
  }),
];
