/**
 * What the control API shows of a profile.
 * @module
 */
import { z } from '@hono/zod-openapi';
import { evidenceSchema } from '../schemas.js';

const policy = z
  .object({
    id: z.string().openapi({ description: 'Its name', example: 'key-minute' }),
    algorithm: z.string().openapi({ description: 'How it counts', example: 'fixed-window' }),
    quota: z
      .number()
      .nullable()
      .openapi({ description: 'Units per window for the default account; null: no limit', example: 100 }),
    unit: z.string().openapi({ description: 'What is counted', example: 'requests' }),
    window: z
      .object({
        length: z.string().openapi({ description: 'As the profile says it', example: '60s' }),
        start: z.string().openapi({ description: 'first-request, utc, or a time zone', example: 'first-request' }),
        ms: z.number().openapi({
          description: 'Length as it is served, after --compress; for a month, the longest month',
          example: 60_000,
        }),
      })
      .nullable()
      .openapi({
        description: 'null where nothing resets by the clock',
        example: { length: '60s', start: 'first-request', ms: 60_000 },
      }),
    partitionBy: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'What is counted apart', example: ['key'] }),
    refusal: z
      .object({
        error: z.string().openapi({ description: "Name of the profile's error that answers", example: 'rateLimited' }),
        status: z.int().openapi({ description: 'Its status', example: 429 }),
        charges: z
          .array(z.string())
          .readonly()
          .openapi({ description: 'Policies that a refusal charges', example: [] }),
      })
      .openapi({ description: 'What a refusal does', example: { error: 'rateLimited', status: 429, charges: [] } }),
    explain: z
      .string()
      .openapi({ description: 'How it counts, in English', example: '100 per 1 min, counted from the first request' }),
    evidence: evidenceSchema,
  })
  .openapi('Policy', { description: 'One rule that limits callers' });

const plan = z
  .object({
    id: z.string().openapi({ description: 'Its name', example: 'growth' }),
    title: z.string().optional().openapi({ description: 'What the provider calls it', example: 'Growth' }),
    quotas: z
      .record(z.string(), z.number())
      .openapi({ description: "Quotas by policy, in place of the policy's own", example: { 'key-minute': 100 } }),
    denied: z
      .string()
      .optional()
      .openapi({ description: 'The error that its callers get for every request', example: 'planRequired' }),
    evidence: evidenceSchema,
  })
  .openapi('Plan', { description: 'A tier' });

const fixture = z
  .object({
    key: z
      .string()
      .openapi({ description: 'The credential, in full: it is a made-up one', example: 'klinky_live_suspended' }),
    credential: z.string().openapi({ description: 'Which kind of credential', example: 'api-key' }),
    account: z.string().optional().openapi({ description: 'The account it belongs to', example: 'acme' }),
    plan: z.string().optional().openapi({ description: 'Plan of that account at the start', example: 'growth' }),
    error: z.string().optional().openapi({ description: 'The error it is refused with', example: 'suspended' }),
    says: z.string().openapi({ description: 'What it is for', example: 'A key of a suspended account' }),
  })
  .openapi('Fixture', {
    description: 'A credential with a meaning of its own; all other well-formed ones belong to the default account',
  });

const variant = z
  .object({
    id: z.string().openapi({ description: 'Its name', example: 'aligned-window' }),
    says: z
      .string()
      .openapi({ description: 'How it differs, and who says so', example: 'Windows are aligned to the UTC minute' }),
    active: z.boolean().openapi({ description: 'Whether it is served', example: false }),
    evidence: evidenceSchema,
  })
  .openapi('Variant', { description: 'Another reading of the documents' });

const source = z
  .object({
    id: z.string().openapi({ description: 'What evidence calls it', example: 'limits' }),
    title: z.string().openapi({ description: 'Title of the page', example: 'Rate limits' }),
    url: z.string().optional().openapi({ description: 'Where it is', example: 'https://klinky.example/docs/limits' }),
    date: z.string().optional().openapi({ description: 'Its date, or the day it was read', example: '2026-05-12' }),
  })
  .openapi('Source', { description: 'A page that the profile goes by' });

export const profile = z
  .object({
    id: z.string().openapi({ description: 'Its name', example: 'klinky' }),
    title: z.string().openapi({ description: 'What the provider is called', example: 'Klinky' }),
    baseUrl: z
      .string()
      .openapi({ description: 'Where the real provider answers', example: 'https://api.klinky.example' }),
    plan: z.string().openapi({ description: 'Plan of the default account, now', example: 'growth' }),
    defaultAccount: z
      .string()
      .openapi({ description: 'Account of the keys that belong to no other', example: 'default' }),
    compress: z.number().openapi({ description: 'What durations are divided by', example: 1 }),
    variants: z.array(variant).openapi({ description: 'Other readings of the documents' }),
    policies: z.array(policy).openapi({ description: 'In the order in which they are asked' }),
    plans: z.array(plan).openapi({ description: 'The tiers' }),
    fixtures: z.array(fixture).openapi({ description: 'Credentials with a meaning of their own' }),
    sources: z.array(source).openapi({ description: 'What the profile goes by' }),
  })
  .openapi('Profile', { description: 'A provider that is served' });

export type ProfileView = z.output<typeof profile>;
