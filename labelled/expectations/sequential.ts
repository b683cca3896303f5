/**
 * One request at a time. Somebody else has used up the quota; the client is refused, and waits or does not.
 * @module
 */
import { family, type Scene, type Situation, USED_UP } from '../situation.js';

const { good, bad } = family('sequential', { scene: USED_UP['aiclicks']! });

/** A window of a second: told to wait one, it waits one. */
const SHORT = ['--compress', '60'];
/** For programs that the scene cannot wait for: two seconds. */
const LONGER = ['--compress', '30'];

const TOLD_ONE: Scene = { faults: [{ status: 429, headers: { 'Retry-After': '1' }, times: 1 }] };

/** By library: in JavaScript, each of them with the same loop around it. */
const TRANSPORTS: readonly (readonly [name: string, what: string])[] = [
  ['fetch', 'fetch'],
  ['keep-alive', 'node:http with a keep-alive agent'],
  ['close', 'node:http with a connection for each request'],
  ['undici', 'undici.request'],
  ['axios', 'axios'],
  ['got', 'got'],
  ['ky', 'ky'],
];

const javascript: readonly Situation[] = TRANSPORTS.flatMap(([transport, what]) => [
  good({
    id: `${transport}-told`,
    what: `waits as told, with ${what}`,
    command: ['sequential.mjs', { transport, wait: 'told-and-jitter' }],
    flags: SHORT,
  }),
  bad({
    id: `${transport}-at-once`,
    what: `asks again at once five times, with ${what}`,
    command: ['sequential.mjs', { transport, wait: 'at-once' }],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
]);

const others: readonly Situation[] = (
  [
    ['urllib', 'ask_urllib.py', 'python3', 'urllib, which closes each connection'],
    ['http-client', 'ask_http_client.py', 'python3', 'http.client on one connection'],
    ['requests', 'ask_requests.py', 'python3-requests', 'requests'],
    ['perl', 'ask.pl', 'perl', 'HTTP::Tiny of Perl'],
    ['ruby', 'ask.rb', 'ruby', 'Net::HTTP of Ruby'],
    ['go', 'ask.go', 'go', 'net/http of Go'],
  ] as const
).flatMap(([id, program, need, what]) => [
  good({
    id: `${id}-told`,
    what: `waits as told, with ${what}`,
    command: [program, 'told', '5'],
    needs: [need],
    // What is compiled first takes longer than any short window.
    ...(id === 'go' ? { scene: TOLD_ONE } : { flags: LONGER }),
  }),
  bad({
    id: `${id}-at-once`,
    what: `asks again at once six times, with ${what}`,
    command: [program, 'at-once', '6'],
    needs: [need],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
]);

/** Processes one after another: the next begins when the last has ended, and the loop around them knows what each was told. */
const loops: readonly Situation[] = (
  [
    ['curl', 'curl_loop.sh', 'curl', 'a loop of curl'],
    ['wget', 'wget_loop.sh', 'wget', 'a loop of wget'],
    ['tcp', 'tcp_loop.sh', 'bash', 'the sockets of bash'],
  ] as const
).flatMap(([id, program, need, what]) => [
  good({
    id: `${id}-told`,
    what: `waits as told, with ${what}`,
    command: [program, 'told', '5'],
    needs: [need, 'bash'],
    flags: LONGER,
  }),
  bad({
    id: `${id}-at-once`,
    what: `asks again at once eight times, with ${what}`,
    command: [program, '0', '8'],
    needs: [need, 'bash'],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
]);

/** Family `sequential`: one request at a time, in several languages and libraries, each waiting as told and each asking again at once. */
export const sequential: readonly Situation[] = [
  ...javascript,
  ...others,
  ...loops,
  good({
    id: 'day',
    what: 'asks for 25 things, waits as told twice, and never looks at what is left',
    command: ['sequential.mjs', { requests: 25, wait: 'told-and-jitter' }],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=10'],
    scene: {},
    may: ['ignored-remaining'],
  }),
  bad({
    id: 'remaining-ignored',
    what: 'spends all that is left, sees that nothing is, and goes on until it is refused',
    command: ['sequential.mjs', { requests: 5, wait: 'told-and-jitter' }],
    flags: ['--compress', '60', '--set', 'policies.key-minute.quota=3'],
    scene: {},
    verdict: ['warn'],
    must: ['ignored-remaining'],
  }),
  bad({
    id: 'drops-and-goes-on',
    what: 'walks through twelve things, drops what is refused, and goes on with the next at once',
    command: ['sequential.mjs', { requests: 12, tries: 1 }],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
  bad({
    id: 'preopened-at-once',
    what: 'has opened twelve connections before, and asks again at once on the next of them, twelve times',
    command: ['preopen.mjs', {}],
    must: ['retry-too-early', 'hammering'],
    may: ['gave-up'],
  }),
  good({
    id: 'preopened-told',
    what: 'has opened connections before, and asks again on the next of them when it was told to',
    command: ['preopen.mjs', { n: 3, wait: 'told-and-jitter' }],
    flags: SHORT,
  }),
];
