/**
 * What the corpus says of an answer, what the rows add up to, and which servers' paths it asks.
 */
import { describe, expect, test } from 'vitest';
import { type Finding, judge, judging, names } from '../../corpus/answers/judge.js';
import type { JsonObject } from '../../corpus/api/json.js';
import { basePathOf } from '../../corpus/api/servers.js';
import { type Budgets, overruns } from '../../corpus/budgets.js';
import { type Document, sample } from '../../corpus/documents.js';
import { kindOfText } from '../../corpus/one.js';
import { hasBudgets, readOptions } from '../../corpus/options.js';
import type { Purpose } from '../../corpus/requests/request.js';
import { Checks } from '../../corpus/schema/checks.js';
import type { Score } from '../../corpus/score.js';
import { postOf } from './documents.js';

const PET: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, born: { type: 'string', format: 'date', example: 'long ago' } },
};

/** What is said of an answer to `POST /pets`: a `+` in front of what is right. */
function said(
  responses: JsonObject,
  answer: { status: number; body?: unknown; headers?: Record<string, string> } | string,
  purpose: Purpose = { kind: 'valid' },
) {
  const { source, operation } = postOf({ responses });
  const request = { method: 'POST', target: '/pets', headers: {}, body: undefined };
  const wire =
    typeof answer === 'string'
      ? answer
      : {
          status: answer.status,
          headers: { 'content-type': 'application/json', ...answer.headers },
          body: Buffer.from(answer.body === undefined ? '' : JSON.stringify(answer.body)),
        };
  const findings = judge(judging(source, new Checks(source, 'answer'), 1), { operation, purpose, request }, wire);
  return findings.map(({ measure, ok, kind }: Finding) =>
    ok ? `+${measure}` : `${measure}${kind === undefined ? '' : `: ${kind}`}`,
  );
}

const answering = (schema: JsonObject, more: JsonObject = {}): JsonObject => ({
  201: { description: 'made', content: { 'application/json': { schema, ...more } } },
});

