/** Every scenario comes true over two replicas as in one process: requests and calls of the control API go to them in turn. */
import { describe, test } from 'vitest';
import { connectTo } from '../transcripts/client.js';
import { readScenario, scenarioFolders, scenarioNames } from '../transcripts/library.js';
import { optionsOf, playScenario } from '../transcripts/run.js';
import { serverSubject } from '../transcripts/subject.js';
import { startFleet } from './fleet.js';

for (const folder of scenarioFolders()) {
  describe(folder, () => {
    for (const name of scenarioNames(folder)) {
      test(`${name}, over replicas`, async () => {
        const scenario = readScenario(folder, name);
        const fleet = await startFleet(optionsOf(scenario));
        try {
          const base = () => fleet.next();
          await playScenario(scenario, serverSubject(base, connectTo(base)));
        } finally {
          await fleet.close();
        }
      });
    }
  });
}
