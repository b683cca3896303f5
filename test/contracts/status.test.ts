/**
 * Status endpoints: what their bodies tell of a policy is what the headers of the same response tell.
 */
import { describe, expect, it } from 'vitest';
import type { Provider } from '../../src/profile/compiled/provider.js';
import { profilesAndVariants, providerOf } from '../helpers/providers.js';
import { Client } from './client.js';
import { plainRequests } from './requests.js';

interface ReportedQuota {
  /** Where in the body. */
  readonly path: readonly string[];
  readonly policy: string;
  readonly value: 'limit' | 'remaining' | 'resetAt';
}

/** The places of a template that hold a policy's state and nothing else. */
function toldBy(template: unknown, path: readonly string[] = []): ReportedQuota[] {
  if (typeof template === 'string') {
    const match = /^\$\{policies\.([\w-]+)\.(limit|remaining|resetAt)(?:\s*\|[^}]*)?\}$/.exec(template);
    return match ? [{ path, policy: match[1]!, value: match[2] as ReportedQuota['value'] }] : [];
  }
  if (template === null || typeof template !== 'object') return [];
  return Object.entries(template).flatMap(([key, inner]) => toldBy(inner, [...path, key]));
}

function statusEndpoints({ profile }: Provider): { operation: string; told: ReportedQuota[] }[] {
  return Object.entries(profile.operations)
    .map(([operation, options]) => {
      const { body, patch } = options as { body?: unknown; patch?: unknown };
      return { operation, told: toldBy(body ?? patch) };
    })
    .filter(({ told }) => told.some(({ value }) => value === 'remaining'));
}

/** The header that shows the same, and how to read it. */
function headerOf(
  { profile }: Provider,
  { policy, value }: ReportedQuota,
): { name: string; format: string } | undefined {
  const wanted = value === 'resetAt' ? 'reset' : value;
  const rules = Object.entries(profile.headers).flatMap(([name, given]) =>
    [given].flat().map((rule) => [name, rule] as const),
  );
  const found = rules.find(([, rule]) => rule.value === wanted && [rule.policy ?? []].flat().includes(policy));
  return found && { name: found[0].toLowerCase(), format: found[1].format ?? 'epoch-seconds' };
}

/** Seconds, from a number of them or an ISO date. */
const instant = (value: unknown) =>
  typeof value === 'string' && value.includes('T') ? Date.parse(value) / 1_000 : Number(value);

const cases = profilesAndVariants().flatMap(({ id, variants, name }) => {
  const provider = providerOf(id, { variants });
  return statusEndpoints(provider).map(({ operation, told }) => ({
    name: `${name}: ${operation}`,
    provider,
    operation,
    told,
  }));
});

describe.each(cases)('$name', ({ provider, operation, told }) => {
  it('tells what its own headers tell', () => {
    const plain = plainRequests(provider).find((one) => one.operation === operation)!;
    let compared = 0;
    for (const family of plain.families) {
      const client = new Client(provider, plain, family);
      for (const ahead of [0, 0, 1_234, 59_999, 1, 3_600_000]) {
        client.set(client.now + ahead);
        const { body, headers, status } = client.send();
        expect(status).toBe(200);
        for (const one of told) {
          const header = headerOf(provider, one);
          const shown = one.path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], body);
          if (!header) continue;
          if (!headers.has(header.name)) {
            // A caller who is not limited gets no headers, and is told nothing else by the body.
            if (one.value !== 'limit') expect([one.path, shown ?? null]).toEqual([one.path, null]);
            continue;
          }
          compared += 1;
          const number = Number(headers.get(header.name));
          const expected = one.value !== 'resetAt' || header.format === 'epoch-seconds' ? number : undefined;
          if (expected !== undefined)
            expect([one.path, one.value === 'resetAt' ? instant(shown) : shown]).toEqual([one.path, expected]);
        }
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

it('finds status endpoints at all', () => {
  expect(cases.length).toBeGreaterThan(0);
});
