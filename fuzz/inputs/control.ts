/**
 * Every call of the control API with bodies, queries and paths that do not fit, or nearly.
 * @module
 */
import { ending, type Generator, inPieces, request } from '../input.js';
import { damage, Entries, Literal, oddText, oddValue, write } from '../json.js';
import type { Random } from '../random.js';
import { type Document, type Schema, Shapes } from '../shapes.js';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly schema: Schema }[];
  readonly body: Schema | undefined;
}

/** Those that are heard of elsewhere: they take their time. */
const STREAMS = ['/events'];

/** Sandboxes in which the calls are made; the one without a name has most of them. */
const PLACES = ['', '', '', '/~t1', '/~t2', '/~a.b_c-d'];

/** @param document the control API's own OpenAPI document */
export function controlInputs(document: Document): Record<'control' | 'faults' | 'sandboxes' | 'streams', Generator> {
  const shapes = new Shapes(document);
  const calls = callsOf(document);
  const schemas = (document['components'] as { schemas: Record<string, Schema> }).schemas;

  const control: Generator = (random) => {
    const call = random.pick(calls.filter(({ path }) => !STREAMS.includes(path)));
    const method = random.chance(0.03)
      ? random.pick(['PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'TRACE', 'OPTIONS'])
      : call.method;
    return {
      pieces: inPieces(
        random,
        request({
          method,
          target: random.pick(PLACES) + target(random, call),
          headers: headers(random),
          body: bodyOf(random, call),
          close: true,
        }),
      ),
      ending: ending(random),
    };
  };

  function bodyOf(random: Random, { body, method }: Call): Buffer | undefined {
    if (!body) return method === 'GET' || random.chance(0.8) ? undefined : Buffer.from(write(oddValue(random)));
    const text = write(shapes.value(body, random));
    return random.chance(0.1) ? damage(random, text) : Buffer.from(text);
  }

  /** A fault, a few requests that may meet it, and its end: all on one connection. */
  const faults: Generator = (random) => {
    const place = random.pick(['', '/~t1', '/~t3']);
    const fault = shapes.value(schemas['FaultInput'], random);
    const told =
      fault instanceof Entries && random.chance(0.7) ? new Entries([...fault.entries, ...mild(random)]) : fault;
    const key = 'Authorization: Bearer ak_live_fuzz';
    const requests = Array.from({ length: random.between(1, 4) }, () =>
      random.chance(0.3)
        ? request({ method: 'POST', target: `${place}/aiclicks/api/v1/domains`, headers: [key], body: '{}' })
        : request({
            target:
              place +
              random.pick([
                '/aiclicks/api/v1/domains',
                '/klinky/api/v1/public/links',
                '/api/v1/public/links',
                '/v1/tools',
              ]),
            headers: [key, 'X-API-Key: klinky_live_fuzz', ...(random.chance(0.1) ? ['Origin: http://a.example'] : [])],
          }),
    );
    const all = [
      request({ method: 'POST', target: `${place}/__mock429/faults`, body: write(told) }),
      ...requests,
      request({ method: 'DELETE', target: `${place}/__mock429/faults`, close: true }),
    ];
    return { pieces: inPieces(random, Buffer.concat(all)), ending: ending(random) };
  };

  /** Names that sandboxes cannot have, and many that they can. */
  const sandboxes: Generator = (random) => {
    const name = random.weighted([
      [4, () => `s${random.below(60)}`],
      [2, () => random.word(random.between(1, 101))],
      [1, () => encodeURIComponent(oddText(random).slice(0, 200).toWellFormed())],
      [
        1,
        () =>
          random.pick([
            '__proto__',
            'constructor',
            '.',
            '..',
            '%2e',
            '',
            '~',
            '-',
            '_',
            'a%',
            'A'.repeat(100),
            'A'.repeat(101),
          ]),
      ],
    ])();
    const what = random.pick([
      '/__mock429/health',
      '/__mock429/clock',
      '/klinky/api/v1/public/links',
      '/api/v1/public/links',
      '',
      '/',
      '/__mock429',
      '/__mock429/',
    ]);
    const first = request({ target: `/~${name}${what}`, headers: ['X-API-Key: klinky_live_s'] });
    const last = random.chance(0.3)
      ? request({ method: 'DELETE', target: `/__mock429/sandboxes/${name}`, close: true })
      : request({ target: '/__mock429/sandboxes', close: true });
    return { pieces: [Buffer.concat([first, last])], ending: ending(random) };
  };

  /** Answers that take their time, and clients that do not wait for them. */
  const streams: Generator = (random) => {
    const place = random.pick(['', '/~t1', `/~w${random.below(9)}`]);
    const what = random.weighted([
      [3, '/__mock429/events'],
      [
        3,
        `/__mock429/requests?wait=${random.pick(['1ms', '50ms', '60s', '5m', '0s', '-1s', 'x', '1h'])}&count=${random.pick(['1', '5', '0', '1e9', 'x'])}`,
      ],
      [
        1,
        `/__mock429/requests?wait=60s&count=99&${random.pick(['status=429', 'profile=klinky', 'key=a', 'operation=x', 'since=1'])}`,
      ],
    ] as const);
    const headers = random.chance(0.3) ? [`Last-Event-ID: ${random.pick(['0', '1', '999999', '-1', 'x'])}`] : [];
    const waits = request({ method: random.chance(0.05) ? 'HEAD' : 'GET', target: place + what, headers });
    const before = random.chance(0.2) ? request({ target: `${place}/__mock429/health` }) : Buffer.alloc(0);
    const behind = random.chance(0.2) ? request({ target: `${place}/klinky/api/v1/public/links` }) : Buffer.alloc(0);
    return {
      pieces: [Buffer.concat([before, waits, behind])],
      ending: random.pick(['half', 'abort', 'leave'] as const),
    };
  };

  return { control, faults, sandboxes, streams };
}

/** Has a fault meet few requests, and be known by its answer. */
function mild(random: Random): [string, Literal][] {
  return [
    ['times', new Literal(random.pick(['1', '2', '3']))],
    ...(random.chance(0.2)
      ? [['delayMs', new Literal(random.pick(['0', '1', '1000', '86400000', '1e15']))] as [string, Literal]]
      : []),
  ];
}

function callsOf(document: Document): Call[] {
  type Operation = {
    parameters?: { name: string; in: string; schema: Schema }[];
    requestBody?: { content: Record<string, { schema: Schema }> };
  };
  const paths = document['paths'] as Record<string, Record<string, Operation>>;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters.filter((one) => one.in === 'query'),
      body: requestBody?.content['application/json']?.schema,
    })),
  );
}

