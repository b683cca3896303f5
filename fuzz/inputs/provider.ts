/**
 * Calls of the providers: their operations with paths, queries, header fields and bodies that do not fit, or nearly.
 * @module
 */
import { ending, type Generator, inPieces, request } from '../input.js';
import { damage, oddText, write } from '../json.js';
import type { Operation, Provider } from '../providers.js';
import type { Random } from '../random.js';
import { Shapes } from '../shapes.js';

/** @param providers those that the server serves; a single one stands at the root */
export function providerInputs(providers: readonly Provider[]): Generator {
  const shapes = new Map(providers.map((one) => [one.id, new Shapes(one.document, 0.02)]));
  return (random) => {
    const provider = random.pick(providers);
    const place = random.pick(['', '', '/~t1']) + (providers.length > 1 ? `/${provider.id}` : '');
    const requests = Array.from(
      {
        length: random.weighted([
          [6, 1],
          [2, 2],
          [1, 6],
        ] as const),
      },
      (_, i) => one(random, provider, place, i),
    );
    const last = request({ target: `${place}/`, headers: credential(random, provider), close: true });
    return { pieces: inPieces(random, Buffer.concat([...requests, last])), ending: ending(random) };
  };

  function one(random: Random, provider: Provider, place: string, _i: number): Buffer {
    const operation = random.pick(provider.operations);
    const schema = operation.body;
    const text = schema ? write(shapes.get(provider.id)!.value(schema, random)) : undefined;
    const body = text === undefined ? undefined : random.chance(0.08) ? damage(random, text) : Buffer.from(text);
    return request({
      method: random.chance(0.04) ? random.pick(['HEAD', 'OPTIONS', 'TRACE', 'PATCH', 'DELETE']) : operation.method,
      target: place + target(random, operation, shapes.get(provider.id)!),
      headers: [...credential(random, provider), ...headers(random, operation)],
      body: body ?? (random.chance(0.05) ? '{}' : undefined),
    });
  }
}

function target(random: Random, { path, query }: Operation, shapes: Shapes): string {
  const filled = path.replace(/\{[^}]+\}/g, () =>
    random.chance(0.85)
      ? random.pick([
          '1',
          'abc',
          'dom_1',
          'google',
          'nano-banana',
          random.word(8),
          '00000000-0000-4000-8000-000000000000',
        ])
      : random.pick([
          '%00',
          '%zz',
          '%',
          '%2f',
          '%2e%2e',
          '..',
          '.',
          '',
          '__proto__',
          'a\\b',
          '"',
          '{}',
          '%f0%9f%98%80',
          '%ff',
          'x'.repeat(3_000),
          '-1',
          '0',
          '1e9',
        ]),
  );
  const pairs = query
    .filter(({ required }) => random.chance(required ? 0.95 : 0.3))
    .map(({ name, schema }) => {
      const value = random.chance(0.8) ? shapes.value(schema, random) : oddText(random).slice(0, 1_000);
      const text = typeof value === 'object' ? write(value) : String(value);
      return `${name}=${encodeURIComponent(text.slice(0, 2_000).toWellFormed())}`;
    });
  if (random.chance(0.1))
    pairs.push(
      random.pick([
        '%zz=%',
        '&&&',
        '=',
        '__proto__=a',
        'a[]=1&a[]=2',
        'a[__proto__][b]=c',
        'page=-1',
        'limit=1e9',
        'cursor=%00',
      ]),
    );
  return `${filled}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

function credential(random: Random, { credentials }: Provider): string[] {
  if (random.chance(0.05)) return [];
  if (random.chance(0.05)) return [random.pick(credentials), random.pick(credentials)];
  if (random.chance(0.05))
    return [
      random.pick([
        'Authorization: ',
        'Authorization: Bearer ',
        'Authorization: Bearer ak_\xff',
        'X-API-Key: klinky_live_\xe9',
        'X-API-Key: ',
        `X-API-Key: klinky_live_${'k'.repeat(4_000)}`,
      ]),
    ];
  return [random.chance(0.85) ? random.pick(credentials.slice(0, 3)) : random.pick(credentials)];
}

function headers(random: Random, { headers: known }: Operation): string[] {
  const lines: string[] = [];
  if (random.chance(0.7)) lines.push('Content-Type: application/json');
  else if (random.chance(0.5))
    lines.push(
      `Content-Type: ${random.pick(['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/xml', ';', 'application/json; charset=utf-16'])}`,
    );
  for (const name of known)
    if (random.chance(0.4)) lines.push(`${name}: ${random.pick(['a', 'b', '', '\xff', 'x'.repeat(500), '0', '"'])}`);
  if (random.chance(0.04))
    lines.push(
      `Prefer: code=${random.pick(['200', '404', '429', '503', '500', '600', '99', '0', '-1', 'x', '1e2', '304', '204', '100', '101', '199'])}`,
    );
  if (random.chance(0.06)) lines.push(`If-None-Match: ${random.pick(['*', '"a"', 'W/"a"', '', '"', ',,,'])}`);
  if (random.chance(0.04)) lines.push(`Origin: ${random.pick(['http://a.example', 'null', '', '\xff'])}`);
  if (random.chance(0.03)) lines.push(`X-Request-Id: ${random.pick(['a', '\xff', 'x'.repeat(2_000), '', '\t'])}`);
  if (random.chance(0.02)) lines.push('Expect: 100-continue');
  return lines;
}
