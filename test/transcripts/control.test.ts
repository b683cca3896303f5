/**
 * That scenarios show every call of the control API, done and, where it can be asked wrongly, refused. Those in `control/` are about nothing else.
 */
import { describe, expect, test } from 'vitest';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { JsonObject } from '../../src/openapi/document/json.js';
import { tinyControl } from '../http/control-sandbox.js';
import { controlPath, unshownCalls } from './control.js';
import { CONTROL_FOLDER, readScenario, scenarioNames } from './library.js';
import { parseTranscript } from './parse.js';

const text = (await tinyControl().ask('GET', '/openapi.json')).text;
const scenarios = scenarioNames(CONTROL_FOLDER).map((name) => readScenario(CONTROL_FOLDER, name));

test('every call of the control API is shown', () => {
  expect(unshownCalls(new OpenApiDocument(JSON.parse(text) as JsonObject), scenarios)).toEqual([]);
});

test('a call that no scenario shows is missed', () => {
  const document = JSON.parse(text);
  document.paths['/tides'] = { get: { operationId: 'listTides', responses: { 200: { description: 'The tides' } } } };
  expect(unshownCalls(new OpenApiDocument(document as JsonObject), scenarios)).toEqual([
    'GET /__mock429/tides (listTides): never done',
  ]);
});

describe('of scenarios that leave something out', () => {
  const document = new OpenApiDocument(JSON.parse(text) as JsonObject);
  const missing = (steps: string, id: string) => {
    const scenario = parseTranscript('x.txt', `# A.\nprofile: klinky\nclock: 2026-05-12T08:00:00Z\n\n${steps}`);
    return unshownCalls(document, [scenario]).filter((line) => line.includes(`(${id})`));
  };
  const DONE = '> PUT /~t1/__mock429/clock\n> {"frozen":true}\n< 200\n';
  const REFUSED = '> PUT /__mock429/clock\n> {}\n< 400\n';

  test.each([
    ['> GET /__mock429/health\n< 200', 'getHealth', []],
    ['> GET /__mock429/health as it\nawait it\n< 200', 'getHealth', []],
    ['> GET /__mock429/health as it', 'getHealth', ['done']],
    ['> GET /health\n< 200', 'getHealth', ['done']],
    ['> GET /__mock429/health\n< closed', 'getHealth', ['done']],
    [DONE, 'setClock', ['refused']],
    [`${DONE}\n${REFUSED}`, 'setClock', ['refused']],
    [`${DONE}\n${REFUSED}< body {"field":"now"}`, 'setClock', ['refused']],
    [`${DONE}\n${REFUSED}< body {"detail":"give now"}`, 'setClock', ['refused']],
    [`${DONE}\n${REFUSED}< body {"field":"now","detail":"give now"}`, 'setClock', []],
    [`${REFUSED}< body {"field":"now","detail":"give now"}`, 'setClock', ['done']],
  ])('%j', (steps, id, wanted) => {
    expect(missing(steps, id)).toEqual(wanted.map((how) => expect.stringMatching(`: never ${how}$`)));
  });
});

test.each([
  ['/__mock429', '/__mock429'],
  ['/__mock429/clock', '/__mock429/clock'],
  ['/~t1/__mock429/explain?request=1', '/__mock429/explain'],
  ['/__mock4290', undefined],
  ['/v1/__mock429/clock', undefined],
])('%s leads to the control API: %s', (target, path) => {
  expect(controlPath(target)).toBe(path);
});
