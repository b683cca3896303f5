/**
 * Serves a document with the smallest profile: no limits, no credentials.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/openapi/document/json.js';
import { type Reached, reach, type Way } from '../../helpers/ways.js';

const EVIDENCE = { level: 'assumed', note: 'none' };
const STATUSES = { notFound: 404, methodNotAllowed: 405, tooLarge: 413, clientError: 400, serverError: 500 };

const PROFILE = {
  id: 'served',
  title: 'Served',
  baseUrl: 'https://api.example.com',
  openapi: 'document.json',
  sources: {},
  callers: { credentials: {} },
  accounts: { fact: 'account', plan: 'free', evidence: EVIDENCE },
  plans: { free: { title: 'Free', evidence: EVIDENCE } },
  policies: {},
  errors: Object.fromEntries(
    Object.entries(STATUSES).map(([name, status]) => [name, { status, body: { error: name }, evidence: EVIDENCE }]),
  ),
  answers: Object.fromEntries(Object.keys(STATUSES).map((name) => [name, name])),
  validation: [{ error: 'clientError' }],
};

/** Serves a document. @param changes keys of the profile */
export async function serve(
  way: Way,
  paths: JsonObject,
  components: JsonObject = {},
  changes: object = {},
): Promise<Reached> {
  const folder = mkdtempSync(join(tmpdir(), 'mock429-answers-'));
  try {
    const document = {
      openapi: '3.1.0',
      info: { title: 'Served', version: '1' },
      servers: [{ url: 'https://api.example.com/v1' }],
      paths,
      components,
    };
    writeFileSync(join(folder, 'document.json'), JSON.stringify(document));
    const file = join(folder, 'served.profile.json');
    writeFileSync(file, JSON.stringify({ ...PROFILE, ...changes }));
    return await reach(way, { profile: file });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An operation that answers with one response. */
export function answering(response: JsonObject, status = '200'): JsonObject {
  return { responses: { [status]: { description: 'ok', ...response } } };
}
