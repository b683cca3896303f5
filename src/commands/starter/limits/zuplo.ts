/**
 * Zuplo: the rate limit policies of policies.json, and the routes that name them by `x-zuplo-route` in the OpenAPI document.
 * @module
 */
import type { OpenApiDocument } from '../../../openapi/document/document.js';
import {
  type CountedBy,
  type FoundLimit,
  isMap,
  type LeftOut,
  type LimitsFormat,
  type LimitsInput,
  mapsIn,
  wholeNumber,
} from './limits.js';
import { windowOfSeconds } from './periods.js';

const SCOPES: Readonly<Record<string, CountedBy>> = { ip: 'ip', user: 'caller', consumer: 'caller', all: 'everyone' };

/** Reads Zuplo's policies. */
export const zuplo: LimitsFormat = {
  title: 'Zuplo policies',
  shape: 'a map with policies that have a policyType',
  matches: (value) => policiesOf(value).length > 0,
  read(input) {
    const limits: FoundLimit[] = [];
    const leftOut: LeftOut[] = [];
    let hidesHeaders = false;
    for (const { policy, path } of policiesOf(input.value)) {
      const type = String(policy['policyType']);
      const place = path.join('.');
      if (/quota/.test(type) || /custom-rate-limit/.test(type))
        leftOut.push({ place, why: `${type} is not known here; add a policy` });
      if (!/rate-limit/.test(type)) continue;
      const handler = isMap(policy['handler']) ? policy['handler'] : {};
      const options = isMap(handler['options']) ? handler['options'] : {};
      const applies = appliesTo(input.document, String(policy['name']));
      if (applies === 'nowhere') {
        leftOut.push({ place, why: `no route of the document names it in x-zuplo-route` });
        continue;
      }
      const operation = applies && { operation: applies };
      hidesHeaders ||= options['headerMode'] === 'none';
      const scope = String(options['rateLimitBy'] ?? 'user');
      if (SCOPES[scope] === undefined) {
        leftOut.push({ place, why: `code decides whom it counts (rateLimitBy: ${scope}); add a policy` });
        continue;
      }
      for (const { quota, name } of quotasOf(input, options, path, place, leftOut))
        limits.push({
          name,
          quota,
          window: windowIn(input, options, path),
          algorithm: 'sliding-window',
          by: SCOPES[scope],
          applies: operation,
          note: `${place} (${String(policy['name'])}); that the window slides is assumed`,
        });
    }
    return {
      limits,
      leftOut,
      ...(hidesHeaders ? { headers: [] } : { headers: [{ name: 'Retry-After', value: 'retry-after', on: 'refusal' }] }),
    };
  },
};

function policiesOf(value: unknown): { policy: Record<string, unknown>; path: PropertyKey[] }[] {
  const list = isMap(value) ? value['policies'] : undefined;
  return mapsIn(list)
    .map((policy, i) => ({ policy, path: ['policies', i] as PropertyKey[] }))
    .filter(({ policy }) => typeof policy['policyType'] === 'string');
}

/** `requestsAllowed`, or the limit of requests among those of a complex policy. */
function quotasOf(
  input: LimitsInput,
  options: Record<string, unknown>,
  path: readonly PropertyKey[],
  place: string,
  leftOut: LeftOut[],
) {
  const at = [...path, 'handler', 'options'];
  const { limits } = options;
  if (!isMap(limits))
    return [{ name: undefined, quota: wholeNumber(input, options['requestsAllowed'], [...at, 'requestsAllowed']) }];
  return Object.entries(limits).flatMap(([name, quota]) => {
    if (name === 'requests') return [{ name, quota: wholeNumber(input, quota, [...at, 'limits', name]) }];
    leftOut.push({
      place: `${place}.handler.options.limits.${name}`,
      why: `code says how many ${name} a request takes; add a policy with a cost`,
    });
    return [];
  });
}

function windowIn(input: LimitsInput, options: Record<string, unknown>, path: readonly PropertyKey[]) {
  const minutes = options['timeWindowMinutes'];
  const seconds = options['timeWindowSeconds'];
  const window = windowOfSeconds(minutes === undefined ? Number(seconds) : Number(minutes) * 60);
  return (
    window ??
    input.fail(
      [...path, 'handler', 'options', 'timeWindowMinutes'],
      'is not a number of minutes',
      'write a number such as 1',
    )
  );
}

/** The operations whose route names a policy; `undefined` for all, `nowhere` if the document has such routes and none names it. */
function appliesTo(document: OpenApiDocument, policy: string): string[] | 'nowhere' | undefined {
  const routes = document.operations.map((operation) => {
    const own = document.at(operation.pointer);
    const route = isMap(own) ? own['x-zuplo-route'] : undefined;
    const policies = isMap(route) && isMap(route['policies']) ? route['policies']['inbound'] : undefined;
    return { id: operation.id, policies: Array.isArray(policies) ? policies : undefined };
  });
  if (routes.every(({ policies }) => policies === undefined)) return undefined;
  const named = routes.filter(({ policies }) => policies?.includes(policy)).map(({ id }) => id);
  if (named.length === 0) return 'nowhere';
  return named.length === routes.length ? undefined : named;
}
