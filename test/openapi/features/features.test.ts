import { describe, expect, it } from 'vitest';
import { createMock } from '../../../src/mock.js';
import type { JsonObject } from '../../../src/openapi/document/json.js';
import { readDocument } from '../../../src/openapi/document/read-document.js';
import type { Feature, Step } from './feature.js';
import { FEATURES } from './index.js';

function documentOf({ version = '3.0.3', document = {}, paths = {} }: Feature): JsonObject {
  return {
    [version.startsWith('2') ? 'swagger' : 'openapi']: version,
    info: { title: 'Feature', version: '1' },
    ...document,
    paths,
  };
}

/** Sends a request. The credential and the body are as the step has them. */
function send(mock: Awaited<ReturnType<typeof createMock>>, { request, headers = {}, body }: Step): Promise<Response> {
  const [method, path] = request.split(' ') as [string, string];
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const sent = isRaw ? headers : { 'content-type': 'application/json', ...headers };
  const content = isRaw ? body : JSON.stringify(body);
  return mock.fetch(path, { method, headers: sent, ...(content === undefined ? {} : { body: content as never }) });
}

/** The fields that a problem+json names. */
function namedFields(content: string): string[] {
  const { errors = [] } = JSON.parse(content) as { errors?: { field: string }[] };
  return errors.map(({ field }) => field);
}

/** Whether a field is the one that is expected, or a part of it. */
function isOf(name: string, field: string): boolean {
  return name === field || (name.startsWith(field) && /^[.[]/.test(name.slice(field.length)));
}

describe.each(FEATURES)('$title', ({ features }) => {
  it.each(features)('$name', async (feature) => {
    const document = documentOf(feature);
    const { notices } = readDocument(document, {
      url: 'file:///feature.yaml',
      read: () => ({ problem: 'is elsewhere', fix: '' }),
    });
    expect([...new Set(notices.map(({ code }) => code))]).toEqual(feature.warnings ?? []);
    await using mock = await createMock({ openapi: document });
    for (const step of feature.steps) {
      const response = await send(mock, step);
      const content = Buffer.from(await response.arrayBuffer()).toString('latin1');
      expect({ request: step.request, status: response.status, content }).toMatchObject({ status: step.status });
      for (const [name, value] of Object.entries(step.answers ?? {})) {
        if (typeof value === 'string') expect(response.headers.get(name)).toContain(value);
        else expect(response.headers.get(name)).toMatch(value);
      }
      if (typeof step.content === 'string') expect(content).toBe(step.content);
      else if (step.content instanceof RegExp) expect(content).toMatch(step.content);
      else if (step.content !== undefined) expect(JSON.parse(content)).toEqual(step.content);
      for (const field of step.fields ?? [])
        expect(namedFields(content).filter((name) => isOf(name, field))).not.toEqual([]);
    }
  });
});
