/** All that is checked of replicas over a log in memory, over one in a real server that loses replies, restarts and loses data. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { hasRedis } from '../helpers/redis-server.js';
import { checkOrder, checkQuotas } from './concurrent.js';
import { checkModel, MODELS } from './models.js';
import { RedisForTests } from './redis-store.js';
import { checkOneProcess, checkSameState, TROUBLES } from './same-state.js';

/** A round trip takes longer than in memory, so fewer histories are tried. */
const SHARE = 1 / 4;

describe.skipIf(!hasRedis())('over Redis', () => {
  let redis: RedisForTests;
  beforeAll(async () => {
    redis = await RedisForTests.start();
  });
  afterAll(() => redis?.stop());

  it.each(MODELS)('two replicas agree with the model $name', async (model) => {
    await checkModel(model, 25 * SHARE, redis.open);
  });

  it.each(TROUBLES)('the state of all replicas is the same with %s', async (_what, troubles, usual) => {
    await checkSameState(troubles, usual * SHARE, redis.open);
  });

  it('the answers are those of one process', async () => {
    await checkOneProcess(60 * SHARE, redis.open);
  });

  it('no quota is exceeded, and each remaining is told once', async () => {
    await checkQuotas(40 * SHARE, redis.open);
  });

  it('histories are linearizable also where quotas are set and the clock moves', async () => {
    await checkOrder(80 * SHARE, redis.open);
  });
});
