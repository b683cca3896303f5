/**
 * Schema of a profile.
 * @module
 */
import { z } from '@hono/zod-openapi';
import { evidenceSchema } from '../schemas.js';

const policy = z
  .object({
    id: z.string().openapi({ description: 'Id', example: 'key-minute' }),
    algorithm: z.string().openapi({ description: 'Name of the algorithm', example: 'fixed-window' }),
    quota: z
      .number()
      .nullable()
      .openapi({ description: 'Units per window for the default account; null: no limit', example: 100 }),
    unit: z.string().openapi({ description: 'Unit that is counted', example: 'requests' }),
    window: z
      .object({
        length: z.string().openapi({ description: 'Length as the profile states it', example: '60s' }),
        start: z.string().openapi({ description: 'first-request, utc, or a time zone', example: 'first-request' }),
        ms: z.number().openapi({
          description: 'Length in milliseconds, after --compress; for a month its longest',
          example: 60_000,
        }),
      })
      .nullable()
      .openapi({
        description: 'Window; null where the policy has none',
        example: { length: '60s', start: 'first-request', ms: 60_000 },
      }),
    partitionBy: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'Facts that form the bucket key', example: ['key'] }),
    refusal: z
      .object({
        error: z.string().openapi({ description: "Name of the profile's error that is sent", example: 'rateLimited' }),
        status: z.int().openapi({ description: 'Its status', example: 429 }),
        charges: z
          .array(z.string())
          .readonly()
          .openapi({ description: 'Policies that a refusal charges', example: [] }),
      })
      .openapi({ description: 'Effect of a refusal', example: { error: 'rateLimited', status: 429, charges: [] } }),
    explain: z
      .string()
      .openapi({ description: 'The rule in English', example: '100 per 1 min, counted from the first request' }),
    evidence: evidenceSchema,
  })
  .openapi('Policy', { description: 'One rule that limits callers' });

const plan = z
  .object({
    id: z.string().openapi({ description: 'Id', example: 'growth' }),
    title: z.string().optional().openapi({ description: "The provider's name for it", example: 'Growth' }),
    quotas: z
      .record(z.string(), z.number())
      .openapi({ description: "Quotas by policy, in place of the policy's own", example: { 'key-minute': 100 } }),
    denied: z
      .string()
      .optional()
      .openapi({ description: 'Error that its callers get for every request', example: 'planRequired' }),
    evidence: evidenceSchema,
  })
  .openapi('Plan', { description: 'A tier' });

const fixture = z
  .object({
    key: z
      .string()
      .openapi({ description: 'The credential in full; it is fictitious', example: 'klinky_live_suspended' }),
    credential: z.string().openapi({ description: 'Kind of credential', example: 'api-key' }),
    account: z.string().optional().openapi({ description: 'Account of the credential', example: 'acme' }),
    plan: z.string().optional().openapi({ description: 'Plan of that account at the start', example: 'growth' }),
    error: z.string().optional().openapi({ description: 'Error that refuses it', example: 'suspended' }),
    says: z.string().openapi({ description: 'Purpose', example: 'A key of a suspended account' }),
  })
  .openapi('Fixture', {
    description: 'A predefined credential for tests; all other well-formed credentials belong to the default account',
  });

const variant = z
  .object({
    id: z.string().openapi({ description: 'Id', example: 'aligned-window' }),
    says: z
      .string()
      .openapi({ description: 'The difference, and its source', example: 'Windows are aligned to the UTC minute' }),
    active: z.boolean().openapi({ description: 'Whether it is active', example: false }),
    evidence: evidenceSchema,
  })
  .openapi('Variant', { description: "Another interpretation of the provider's documentation" });

const source = z
  .object({
    id: z.string().openapi({ description: 'Id, as evidence refers to it', example: 'limits' }),
    title: z.string().openapi({ description: 'Title of the page', example: 'Rate limits' }),
    url: z
      .string()
      .optional()
      .openapi({ description: 'URL of the page', example: 'https://klinky.example/docs/limits' }),
    date: z.string().optional().openapi({ description: 'Its date, or the day it was read', example: '2026-05-12' }),
  })
  .openapi('Source', { description: 'A page on which the profile is based' });

/** Schema of a served profile. */
export const profile = z
  .object({
    id: z.string().openapi({ description: 'Id', example: 'klinky' }),
    title: z.string().openapi({ description: 'Name of the provider', example: 'Klinky' }),
    baseUrl: z
      .string()
      .openapi({ description: 'Base URL of the real provider', example: 'https://api.klinky.example' }),
    plan: z.string().openapi({ description: 'Current plan of the default account', example: 'growth' }),
    defaultAccount: z
      .string()
      .openapi({ description: 'Account of all credentials that no other account has', example: 'default' }),
    compress: z.number().openapi({ description: 'Divisor of all durations', example: 1 }),
    variants: z.array(variant).openapi({ description: "Other interpretations of the provider's documentation" }),
    policies: z.array(policy).openapi({ description: 'In evaluation order' }),
    plans: z.array(plan).openapi({ description: 'The tiers' }),
    fixtures: z.array(fixture).openapi({ description: 'Predefined credentials' }),
    sources: z.array(source).openapi({ description: 'The pages on which the profile is based' }),
  })
  .openapi('Profile', { description: 'A served provider' });

/** A served profile in the control API. */
export type ProfileView = z.output<typeof profile>;