describe('valid requests', () => {
  test('want a documented success', () => {
    expect(said({ 201: {} }, { status: 201 })).toEqual(['+unbroken', '+success']);
    expect(said({ 201: {} }, { status: 200 })).toEqual(['+unbroken', 'success: answered 200']);
    expect(said({ '2XX': {} }, { status: 200 })).toEqual(['+unbroken', '+success']);
    expect(said({ default: {} }, { status: 200 })).toEqual(['+unbroken', '+success']);
    expect(said({ 200: {}, default: {} }, { status: 202 })).toEqual(['+unbroken', 'success: answered 202']);
    expect(said({ 302: {} }, { status: 302 })).toEqual(['+unbroken', '+success']);
    expect(said({ 201: {}, 400: {} }, { status: 400 })).toEqual(['+unbroken', 'success: answered 400']);
    expect(said({ 201: {} }, { status: 500 })).toEqual(['unbroken: own 500', 'success: answered 500']);
    expect(said({ 201: {} }, 'connection reset')).toEqual(['success: answered nothing', 'unbroken: no answer']);
  });

  test('want a body that is valid', () => {
    expect(said(answering(PET), { status: 201, body: { name: 'Rex' } })).toContain('+body');
    expect(said(answering(PET), { status: 201, body: {} })).toContain('body: required');
    expect(said(answering(PET), { status: 201, body: { name: 1 } })).toContain('body: type string');
    expect(said(answering(PET), { status: 201, body: { name: 'Rex', born: 'today' } })).toContain('body: format date');
  });

  test('and a faulty example of the document is not counted', () => {
    const left = ['+unbroken', '+success'];
    expect(said(answering(PET), { status: 201, body: { name: 'Rex', born: 'long ago' } })).toEqual(left);
    expect(said(answering(PET, { example: { nom: 'Rex' } }), { status: 201, body: { nom: 'Rex' } })).toEqual(left);
    expect(said(answering(PET, { example: '{ "nom": "Rex" }' }), { status: 201, body: { nom: 'Rex' } })).toEqual(left);
    expect(said(answering(PET, { example: { nom: 'Rex' } }), { status: 201, body: { nom: 'Max' } })).toContain(
      'body: required',
    );
  });

  test('also within a larger object, or beside another error', () => {
    const example = { code: 'a', parent: null };
    const part = { type: 'object', properties: { code: { type: 'string' }, parent: { type: 'string' } }, example };
    const whole = { allOf: [{ type: 'object', properties: { link: { type: 'string' } } }, part] };
    expect(said(answering(whole), { status: 201, body: { link: 'x', ...example } })).toEqual(['+unbroken', '+success']);
    expect(said(answering(whole), { status: 201, body: { link: 1, ...example } })).toContain('body: type string');
    expect(said(answering(whole), { status: 201, body: { code: 'b', parent: null } })).toContain('body: type string');
    const nullable = {
      ...PET,
      properties: { name: { type: 'string', format: 'date', nullable: true, example: 'Rex' } },
    };
    expect(said(answering(nullable), { status: 201, body: { name: 'Rex' } })).toEqual(['+unbroken', '+success']);
    expect(said(answering(nullable), { status: 201, body: { name: 'Max' } })).toContain('body: format date');
  });

  test('nor is an answer with more faults and examples than are compared', () => {
    const examples = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`e${i}`, { value: { id: i } }]));
    const schema: JsonObject = { type: 'array', items: { type: 'object', properties: { id: { type: 'string' } } } };
    const faulty = Array.from({ length: 2_000 }, (_, i) => ({ id: i }));
    expect(said(answering(schema, { examples }), { status: 201, body: faulty })).toEqual(['+unbroken', '+success']);
  });

  test('nor is a schema that nothing fits', () => {
    const same = { type: 'object', properties: { a: { type: 'string' } } };
    expect(said(answering({ oneOf: [same, same] }), { status: 201, body: {} })).toEqual(['+unbroken', '+success']);
    expect(said(answering({ type: 'integer', enum: ['a'] }), { status: 201, body: 'a' })).toContain('+body');
  });

  test('want the documented headers', () => {
    const responses = { 201: { headers: { Location: {}, 'X-Rate': {}, 'Content-Type': {}, 'Transfer-Encoding': {} } } };
    expect(said(responses, { status: 201, headers: { location: '/pets/1' } })).toEqual([
      '+unbroken',
      '+success',
      '+header',
      'header: a documented header is missing',
    ]);
  });
});

describe('invalid requests', () => {
  const purpose: Purpose = { kind: 'invalid', fault: 'required query parameter left out', field: 'api-version' };
  test('want a refusal that names the field', () => {
    const say = (status: number, body: unknown) => said({ 201: {} }, { status, body }, purpose);
    expect(say(400, { message: 'api-version is required' })).toEqual(['+unbroken', '+refused', '+named']);
    expect(say(422, { message: 'invalid' })).toEqual([
      '+unbroken',
      '+refused',
      'named: required query parameter left out, refused with 422',
    ]);
    expect(say(201, { message: 'api-version' })).toEqual([
      '+unbroken',
      'refused: required query parameter left out',
      'named',
    ]);
    expect(say(500, {})).toEqual(['unbroken: own 500', 'refused: required query parameter left out', 'named']);
  });

  test('to HEAD cannot name the field', () => {
    const { source, operation } = postOf({});
    const prepared = {
      operation: { ...operation, method: 'HEAD' },
      purpose,
      request: { method: 'HEAD', target: '/pets', headers: {}, body: undefined },
    };
    const wire = { status: 400, headers: {}, body: Buffer.alloc(0) };
    const findings = judge(judging(source, new Checks(source, 'answer'), 1), prepared, wire);
    expect(findings.map(({ measure, ok }) => [measure, ok])).toEqual([
      ['unbroken', true],
      ['refused', true],
    ]);
  });

  test('a name is a word of its own', () => {
    expect(names('"/filter~1size" is wrong', 'filter/size')).toBe(true);
    expect(names('the article', 'a')).toBe(false);
    expect(names('id: must be integer', 'id')).toBe(true);
    expect(names('invalid', 'id')).toBe(false);
    expect(names('$filter is wrong', '$filter')).toBe(true);
  });
});

