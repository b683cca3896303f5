/**
 * Several programs, or several processes of one, on one key. None can know what the others were told.
 * @module
 */
import { family, type Situation, USED_UP } from '../situation.js';

const SHORT = ['--compress', '60', '--set', 'policies.key-minute.quota=10'];
const { good, bad } = family('processes', { flags: SHORT, may: ['shared-key', 'ignored-remaining'] });

const POLITE = ['sequential.mjs', { requests: 8, wait: 'told-and-jitter', tries: 8 }];
const HAMMERING = ['sequential.mjs', { wait: 'at-once', tries: 10 }];
const named = (headers: Readonly<Record<string, string>>) => [
  'sequential.mjs',
  { requests: 16, pause: 20, wait: 'told-and-jitter', tries: 8, headers },
];

/** Family `processes`: several processes or threads that share one key. */
export const processes: readonly Situation[] = [
  good({
    id: 'three-told',
    what: 'is three processes, each of which waits as it was told',
    command: ['several.mjs', { programs: [POLITE, POLITE, POLITE] }],
  }),
  good({
    id: 'one-begins-later',
    what: 'is two processes, of which the second begins when the first has used up what there was; both wait as told',
    command: ['several.mjs', { programs: [POLITE, POLITE], apart: 400 }],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=8'],
  }),
  good({
    id: 'cluster-told',
    what: 'is a cluster of three workers, each of which waits as it was told',
    command: ['cluster.mjs', { workers: 3, jobs: 7 }],
    may: ['shared-key', 'uncoordinated', 'ignored-remaining'],
  }),
  good({
    id: 'threads-told',
    what: 'is three worker threads, each of which waits as it was told',
    command: ['worker-threads.mjs', { workers: 3, jobs: 7 }],
    may: ['shared-key', 'uncoordinated', 'ignored-remaining'],
  }),
  good({
    id: 'threads-gate',
    what: 'is three worker threads with a gate in shared memory',
    command: ['worker-threads.mjs', { workers: 3, jobs: 7, gate: true }],
    // A thread may read the shared memory just before another writes it.
    may: ['shared-key', 'uncoordinated', 'ignored-remaining', 'herd-at-reset'],
  }),
  good({
    id: 'xargs-curl',
    what: 'is eight loops of curl, four at a time under xargs, each of which waits as it was told',
    command: ['xargs.sh', 'told', '6', '8', '4'],
    needs: ['bash', 'xargs', 'curl'],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=5'],
    may: ['shared-key', 'ignored-remaining'],
  }),
  good({
    id: 'xargs-shells',
    what: 'is twelve loops of curl, four at a time under xargs; each waits as told and a little longer, while the next ones start',
    command: ['xargs.sh', 'told-and-jitter', '6', '12', '4'],
    needs: ['bash', 'xargs', 'curl'],
    flags: ['--compress', '20', '--set', 'policies.key-minute.quota=6'],
    // None of the loops has two requests under way, so there is nothing for it to coordinate.
    may: ['shared-key', 'ignored-remaining'],
  }),
  good({
    id: 'curl-one-by-one',
    what: 'is eight processes of curl, one after another, the loop around which waits as told',
    command: ['curl_many.sh', '8'],
    needs: ['bash', 'curl'],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=4'],
    may: ['ignored-remaining'],
  }),
  good({
    id: 'curl-parallel',
    what: 'is curl --parallel --retry, which waits for each as told',
    command: ['curl_parallel.sh', '8'],
    needs: ['bash', 'curl'],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=4'],
    may: ['uncoordinated', 'ignored-remaining', 'herd-at-reset'],
  }),
  bad({
    id: 'two-named',
    what: 'is two programs that say who they are by X-Mock429-Client, and share a key; both wait as told',
    command: [
      'several.mjs',
      { programs: [named({ 'X-Mock429-Client': 'importer' }), named({ 'X-Mock429-Client': 'dashboard' })] },
    ],
    flags: ['--compress', '30', '--set', 'policies.key-minute.quota=10'],
    verdict: ['warn'],
    must: ['shared-key'],
    may: ['ignored-remaining'],
  }),
  bad({
    id: 'two-user-agents',
    what: 'is two programs with a User-Agent each that share a key; both wait as told',
    command: [
      'several.mjs',
      { programs: [named({ 'User-Agent': 'importer/1' }), named({ 'User-Agent': 'report/2' })] },
    ],
    flags: ['--compress', '30', '--set', 'policies.key-minute.quota=10'],
    verdict: ['warn'],
    must: ['shared-key'],
    may: ['ignored-remaining'],
  }),
  bad({
    id: 'three-at-once',
    what: 'is three processes, each of which asks again at once',
    command: ['several.mjs', { programs: [HAMMERING, HAMMERING, HAMMERING] }],
    flags: [],
    scene: USED_UP['aiclicks']!,
    must: ['retry-too-early', 'hammering'],
    may: ['shared-key', 'gave-up'],
  }),
  bad({
    id: 'one-of-two',
    what: 'is two processes, one of which waits as told, while the other asks again at once',
    command: ['several.mjs', { programs: [['sequential.mjs', { wait: 'told-and-jitter' }], HAMMERING] }],
    flags: [],
    scene: { faults: [{ status: 429, headers: { 'Retry-After': '2' }, times: 9 }] },
    must: ['retry-too-early', 'hammering'],
    may: ['shared-key', 'gave-up'],
  }),
  bad({
    id: 'cluster-at-once',
    what: 'is a cluster of three workers, each of which asks again at once',
    command: ['cluster.mjs', { workers: 3, jobs: 6, wait: 'at-once', tries: 6 }],
    flags: ['--set', 'policies.key-minute.quota=6'],
    must: ['retry-too-early', 'hammering'],
    may: ['shared-key', 'gave-up', 'ignored-remaining'],
  }),
  bad({
    id: 'xargs-at-once',
    what: 'is four loops of curl at a time, each of which asks again at once',
    command: ['xargs.sh', '0', '8', '4', '4'],
    needs: ['bash', 'xargs', 'curl'],
    flags: [],
    scene: USED_UP['aiclicks']!,
    must: ['retry-too-early', 'hammering'],
    may: ['shared-key', 'gave-up'],
  }),
  bad({
    id: 'xargs-too-early',
    what: 'is six loops of curl, three at a time under xargs, each of which asks again 0.3 s after a refusal, whatever it was told',
    command: ['xargs.sh', '0.3', '8', '6', '3'],
    needs: ['bash', 'xargs', 'curl'],
    flags: [],
    scene: USED_UP['aiclicks']!,
    must: ['retry-too-early'],
    may: ['shared-key', 'gave-up', 'hammering', 'no-backoff'],
  }),
];
