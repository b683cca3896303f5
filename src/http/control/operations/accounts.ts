/**
 * Operations on accounts: their credentials, plan and quotas.
 * @module
 */
import type { AccountChange } from '../../../sandbox/control/accounts.js';
import { maskedAccount } from '../../../sandbox/masking/masking.js';
import { defineChange, defineOperation, describeRoutes } from '../define-operation.js';

const routes = describeRoutes(({ createRoute, json, jsonBody, problems, z }) => {
  const account = z
    .object({
      id: z.string().openapi({ description: 'Id', example: 'acme' }),
      plan: z.string().openapi({ description: 'Id of its plan', example: 'growth' }),
      quotas: z.record(z.string(), z.number()).openapi({
        description: "Its own quotas by policy; they override the plan's",
        example: { 'key-minute': 5 },
      }),
      keys: z.array(z.string()).openapi({ description: 'Its credentials, masked', example: ['klinky_live_…bbbb'] }),
    })
    .openapi('Account', { description: 'An account (workspace, team) of a provider' });

  const accountChange = z
    .strictObject({
      plan: z.string().optional().openapi({ description: 'Id of a plan of the profile', example: 'growth' }),
      keys: z
        .array(z.string().min(1, { error: 'is not a credential; give at least one character' }))
        .optional()
        .openapi({
          description: 'Credentials in full that are to belong to it; a credential of another account moves',
          example: ['klinky_live_aaaabbbb'],
        }),
      quotas: z
        .record(z.string(), z.number())
        .optional()
        .openapi({
          description: 'Its own quotas by policy, in the units of the profile',
          example: { 'key-minute': 5 },
        }),
    })
    .openapi('AccountChange', { description: 'Values to set; omitted values stay' });

  const profileParam = z
    .string()
    .openapi({ param: { name: 'profile', in: 'path' }, description: 'Id of the profile', example: 'klinky' });
  const accountParam = z.string().openapi({
    param: { name: 'account', in: 'path' },
    description: 'Id of the account; created if it does not exist',
    example: 'acme',
  });

  const getAccounts = createRoute({
    method: 'get',
    path: '/accounts/{profile}',
    operationId: 'listAccounts',
    tags: ['accounts'],
    summary: 'List the accounts of a profile',
    description: 'The default account, the accounts of the fixtures, and those created since.',
    request: { params: z.object({ profile: profileParam }) },
    responses: {
      200: json(
        z
          .object({ accounts: z.array(account).openapi({ description: 'In order of creation' }) })
          .openapi('Accounts', { description: 'The accounts of a profile' }),
        'The accounts',
      ),
      ...problems(404),
    },
  });

  const change = jsonBody(accountChange, { plan: 'growth', keys: ['klinky_live_aaaabbbb'] });
  const putAccount = createRoute({
    method: 'put',
    path: '/accounts/{profile}/{account}',
    operationId: 'setAccount',
    tags: ['accounts'],
    summary: "Set an account's credentials, plan and quotas",
    description: 'Counters are kept: a quota is not part of the bucket key.',
    middleware: change.middleware,
    request: { params: z.object({ profile: profileParam, account: accountParam }), body: change.body },
    responses: { 200: json(account, 'The account afterwards'), ...problems(400, 404, 413) },
  });

  return { getAccounts, putAccount };
});

/** Lists the accounts of a profile, credentials masked. */
export const accounts = defineOperation({
  run: ({ sandbox }, profile: string) =>
    sandbox.accounts(profile).map((account) => maskedAccount(sandbox.secrets, account)),
  http: (kit, run) =>
    kit.call(routes(kit).getAccounts, (c) =>
      c.json({ accounts: run(kit.contextOf(c), c.req.valid('param').profile) }, 200),
    ),
});

/** Creates or changes an account. */
export const setAccount = defineChange({
  run: ({ sandbox }, profile: string, account: string, change: AccountChange) =>
    maskedAccount(sandbox.secrets, sandbox.setAccount(profile, account, change)),
  http: (kit, run) =>
    kit.call(routes(kit).putAccount, async (c) => {
      const { profile, account } = c.req.valid('param');
      return c.json(await run(kit.contextOf(c), profile, account, c.req.valid('json')), 200);
    }),
});
