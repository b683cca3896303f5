/**
 * Writes the text of a starter profile: it can be served at once, and explains each key.
 * @module
 */
import { behaviours } from '../../behaviours/index.js';
import { FORMAT_NAMES } from '../../limits/render/formats.js';
import { HEADER_VALUE_NAMES } from '../../limits/render/headers.js';
import { listInWords } from '../../limits/words.js';
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { type Credential, credentialsOf } from '../../profile/document/credentials.js';
import { invalidRequestRules } from '../../profile/document/invalid-requests.js';
import { originOf } from '../../profile/document/names.js';
import { errorName, errorsOf, ROLES, type StarterError } from './errors.js';
import { headersOf, type StarterHeader } from './headers.js';
import type { ReadLimits } from './limits/index.js';
import { planSection, policySection, rulesOf, type StarterRules, takesWindow } from './policies.js';
import { inline, under } from './write.js';

/** Options of `makeStarter()`. */
export interface StarterOptions {
  readonly id: string;
  readonly title: string;
  /** Path of the document, relative to the profile. */
  readonly document: string;
  /** Path of the profile JSON Schema, relative to the profile. */
  readonly schema: string;
  /** Path of the profile, as the user would write it. */
  readonly file: string;
}

/** A starter profile, and what it contains. */
export interface Starter {
  /** Text of the profile, YAML. */
  readonly text: string;
  /** Number of credentials. */
  readonly credentials: number;
  /** Number of errors. */
  readonly errors: number;
  /** Number of errors that the document shows. */
  readonly documentedErrors: number;
  /** Number of policies that were found; 0 for a placeholder. */
  readonly limits: number;
}

const DOCUMENTED = '{ level: documented, source: document }';
const PLACEHOLDER = "{ level: assumed, note: 'a placeholder; replace it by what the provider documents' }";

const NONE: ReadLimits = { limits: [], leftOut: [], from: '', format: undefined };

/** Writes a starter profile for a document. @param read the limits that were found; a placeholder stands for none */
export function makeStarter(document: OpenApiDocument, options: StarterOptions, read: ReadLimits = NONE): Starter {
  const credentials = credentialsOf(document);
  const errors = errorsOf(document).map((error) => withBody(error, read));
  const rules = rulesOf(read.limits, credentials[0]?.fact);
  const [first] = rules.policies;
  const sections = [
    head(document, options, read),
    callers(credentials),
    accounts(credentials, rules),
    policySection(rules, credentials.length > 0, read),
    headers(rules, headersOf(document, read.headers)),
    errorSection(document, errors),
    operations(document, first!.id),
    variants(rules),
  ];
  return {
    text: `${sections.join('\n\n')}\n`,
    credentials: credentials.length,
    errors: errors.length,
    documentedErrors: errors.filter(({ level }) => level === 'documented').length,
    limits: read.limits.length === 0 ? 0 : rules.policies.length,
  };
}

/** The refusal of a gateway, where the document shows none. */
function withBody(error: StarterError, { body, format, from }: ReadLimits): StarterError {
  if (error.status !== ROLES.rateLimited || body === undefined || error.level !== 'assumed') return error;
  return { ...error, contentType: undefined, body, note: `what ${format ?? from} answers` };
}

function head(
  document: OpenApiDocument,
  { id, title, document: path, schema, file }: StarterOptions,
  { from, format, limits }: ReadLimits,
): string {
  const origin = originOf(document);
  const limitsSource =
    limits.length === 0 ? '' : `\n  limits: { title: ${inline(`${format ?? 'OpenAPI document'} ${from}`)} }`;
  return `# yaml-language-server: $schema=${schema}
#
# Rate limits of ${title.replace(/\s+/g, ' ')}; created by "mock429 init" from ${path}.
# Check it:  mock429 validate ${file}
# Serve it:  mock429 serve --profile ${file} --watch
# Values marked "assumed" are placeholders: replace them by what the provider documents, and name the page in evidence.

# Id of the profile, for the ready line, and for URLs where several profiles are served.
id: ${id}
# Name of the provider.
title: ${inline(title)}
# Origin of the real provider, without a path.${origin === undefined ? ' The document does not state it.' : ''}
baseUrl: ${inline(origin ?? 'https://api.example.com')}
# The OpenAPI document, relative to this file. It defines the operations, the valid requests, and example answers.
openapi: ${inline(path)}

# The pages on which the rules are based; evidence refers to them. A page may have a url and a date.
sources:
  document: { title: OpenAPI document }${limitsSource}

# The evidence of all entries that have none of their own. policies: and the like, beside default, hold for one block.
evidence:
  default: ${PLACEHOLDER}`;
}