const IDS = [
  'klinky',
  'aiclicks',
  'prediction',
  'full-domination',
  'acrely',
  'default',
  'fault-1',
  'job_1',
  't1',
  '1',
  '0',
  '-1',
  '%zz',
  '%00',
  '__proto__',
  'constructor',
  '..',
  '',
];

function target(random: Random, { path, query }: Call): string {
  const filled = path.replace(/\{\w+\}/g, () =>
    random.chance(0.7) ? random.pick(IDS) : encodeURIComponent(oddText(random).slice(0, 500).toWellFormed()),
  );
  const pairs = query
    .filter(() => random.chance(0.3))
    .map(({ name, schema }) => {
      const usual = (schema['enum'] as string[] | undefined) ?? [
        '1',
        '429',
        '4xx',
        'klinky',
        'listLinks',
        '0ms',
        'true',
        'warn',
        'json',
      ];
      const value = random.chance(0.6) ? random.pick(usual) : oddText(random).slice(0, 2_000).toWellFormed();
      return `${name}=${encodeURIComponent(name === 'wait' && /[hm]$/.test(value) ? '1ms' : value)}`;
    });
  if (random.chance(0.03)) pairs.push('__proto__=1', 'constructor');
  return `/__mock429${filled}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

function headers(random: Random): string[] {
  const lines: string[] = [];
  if (random.chance(0.3))
    lines.push(
      `Content-Type: ${random.pick(['application/json', 'text/plain', 'multipart/form-data', '', 'x'.repeat(1_000)])}`,
    );
  if (random.chance(0.03)) lines.push(`Origin: ${random.pick(['null', 'http://localhost', 'x', 'http://['])}`);
  if (random.chance(0.03)) lines.push(`Authorization: ${random.pick(['Bearer', 'Bearer x', 'Basic x', '\xff'])}`);
  if (random.chance(0.02)) lines.push('Expect: 100-continue');
  return lines;
}
