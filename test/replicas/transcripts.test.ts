/** Every scenario comes true over two replicas as in one process: requests and calls of the control API go to them in turn. The log is in memory, and in Redis. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { RedisLog } from '../../src/replicas/log/redis-log.js';
import { parseStoreUrl } from '../../src/replicas/log/store-url.js';
import type { SharedLog } from '../../src/replicas/shared-log.js';
import { hasRedis, RedisServer } from '../helpers/redis-server.js';
import { connectTo } from '../transcripts/client.js';
import { readScenario, scenarioFolders, scenarioNames } from '../transcripts/library.js';
import { optionsOf, playScenario } from '../transcripts/run.js';
import { serverSubject } from '../transcripts/subject.js';
import { startFleet } from './fleet.js';

function playAll(openLog: (() => () => SharedLog) | undefined): void {
  for (const folder of scenarioFolders()) {
    for (const name of scenarioNames(folder)) {
      test(`${folder}: ${name}`, async () => {
        const scenario = readScenario(folder, name);
        const fleet = await startFleet(optionsOf(scenario), openLog ? { openLog: openLog() } : {});
        try {
          const base = () => fleet.next();
          await playScenario(scenario, serverSubject(base, connectTo(base)));
        } finally {
          await fleet.close();
        }
      });
    }
  }
}

describe('over a log in memory', () => playAll(undefined));

describe.skipIf(!hasRedis())('over Redis', () => {
  let server: RedisServer;
  let logs = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());
  playAll(() => {
    logs += 1;
    const address = parseStoreUrl(server.url(`scenario-${logs}`));
    return () => new RedisLog(address);
  });
});
