import { describe, expect, it } from 'vitest';
import { createControlApp } from '../../src/http/control/app.js';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { JsonObject } from '../../src/openapi/document/json.js';
import { createValidators } from '../../src/openapi/request/validation.js';
import { compileChecks } from '../../src/openapi/schema/checks.js';
import { faultSchema } from '../../src/sandbox/faults/schema.js';
import { tinyControl } from './control-sandbox.js';

const { body: document } = await tinyControl().ask('GET', '/openapi.json');
// biome-ignore lint/suspicious/noExplicitAny: documents are walked freely
type Any = any;
const calls: [string, Any][] = Object.entries(document.paths as Any).flatMap(([path, item]: [string, Any]) =>
  Object.entries(item).map(([method, operation]): [string, Any] => [`${method.toUpperCase()} ${path}`, operation]),
);

describe('the document of the control API', () => {
  it('is OpenAPI 3.1 and lists every route', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe('9.9.9');
    const served = createControlApp({ version: '1' }).routes.filter(({ method }) => method !== 'ALL');
    const listed = new Set(served.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`));
    expect(calls.map(([name]) => name).sort()).toEqual([...listed].sort());
    expect(calls.map(([name]) => name).sort()).toEqual([
      'DELETE /faults',
      'DELETE /faults/{id}',
      'DELETE /requests',
      'DELETE /sandboxes/{name}',
      'DELETE /webhooks',
      'DELETE /webhooks/{id}',
      'GET /accounts/{profile}',
      'GET /clock',
      'GET /events',
      'GET /explain',
      'GET /faults',
      'GET /health',
      'GET /in-flight',
      'GET /jobs',
      'GET /metrics',
      'GET /openapi.json',
      'GET /profiles',
      'GET /profiles/{id}',
      'GET /profiles/{id}/jobs',
      'GET /quotas',
      'GET /report',
      'GET /requests',
      'GET /sandboxes',
      'GET /snapshot',
      'GET /usage',
      'GET /webhooks',
      'GET /webhooks/deliveries',
      'POST /clock/advance',
      'POST /faults',
      'POST /reset',
      'POST /webhooks',
      'POST /webhooks/events',
      'PUT /accounts/{profile}/{account}',
      'PUT /clock',
      'PUT /jobs/{id}',
      'PUT /profiles/{id}',
      'PUT /profiles/{id}/jobs',
      'PUT /quotas',
      'PUT /snapshot',
    ]);
  });

  it.each(calls)('describes %s', (_name, operation) => {
    const tags = document.tags.map(({ name }: { name: string }) => name);
    expect(operation).toMatchObject({
      summary: expect.any(String),
      description: expect.any(String),
      operationId: expect.any(String),
    });
    expect(tags).toEqual(expect.arrayContaining(operation.tags));
    const statuses = Object.keys(operation.responses);
    expect(statuses).toEqual(expect.arrayContaining(['401', '403', '500']));
    expect(statuses.filter((status) => status.startsWith('2'))).toHaveLength(1);
    if (operation.requestBody) {
      expect(statuses).toEqual(expect.arrayContaining(['400', '413']));
      expect(operation.requestBody.content['application/json'].example).toBeDefined();
    }
    for (const [status, { description, content }] of Object.entries<Any>(operation.responses)) {
      expect(description).toMatch(/\w/);
      if (Number(status) >= 400)
        expect(content['application/problem+json'].schema.$ref).toBe('#/components/schemas/Problem');
    }
    for (const parameter of operation.parameters ?? []) {
      expect(parameter.schema.description, parameter.name).toMatch(/\w/);
      expect(parameter.schema.example, parameter.name).toBeDefined();
    }
  });

  it('gives operations names of their own', () => {
    const names = calls.map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(Object.entries<Any>(document.components.schemas))('describes every field of %s', (_name, schema) => {
    expect(schema.description).toMatch(/\w/);
    const walk = (at: Any, path: string) => {
      for (const [key, field] of Object.entries<Any>(at.properties ?? {})) {
        const target = field.$ref ? document.components.schemas[field.$ref.split('/').at(-1)] : field;
        expect(target.description, `${path}.${key}`).toMatch(/\w/);
        // What is made of named parts has its examples there.
        if (!field.$ref && !field.items?.$ref) expect(field.example, `${path}.${key}`).toBeDefined();
        walk(field, `${path}.${key}`);
      }
    };
    walk(schema, '');
  });

  it('has bodies that refuse unknown keys, and examples that fit', () => {
    const read = new OpenApiDocument(document as JsonObject);
    const validators = createValidators(compileChecks(read));
    for (const operation of read.operations) {
      if (!operation.body) continue;
      const [, found] = calls.find(([, { operationId }]) => operationId === operation.id)!;
      const media = found.requestBody.content['application/json'];
      expect(document.components.schemas[media.schema.$ref.split('/').at(-1)].additionalProperties, operation.id).toBe(
        false,
      );
      const { violations } = validators(operation)({
        params: { profile: 'p', account: 'a', id: 'i' },
        query: new URLSearchParams(),
        header: () => undefined,
        body: media.example,
      });
      expect(violations, operation.id).toEqual([]);
    }
  });

  it('speaks of the same fields of a fault as the sandbox does', () => {
    const { properties } = document.components.schemas.FaultInput;
    expect(Object.keys(properties).sort()).toEqual(Object.keys(faultSchema.shape).sort());
    expect(Object.keys(properties.match.properties).sort()).toEqual(
      Object.keys(faultSchema.shape.match.unwrap().shape).sort(),
    );
  });
});