function callers(credentials: readonly Credential[]): string {
  const none = `
  # The document requires no credential.
  credentials: {}`;
  return `# How a request identifies its caller.
callers:
  # Path prefixes, such as /v1/, under which even unknown paths need a credential.
  under: []${credentials.length === 0 ? none : `\n  credentials:\n${credentials.map(credentialText).join('\n')}`}`;
}

function credentialText({ id, location, scheme, pattern, fact, security, remark }: Credential, index: number): string {
  const explain = (text: string) => (index === 0 ? `      # ${text}\n` : '');
  const [kind, name] = Object.entries(location)[0]!;
  const lines = [
    remark === undefined ? '' : `      # ${remark}\n`,
    explain('Where a request carries it: header, query or cookie.'),
    `      ${kind}: ${inline(name)}\n`,
    scheme === undefined
      ? ''
      : `${explain('The authentication scheme in front of it.')}      scheme: ${inline(scheme)}\n`,
    explain('A regular expression for well-formed values, such as ^sk_live_. Named groups become facts of the caller.'),
    `      pattern: ${inline(pattern)}\n`,
    explain('The fact of the caller that stores it, for partitionBy below. It is masked in all output.'),
    `      fact: ${inline(fact)}\n`,
    `${explain('Its security scheme in the document.')}      security: ${inline(security)}\n`,
    explain('The errors (see below) for a missing and for a malformed credential.'),
    `      missing: ${errorName(ROLES.unauthorized)}\n      invalid: ${errorName(ROLES.unauthorized)}\n`,
    explain('The evidence: documented (with its source), inferred or assumed; a note may add details.'),
    `      evidence: ${DOCUMENTED}`,
  ];
  return `    ${id}:\n${lines.join('')}`;
}

function accounts(credentials: readonly Credential[], rules: StarterRules): string {
  const [first] = credentials;
  const fixture =
    first &&
    `
  - { key: ${inline(first.sample)}, credential: ${first.id}, error: ${errorName(ROLES.unauthorized)}, says: a revoked credential (${ROLES.unauthorized}) }`;
  return `# The accounts. Credentials that no fixture names belong to one account, "default".
accounts:
  # The provider's term: account, team, workspace … It is a fact, so that partitionBy can name it.
  fact: account
  # The default plan.
  plan: ${Object.keys(rules.plans)[0]}

${planSection(rules)}

# Predefined credentials for tests. A fixture may name an account, a plan, or the error that refuses it.
fixtures:${fixture ?? ' []'}`;
}

function headers({ policies }: StarterRules, given: readonly StarterHeader[]): string {
  const entries = given.map(({ name, value, format, on, documented, length }) => {
    // Concurrency has no window, so that it has no reset.
    const reported = policies.filter(({ window }) =>
      length === undefined ? window !== undefined || value !== 'reset' : window?.length === length,
    );
    const ids = (reported.length > 0 ? reported : policies).map(({ id }) => id);
    const parts = [
      ...(value === 'retry-after' ? [] : [`policy: ${ids.length === 1 ? ids[0] : `[${ids.join(', ')}]`}`]),
      `value: ${value}`,
      ...(format === undefined ? [] : [`format: ${format}`]),
      ...(on === undefined ? [] : [`on: ${on}`]),
      ...(documented ? [`evidence: ${DOCUMENTED}`] : []),
    ];
    return `  ${inline(name)}: { ${parts.join(', ')} }`;
  });
  return `# The rate limit headers. value: ${listInWords(HEADER_VALUE_NAMES, 'or')}.
# format: ${listInWords(FORMAT_NAMES, 'or')}.
# on: every-response, success or refusal.
headers:${entries.length === 0 ? ' {}' : `\n${entries.join('\n')}`}`;
}

