/**
 * Calls that describe the served profiles: plans, fixtures, variants and policies, with their evidence.
 * @module
 */

import { defineCall, describeRoutes } from '../define-operation.js';
import { describeProfile } from '../views/describe.js';

const routes = describeRoutes(({ createRoute, json, problems, z, profileSchema }) => {
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

  return { getProfiles, getProfile };
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