test('the base path of a server', () => {
  const path = (url: string, variables: JsonObject = {}) => basePathOf([{ url, variables }]);
  expect(path('https://api.example.com/v1/')).toBe('/v1');
  expect(path('//api.example.com/v1')).toBe('/v1');
  expect(path('api.example.com/v1')).toBe('/v1');
  expect(path('/v1')).toBe('/v1');
  expect(path('https://{host}/{base}?x=1', { host: { default: 'a.example' }, base: { default: 'v2' } })).toBe('/v2');
  expect(path('https://api.example.com')).toBe('');
  expect(basePathOf([])).toBe('');
});

describe('the sample', () => {
  const documents: Document[] = [
    ...Array.from({ length: 400 }, (_, i) => ({ id: `cloud/${i}`, file: '', publisher: 'cloud', bytes: 1 })),
    ...Array.from({ length: 100 }, (_, i) => ({ id: `small-${i}`, file: '', publisher: `small-${i}`, bytes: 1 })),
  ];
  test('begins with the smaller sample of the same seed', () => {
    expect(sample(documents, 60, 5).slice(0, 20)).toEqual(sample(documents, 20, 5));
    expect(sample(documents, 60, 6)).not.toEqual(sample(documents, 60, 5));
  });

  test('is spread over publishers', () => {
    // 400 of one publisher weigh as much as 20 of the 100 others: about one of six.
    const clouds = [1, 2, 3, 4, 5]
      .flatMap((seed) => sample(documents, 40, seed))
      .filter(({ publisher }) => publisher === 'cloud');
    expect(clouds.length).toBeGreaterThan(10);
    expect(clouds.length).toBeLessThan(70);
  });
});

test('budgets: a share below, and a row without anything to count, are told', () => {
  const rows = ['loads', 'success', 'body', 'header', 'refused', 'named', 'unbroken'] as const;
  const counts = Object.fromEntries(rows.map((row) => [row, [9, 10]])) as unknown as Score['counts'];
  const budgets = Object.fromEntries(rows.map((row) => [row, 0.9])) as Budgets;
  const scored: Score = { counts, firstAnswer: undefined };
  expect(overruns(scored, budgets)).toEqual([]);
  expect(overruns(scored, { ...budgets, refused: 0.91 })).toEqual([
    'invalid requests refused: 90.00 %, and the budget is 91.00 %',
  ]);
  expect(overruns({ ...scored, counts: { ...counts, header: [0, 0] } }, budgets)).toEqual([
    'documented response headers sent: nothing was counted, and the budget is 90.00 %',
  ]);
});

test('budgets are for the short form and its own sample', () => {
  expect(hasBudgets(readOptions(['--short'])!)).toBe(true);
  expect(hasBudgets(readOptions(['--short', '--seed', '2'])!)).toBe(false);
  expect(hasBudgets(readOptions(['--short', '--only', 'stripe'])!)).toBe(false);
  expect(hasBudgets(readOptions([])!)).toBe(false);
  expect(() => readOptions(['--peer', 'other'])).toThrow('the only peer is prism');
  expect(() => readOptions(['--documents', '0'])).toThrow('give a whole number from 1');
});

test('messages of a kind are the same text', () => {
  expect(kindOfText('/tmp/a/b.yaml:3:1 "x" is not 42')).toBe(kindOfText('/tmp/c/d.yaml:9:7 "y" is not 7'));
});
