/**
 * The kit with which operations are described: the schema library, routes and shared schemas in one value. It is loaded with the control API.
 * @module
 */
import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { Context, Handler } from 'hono';
import { accepts } from 'hono/accepts';
import type { JsonObject } from '../../openapi/document/json.js';
import { checkFault } from '../../sandbox/faults/schema.js';
import { reportInTurns, reportOf } from '../../sandbox/verdict/report.js';
import { type ControlEnv, call, json, problems } from './env.js';
import { jsonBody } from './input/body.js';
import type { OperationContext } from './operation.js';
import { clockReading, evidenceSchema, instant, keyHash, maskedFacts, profileId } from './schemas.js';
import { journalEntry } from './views/journal.js';
import { profile } from './views/profile.js';
import { reportSchema } from './views/report.js';

const parts = {
  z,
  createRoute,
  call,
  json,
  problems,
  jsonBody,
  contextOf,
  clockReading,
  evidenceSchema,
  instant,
  keyHash,
  maskedFacts,
  profileId,
  journalEntry,
  profileSchema: profile,
  reportSchema,
  reportInTurns,
};

/** The kit, with facts about the server. */
export type ControlKit = typeof parts & {
  /** Selects the media type that the client prefers (`Accept`). */
  readonly accepts: typeof accepts;
  /** Version of the package. */
  readonly version: string;
  /** The control API's own OpenAPI document. */
  readonly document: () => JsonObject;
};

/** A route of the control API and its handler. */
export interface ControlCall {
  readonly route: RouteConfig;
  readonly handler: Handler<ControlEnv>;
}

/** Creates the kit. @param document creates the OpenAPI document on first use */
export function createKit(version: string, document: () => JsonObject): ControlKit {
  return { ...parts, accepts, version, document };
}

/** The context in which a request runs an operation. */
function contextOf(c: Context<ControlEnv>): OperationContext {
  return { sandbox: c.env.sandbox, checkFault, reportOf, replicator: c.env.replicator };
}
