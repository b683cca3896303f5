/**
 * Operations on the served profiles: they describe plans, fixtures, variants and policies with their evidence, and change the plan and the variants.
 * @module
 */

import type { ProfileChange } from '../../../sandbox/control/profile-change.js';
import { defineCall, defineChange, describeRoutes } from '../define-operation.js';
import { describeProfile } from '../views/describe.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z, profileSchema }) => {
  const getProfiles = createRoute({
    method: 'get',
    path: '/profiles',
    operationId: 'listProfiles',
    tags: ['profiles'],
    summary: 'List the served profiles',
    description: 'Every profile with its plans, variants and policies.',
    responses: {
      200: json(
        z
          .object({
            profiles: z.array(profileSchema).openapi({ description: 'In the order of the options' }),
          })
          .openapi('Profiles', { description: 'The served profiles' }),
        'The profiles',
      ),
      ...problems(),
    },
  });

  const getProfile = createRoute({
    method: 'get',
    path: '/profiles/{id}',
    operationId: 'getProfile',
    tags: ['profiles'],
    summary: 'Describe one profile',
    description: 'Its plans, variants, fixtures and policies, each with its evidence.',
    request: {
      params: z.object({
        id: z
          .string()
          .openapi({ param: { name: 'id', in: 'path' }, description: 'Id of the profile', example: 'klinky' }),
      }),
    },
    responses: { 200: json(profileSchema, 'The profile'), ...problems(404) },
  });

  const profileChange = z
    .strictObject({
      plan: z.string().optional().openapi({ description: 'Plan of the default account', example: 'growth' }),
      variants: z
        .array(z.string())
        .optional()
        .openapi({ description: 'The variants that are to be active; all others are not', example: ['sliding-hour'] }),
    })
    .openapi('ProfileChange', { description: 'Values to set; omitted values stay' });

  const changed = profileSchema
    .extend({
      cleared: z
        .array(z.string())
        .readonly()
        .openapi({
          description: 'Policies whose counts are gone, because they count in another way now or do not exist any more',
          example: ['account-hour'],
        }),
      reseeded: z
        .array(z.string())
        .readonly()
        .openapi({ description: 'Collections that are seeded again, because their definition changed', example: [] }),
    })
    .openapi('ChangedProfile', { description: 'A served provider after a change' });

  const change = jsonBody(profileChange, { plan: 'growth', variants: ['sliding-hour'] });
  const putProfile = createRoute({
    method: 'put',
    path: '/profiles/{id}',
    operationId: 'setProfile',
    tags: ['profiles'],
    summary: 'Change the plan and the variants of a profile',
    description:
      'Changes the plan of the default account and the active variants, in this sandbox only. Counts are kept where a policy still counts in the same way. Requests in flight end as they began. Snapshots carry the change; a reset keeps it, unless profiles is requested.',
    middleware: change.middleware,
    request: {
      params: z.object({
        id: z
          .string()
          .openapi({ param: { name: 'id', in: 'path' }, description: 'Id of the profile', example: 'klinky' }),
      }),
      body: change.body,
    },
    responses: { 200: json(changed, 'The profile afterwards'), ...problems(400, 404, 409, 413) },
  });

  return { getProfiles, getProfile, putProfile };
});

/** Lists the served profiles. */
export const listProfiles = defineCall((kit) =>
  kit.call(routes(kit).getProfiles, (c) => {
    const { sandbox } = c.env;
    return c.json({ profiles: sandbox.profiles.map((id) => describeProfile(sandbox, id)) }, 200);
  }),
);

/** Describes a served profile. */
export const getProfile = defineCall((kit) =>
  kit.call(routes(kit).getProfile, (c) => c.json(describeProfile(c.env.sandbox, c.req.valid('param').id), 200)),
);

/** Changes the plan and the variants of a served profile. */
export const setProfile = defineChange({
  prepare: ({ sandbox }, profile: string, { variants }: ProfileChange) => sandbox.prepareProfile(profile, variants),
  run: ({ sandbox }, profile: string, change: ProfileChange) => sandbox.setProfile(profile, change),
  http: (kit, run) =>
    kit.call(routes(kit).putProfile, async (c) => {
      const { id } = c.req.valid('param');
      const { cleared, reseeded } = await run(kit.contextOf(c), id, c.req.valid('json'));
      return c.json({ ...describeProfile(c.env.sandbox, id), cleared, reseeded }, 200);
    }),
});