function errorSection(document: OpenApiDocument, errors: readonly StarterError[]): string {
  const invalid = errors.some(({ status }) => status === ROLES.invalid) ? ROLES.invalid : 422;
  const answers = {
    notFound: [ROLES.notFound, 'a path that the document does not define'],
    methodNotAllowed: [ROLES.methodNotAllowed, 'a method that the path does not support'],
    tooLarge: [ROLES.tooLarge, 'a body above the size limit of the server'],
    clientError: [invalid, 'a 4xx requested by a fault, where no error has that status'],
    serverError: [ROLES.serverError, 'a 5xx requested by a fault, where no error has that status'],
  } as const;
  const lines = Object.entries(answers).map(([key, [status, says]]) => `  # ${says}\n  ${key}: ${errorName(status)}`);
  return `# The errors by name. Bodies may contain placeholders: \${retryAfter}, \${policies.<id>.remaining}, \${violation.message} …
errors:
${errors.map(errorText).join('\n')}

# Which error answers …
answers:
${lines.join('\n')}

# Which error answers a request that violates the document; the first matching rule wins. A rule may set in, field, keyword.
# \${violations} in a body is the list of all violations.
validation:
${validationRules(document, errors, invalid)}`;
}

/** The rules, of which one is enough where all operations document the same. */
function validationRules(document: OpenApiDocument, errors: readonly StarterError[], invalid: number): string {
  const hasType = errors.some(({ status }) => status === 415);
  const names = { 400: errorName(invalid), 422: errorName(422), ...(hasType ? { 415: errorName(415) } : {}) };
  // A document that answers invalid requests with 422 only needs no rule for single operations.
  const rules = invalidRequestRules(document, names).filter(({ when, error }) => !when || error !== names[400]);
  return rules.map((rule) => `  - ${inline(rule)}`).join('\n');
}

function errorText({ name, status, contentType, body, level, note }: StarterError): string {
  const source = level === 'assumed' ? '' : ', source: document';
  return [
    `  ${name}:`,
    `    status: ${status}`,
    ...(contentType === undefined ? [] : [`    contentType: ${inline(contentType)}`]),
    ...(body === undefined ? [] : [under('body', body, 4)]),
    `    evidence: { level: ${level}${source}${note === undefined ? '' : `, note: ${JSON.stringify(note)}`} }`,
  ].join('\n');
}

function operations(document: OpenApiDocument, policy: string): string {
  const id = document.operations[0]?.id ?? 'getStatus';
  const example = `${inline(id)}:
  behaviour: respond
  patch: { left: '\${policies.${policy}.remaining}' }
  evidence: { level: assumed }`;
  return `# The behaviours of operations. An operation that is not listed answers with the document's example, or a value generated from its schema.
# Behaviours: ${listInWords(Object.keys(behaviours), 'or')}.
# respond sends the example, patched.
operations: {}
# Such as:
${example.replace(/^/gm, '#   ')}`;
}

function variants({ policies }: StarterRules): string {
  const other = policies.find(
    ({ algorithm, window }) => window?.start === 'first-request' && takesWindow(algorithm, 'utc'),
  );
  const intro =
    "# Other interpretations of the provider's documentation, enabled by --variant NAME. A patch is merged into the profile.";
  if (!other) return `${intro}\nvariants: {}`;
  const patch = `policies: { ${other.id}: { window: { start: utc } } }`;
  const name = other.window?.length === '60s' ? 'utc-minute' : 'utc-window';
  return `${intro}
variants:
  ${name}:
    says: The window is ${other.window?.length === '60s' ? 'the minute of' : 'aligned to'} the UTC clock.
    patch: { ${patch} }`;
}
