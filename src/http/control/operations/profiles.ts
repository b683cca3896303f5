/**
 * What is served: profiles, their plans, fixtures, variants, and every policy with how it counts and how sure that is.
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
    summary: 'List the profiles that are served',
    description: 'Every profile with its plans, variants and policies.',
    responses: {
      200: json(
        z
          .object({
            profiles: z.array(profileSchema).openapi({ description: 'In the order in which they were named' }),
          })
          .openapi('Profiles', { description: 'What is served' }),
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
    summary: 'Read one profile',
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

export const listProfiles = defineCall((kit) =>
  kit.call(routes(kit).getProfiles, (c) => {
    const { sandbox } = c.env;
    return c.json({ profiles: sandbox.profiles.map((id) => describeProfile(sandbox, id)) }, 200);
  }),
);

export const getProfile = defineCall((kit) =>
  kit.call(routes(kit).getProfile, (c) => c.json(describeProfile(c.env.sandbox, c.req.valid('param').id), 200)),
);
