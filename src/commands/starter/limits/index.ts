/**
 * The registry of formats from which `init` reads limits.
 * @module
 */
import type { OpenApiDocument } from '../../../openapi/document/document.js';
import { ProfileError } from '../../../profile/errors.js';
import { displayPath } from '../../../profile/locate.js';
import { pathText } from '../../../profile/parse.js';
import { readSource } from '../../../profile/source/source-files.js';
import { apiCommons } from './api-commons.js';
import { awsUsagePlan } from './aws-usage-plan.js';
import { limitsOfDocument } from './document.js';
import { envoy } from './envoy.js';
import { kong } from './kong.js';
import type { FoundLimits, LimitsFormat, LimitsInput } from './limits.js';
import { sla4oai } from './sla4oai.js';
import { zuplo } from './zuplo.js';

/** The formats, in the order in which they are tried. */
export const limitsFormats = { apiCommons, sla4oai, kong, awsUsagePlan, envoy, zuplo } as const satisfies Readonly<
  Record<string, LimitsFormat>
>;

/** Limits, with the file and format from which they were read. */
export interface ReadLimits extends FoundLimits {
  /** Of the file, or of the document. */
  readonly from: string;
  /** Name of the format; `undefined` for the document's own. */
  readonly format: string | undefined;
}

/** Reads a file that states limits. @throws ProfileError if it has none of the known formats, or a part cannot be read */
export function readLimitsFile(file: string, document: OpenApiDocument): ReadLimits {
  const displayed = displayPath(file);
  const source = readSource(file, displayed);
  const fail: LimitsInput['fail'] = (path, problem, fix) => {
    const code = 'limits/not-readable';
    throw new ProfileError([{ code, file: displayed, ...source.position(path), path: pathText(path), problem, fix }]);
  };
  const { value } = source;
  const formats: readonly LimitsFormat[] = Object.values(limitsFormats);
  const format = formats.find((one) => one.matches(value));
  if (!format) {
    const known = formats.map(({ title, shape }) => `${title} (${shape})`).join(', ');
    return fail([], 'no known format of rate limits', `give one of these: ${known}`);
  }
  return { ...format.read({ value, document, fail }), from: displayed, format: format.title };
}

/** Reads the limits that a document itself states; there may be none. */
export function readDocumentLimits(document: OpenApiDocument, displayed: string): ReadLimits {
  const fail: LimitsInput['fail'] = (path, problem, fix) => {
    const at = { file: displayed, line: 1, col: 1 };
    throw new ProfileError([{ code: 'limits/not-readable', ...at, path: pathText(path), problem, fix }]);
  };
  return { ...limitsOfDocument({ value: document.root, document, fail }), from: displayed, format: undefined };
}
