/** Requests to an operation of a document, read and checked as the server does it. */
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { PARAMETER_PLACES } from '../../src/openapi/document/operation.js';
import { createBodyReaders } from '../../src/openapi/request/body/read-body.js';
import { NO_BODY, ReceivedBody } from '../../src/openapi/request/body/received.js';
import { compileParameters } from '../../src/openapi/request/parameters/parameters.js';
import { createRouter } from '../../src/openapi/request/router.js';
import { type Checked, createValidators } from '../../src/openapi/request/validation.js';
import { compileChecks, parametersIn } from '../../src/openapi/schema/checks.js';

/** What is sent. */
export interface Sent {
  readonly method?: string;
  /** With its query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Everything of a validation, and the values of all parameters. */
export interface Read extends Checked {
  /** `place field keyword`, in their order. */
  readonly faults: readonly string[];
  /** The values of the parameters, by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Reads requests to a document. */
export function readerOf(paths: JsonObject, more: JsonObject = {}, version = '3.1.0'): (sent: Sent) => Read {
  const document = new OpenApiDocument({
    openapi: version,
    info: { title: 't', version: '1' },
    paths,
    ...more,
  } as JsonObject);
  const checks = compileChecks(document);
  const router = createRouter(document.operations);
  const validators = createValidators(checks);
  const readers = createBodyReaders(document, checks);
  return ({ target, headers = {}, body, method = body === undefined ? 'GET' : 'POST' }) => {
    const [path = '', rawQuery = ''] = target.split(/\?(.*)/s);
    const match = router.match(method, path)!;
    const header = (name: string) => headers[name.toLowerCase()];
    const content = readers(match.operation)(
      body === undefined ? NO_BODY : typeof body === 'string' ? ReceivedBody.of(body) : new ReceivedBody(body, 1e6),
      header('content-type'),
    );
    const checked = validators(match.operation)({
      ...match,
      query: new URLSearchParams(rawQuery),
      rawQuery,
      header,
      body: body === undefined || body.length === 0 ? undefined : content.value,
      bodySize: body?.length ?? 0,
      bodyType: content.type,
      bodyViolations: body === undefined || body.length === 0 ? [] : content.violations,
    });
    const parameters: Record<string, unknown> = {};
    for (const place of PARAMETER_PLACES) {
      if (parametersIn(match.operation, place).length === 0) continue;
      const read = compileParameters(checks, match.operation, place);
      Object.assign(parameters, read({ ...match, query: new URLSearchParams(rawQuery), rawQuery, header }, []));
    }
    return {
      ...checked,
      parameters,
      faults: checked.violations.map(({ in: place, field, keyword }) =>
        `${place} ${field} ${keyword}`.replaceAll('  ', ' '),
      ),
    };
  };
}

/** A document with one operation that takes a body. */
export function bodyReaderOf(
  content: Json,
  { required = true, more = {}, version = '3.1.0' } = {},
): (body: string | Uint8Array, type?: string) => Read {
  const read = readerOf(
    { '/b': { post: { requestBody: { required, content }, responses: {} } } } as JsonObject,
    more,
    version,
  );
  return (body, type) => read({ target: '/b', body, headers: type === undefined ? {} : { 'content-type': type } });
}
