/**
 * A profile and its document in a temporary folder, for tests of callers.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

const evidence = { level: 'assumed' };
const error = (status: number) => ({ status, body: {}, evidence });

/** A credential with these places. */
export const credential = (location: object, security?: string) => ({
  pattern: '^k',
  fact: 'key',
  ...(security === undefined ? {} : { security }),
  missing: 'unauthorized',
  invalid: 'unauthorized',
  forbidden: 'forbidden',
  evidence,
  ...location,
});

/** What differs from a profile that counts by key. */
export interface ShopOptions {
  /** `security` of the operations; left out of the document if `undefined`. */
  readonly security?: object[] | undefined;
  readonly credentials: object;
  /** Other keys of `callers`. */
  readonly callers?: object;
  readonly fixtures?: object[];
  readonly policies?: Readonly<Record<string, object>>;
  readonly plans?: object;
  /** More keys of the operation. */
  readonly operation?: object;
  readonly path?: string;
}

/** Writes the profile, and a document with one operation for GET and POST. @returns the file */
export function writeShop(folderOfAll: string, options: ShopOptions): string {
  const { security, credentials, callers, fixtures = [], policies, plans, operation, path = '/a' } = options;
  const folder = join(folderOfAll, String(readdirSync(folderOfAll).length));
  mkdirSync(folder);
  const schemes = {
    key: { type: 'apiKey', in: 'header', name: 'X-Key' },
    oauth: { type: 'oauth2', flows: {} },
    app: { type: 'http', scheme: 'bearer' },
    user: { type: 'http', scheme: 'OAuth' },
  };
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
  const common = { ...(security && { security }), parameters, responses: { 200: { description: 'ok' } }, ...operation };
  const document = {
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    paths: {
      [path]: {
        get: { operationId: 'read', ...common, requestBody: undefined },
        post: { operationId: 'write', ...common },
      },
    },
    components: { securitySchemes: schemes },
  };
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document));
  const window = { algorithm: 'fixed-window', quota: 5, window: { length: '60s', start: 'first-request' } };
  const policy = (spec: object) => ({ ...window, refusal: { error: 'limited' }, evidence, ...spec });
  const given = Object.entries(policies ?? { minute: { partitionBy: ['key'] } });
  const profile = {
    ...{ id: 'shop', title: 'Shop', baseUrl: 'https://shop.example', openapi: 'openapi.json', sources: {} },
    callers: { credentials, ...callers },
    accounts: { fact: 'account', plan: 'free', evidence },
    plans: { free: { evidence }, ...plans },
    fixtures,
    policies: Object.fromEntries(given.map(([id, spec]) => [id, policy(spec)])),
    headers: { 'X-Left': { policy: given.map(([id]) => id), value: 'remaining', evidence } },
    errors: {
      unauthorized: error(401),
      forbidden: error(403),
      'not-found': error(404),
      limited: error(429),
      failure: error(500),
    },
    answers: {
      ...{ notFound: 'not-found', methodNotAllowed: 'not-found', tooLarge: 'not-found' },
      ...{ clientError: 'not-found', serverError: 'failure' },
    },
    validation: [{ error: 'not-found' }],
  };
  const file = join(folder, 'shop.profile.yaml');
  writeFileSync(file, stringify(profile));
  return file;
}
