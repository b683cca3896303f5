/**
 * `npm run fuzz -- --seconds N --seed S`: sends what nobody should send, and looks whether the server stands it.
 * @module
 */
import { parseArgs } from 'node:util';
import { Fuzzer } from './fuzzer.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    inputs: { type: 'string' },
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
    show: { type: 'boolean', default: false },
    'no-documents': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(`npm run fuzz -- [options]

  --seconds N      how long (default: 60)
  --seed S         what the inputs follow from (default: 1)
  --inputs N       ends after so many inputs
  --from N         begins with the input of that number; with --inputs 1, one input alone
  --only KIND      inputs of one kind: raw, pipeline, broken-off, control, provider, faults, snapshot, sandboxes, streams, documents
  --show           prints all bytes of each input and sends none
  --no-documents   leaves out damaged profiles and OpenAPI documents

Needs the built program (npm run build).`);
  process.exit(0);
}

const number = (name: 'seconds' | 'seed' | 'inputs' | 'from') => {
  const text = values[name];
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`--${name} ${text}: is no number; give one from 0 up`);
  return value;
};

const fuzzer = new Fuzzer({
  seconds: number('seconds'),
  seed: number('seed'),
  inputs: number('inputs'),
  from: number('from'),
  only: values.only,
  show: values.show,
  documents: !values['no-documents'] && (values.only === undefined || values.only === 'documents'),
});
process.exit((await fuzzer.run()) ? 0 : 1);
