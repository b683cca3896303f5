/**
 * A linter of OpenAPI documents has nothing against the control API's own, and would have, were it not right.
 */
import { describe, expect, it } from 'vitest';
import { tinyControl } from './control-sandbox.js';

// biome-ignore lint/suspicious/noExplicitAny: documents are walked freely
type Any = any;

// Comparing its types takes the compiler a tenth of its time for the whole repository.
const { createConfig, lintFromString }: Any = await import('@redocly/openapi-core');

const { text } = await tinyControl().ask('GET', '/openapi.json');

/** Every rule that there is, as an error, but for those that ask for what would not make this document better. */
const config = await createConfig({
  extends: ['all'],
  rules: {
    // Who has a question about a mock on their own machine has its repository.
    'info-contact': 'off',
    // They stand in the order in which a reader meets what they name.
    'tags-alphabetical': 'off',
    // A sandbox has one clock and one snapshot; and /health, /reset and /explain are no collections.
    'path-segment-plural': 'off',
    // What is served may be empty, such as a title; where a string must not be, its schema says so.
    'required-string-property-missing-min-length': 'off',
    'response-mime-type': {
      severity: 'error',
      allowedValues: [
        'application/json',
        'application/problem+json',
        'text/plain',
        'text/event-stream',
        'text/markdown',
        'text/html',
        'application/openmetrics-text',
        'application/xml',
        'application/sarif+json',
      ],
    },
  },
});

/** Nothing is fetched: the document is the text, and it refers to nothing outside. */
async function complaints(source: string): Promise<string[]> {
  const problems: Any[] = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  return problems.map(({ ruleId, location, message }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
}

describe('the document of the control API, linted', () => {
  it('gives no cause for a complaint', async () => {
    expect(await complaints(text)).toEqual([]);
  });

  it.each<[string, (document: Any) => void, RegExp]>([
    [
      'a reference that leads nowhere',
      ({ paths }) => {
        paths['/clock'].get.responses[200].content['application/json'].schema.$ref = '#/components/schemas/Clok';
      },
      /^no-unresolved-refs #\/paths\/~1clock\/get/,
    ],
    [
      'an example that does not fit',
      ({ components }) => {
        components.schemas.Clock.properties.epochMs.example = 'noon';
      },
      /^no-invalid-schema-examples #\/components\/schemas\/Clock/,
    ],
    [
      'a parameter of the path that is not described',
      ({ paths }) => {
        delete paths['/faults/{id}'].delete.parameters;
      },
      /^path-parameters-defined #\/paths\/~1faults~1\{id\}/,
    ],
    [
      'two operations of one name',
      ({ paths }) => {
        paths['/quotas'].put.operationId = paths['/quotas'].get.operationId;
      },
      /^operation-operationId-unique #\/paths\/~1quotas\/put/,
    ],
    [
      'an operation without a summary',
      ({ paths }) => {
        delete paths['/reset'].post.summary;
      },
      /^operation-summary #\/paths\/~1reset\/post/,
    ],
    [
      'a key that OpenAPI does not know',
      ({ paths }) => {
        paths['/reset'].post.sumary = 'Reset the sandbox';
      },
      /^struct #\/paths\/~1reset\/post\/sumary/,
    ],
    [
      'a schema that nothing uses',
      ({ components }) => {
        components.schemas.Left = { type: 'object', description: 'Left over' };
      },
      /^no-unused-components #\/components\/schemas\/Left/,
    ],
  ])('would give cause with %s', async (_what, spoil, complaint) => {
    const document = JSON.parse(text);
    spoil(document);
    expect(await complaints(JSON.stringify(document))).toContainEqual(expect.stringMatching(complaint));
  });
});
