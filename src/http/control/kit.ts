/**
 * What operations are described with: the schema library, routes, shared schemas. One value, loaded with the control API.
 * @module
 */
import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import type { Context, Handler } from 'hono';
import { accepts } from 'hono/accepts';
import type { JsonObject } from '../../openapi/document.js';
import { checkFault } from '../../sandbox/faults/schema.js';
import { reportOf } from '../../sandbox/verdict/report.js';
import { type ControlEnv, call, json, problems } from './env.js';
import { jsonBody } from './input/body.js';
import type { OperationContext } from './operation.js';
import { clockReading, evidenceSchema, instant, maskedFacts, profileId } from './schemas.js';
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
  maskedFacts,
  profileId,
  journalEntry,
  profileSchema: profile,
  reportSchema,
};

/** The parts, and what is known of the server. */
export type ControlKit = typeof parts & {
  /** Which of the supported media types the client prefers. */
  readonly accepts: typeof accepts;
  /** The package's version. */
  readonly version: string;
  /** The control API's own OpenAPI document. */
  readonly document: () => JsonObject;
};

/** A route of the control API with its handler. */
export interface ControlCall {
  readonly route: RouteConfig;
  readonly handler: Handler<ControlEnv>;
}

/** @param document made when it is first asked for */
export function createKit(version: string, document: () => JsonObject): ControlKit {
  return { ...parts, accepts, version, document };
}

/** The context in which a request runs an operation. */
function contextOf(c: Context<ControlEnv>): OperationContext {
  return { sandbox: c.env.sandbox, checkFault, reportOf };
}
