/**
 * Which calls of the control API scenarios show, and whether they show them refused as well.
 * @module
 */
import { CONTROL_PATH } from '../../src/http/routing.js';
import type { OpenApiDocument } from '../../src/openapi/document/document.js';
import { createRouter } from '../../src/openapi/request/router.js';
import type { Expectation, Scenario } from './scenario.js';

/** The path of a call of the control API, whichever sandbox it is of; `undefined` for what goes to a provider. */
export function controlPath(target: string): string | undefined {
  const path = target.replace(/\?.*$/, '').replace(/^\/~[^/]+/, '');
  return path === CONTROL_PATH || path.startsWith(`${CONTROL_PATH}/`) ? path : undefined;
}

/** What is missing, in words: a call that no scenario shows, or one that can be asked wrongly and is shown only as it succeeds. */
export function unshownCalls({ operations }: OpenApiDocument, scenarios: readonly Scenario[]): string[] {
  const router = createRouter(operations);
  const shown = new Set<string>();
  for (const { method, target, expect } of scenarios.flatMap(exchanges)) {
    const path = controlPath(target);
    const operation = path === undefined ? undefined : router.match(method, path)?.operation;
    if (operation) shown.add(`${operation.id} ${isRefusal(expect) ? 'refused' : isSuccess(expect) ? 'done' : ''}`);
  }
  return operations.flatMap(({ id, method, path, parameters, body }) => {
    const takesInput = parameters.length > 0 || body !== undefined;
    const wanted = takesInput ? ['done', 'refused'] : ['done'];
    return wanted.filter((how) => !shown.has(`${id} ${how}`)).map((how) => `${method} ${path} (${id}): never ${how}`);
  });
}

interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly expect: readonly Expectation[];
}

function exchanges({ steps }: Scenario): Exchange[] {
  const named = new Map<string, Exchange>();
  return steps.flatMap((step): Exchange[] => {
    if (step.kind === 'await') return [{ ...named.get(step.name)!, expect: step.expect }];
    if (step.kind !== 'request') return [];
    const { name } = step.request;
    if (name !== undefined) named.set(name, step.request);
    return name === undefined ? [step.request] : [];
  });
}

function isSuccess(expected: readonly Expectation[]): boolean {
  return expected.some((one) => one.kind === 'status' && one.status < 300);
}

/** A status alone does not show that who reads the answer learns what to mend. */
function isRefusal(expected: readonly Expectation[]): boolean {
  const says = (key: string) =>
    expected.some(({ kind, ...rest }) => {
      const value = kind === 'body' && 'value' in rest ? rest.value : undefined;
      return value !== null && typeof value === 'object' && Object.hasOwn(value, key);
    });
  return expected.some((one) => one.kind === 'status' && one.status >= 400) && says('field') && says('detail');
}
