/**
 * Declares the command `mock429 run -- COMMAND`. Its implementation is loaded on demand, so that a server starts without it.
 * @module
 */
import type { Command } from 'commander';
import { addMockOptions } from './flags/mock-flags.js';
import { addTransportOptions } from './flags/transport-flags.js';
import { append } from './flags/values.js';
import type { RunFlags } from './run.js';
import type { Io } from './terminal/io.js';

const HELP = `
The command finds the mock at $MOCK429_URL (with several profiles: each at $MOCK429_URL_ID, such as MOCK429_URL_FULL_DOMINATION),
and its control API at $MOCK429_CONTROL_URL. When the command has ended, the verdict is printed: did the client do what the answers asked for?

With --https the command trusts the certificate by NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE; $MOCK429_CA is the file of the CA.
With --proxy it uses the mock as its proxy by HTTP_PROXY, HTTPS_PROXY and the like, so that not even its base URL changes. NO_PROXY has the local addresses always.

While the command runs, the last row of the terminal shows its progress; where stderr is no terminal, a line does every ten seconds. At the end, a line on
stderr says where the reports are.

The exit code is the command's own or, where that is 0, 1 if the verdict failed. It is 2 if a report cannot be written; the files are checked before the
command starts.

Examples:
  mock429 run --profile klinky -- npm test
  mock429 run --openapi openapi.yaml -- npm test
  mock429 run --profile klinky --proxy -- curl https://klinky-api.fly.dev/api/v1/public/links
  mock429 run --profile klinky --base-url-env KLINKY_BASE_URL --compress 600 -- node sync.js
  mock429 run --profile prediction --fail-on warn --report junit=report.xml --report markdown=summary.md -- pytest`;

/** Adds the command. @param done receives the exit code */
export function addRun(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('run')
    .description('serve while a command runs, then judge how it behaved as a client')
    .argument('<command...>', 'the command and its arguments, after --');
  addTransportOptions(addMockOptions(command))
    .option(
      '--base-url-env <[profile:]name>',
      'variable with the address of the mock, in addition to MOCK429_URL; repeatable',
      append,
    )
    .option(
      '--report <format=file>',
      'write the verdict to a file, as text, markdown, html, junit, sarif or json; repeatable',
      append,
    )
    .option(
      '--sarif-location <file>',
      "file to which the results of SARIF point, from the repository's root (default: the profile)",
    )
    .option('--fail-on <severity>', 'least severity that fails the verdict: error or warn', 'error')
    .option('--pass-with-no-requests', 'do not fail when the command sends the mock no request')
    .option('-q, --quiet', 'print no progress while the command runs')
    .option('-v, --verbose', 'log refusals and unknown paths as they happen')
    .addHelpText('after', HELP)
    .action(async (words: string[], flags: RunFlags) => {
      const { run } = await import('./run.js');
      done(await run(words, flags, io));
    });
}
