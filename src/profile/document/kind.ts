/**
 * Recognises what a file is, so that a file of the wrong kind is named as what it is.
 * @module
 */

/** The kind of a file. */
export interface FileKind {
  /** `document`: an OpenAPI or Swagger document; `profile`: a profile; `other`: neither. */
  readonly is: 'document' | 'profile' | 'other';
  /** What it is, with an article: `a Postman collection`. */
  readonly name: string;
  /** What to do if a document is expected. */
  readonly fix: string;
}

const CONVERT = 'convert it to OpenAPI, or export OpenAPI from the tool that wrote it';
const DESCRIBE = 'give the path of an OpenAPI document, 2.0 (Swagger) to 3.2';

function other(name: string, fix = CONVERT): FileKind {
  return { is: 'other', name, fix };
}

/** Texts that need not be parsed to be recognised. */
const TEXTS: readonly (readonly [pattern: RegExp, kind: FileKind])[] = [
  [
    /^\s*(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:!doctype\s+html|html)\b/i,
    other('a web page (HTML)', 'give the address of the document itself, such as its "raw" or "download" link'),
  ],
  [/^\s*<\?xml\b[\s\S]{0,4000}<(?:\w+:)?definitions\b/i, other('a WSDL description')],
  [/^\s*(?:<\?xml\b[\s\S]{0,4000})?<(?:\w+:)?application\b[^>]*wadl/i, other('a WADL description')],
  [/^\s*<\?xml\b/i, other('an XML file', DESCRIBE)],
  [/^#%RAML\b/, other('a RAML document')],
  [/^\s*FORMAT:\s*1A\b/, other('an API Blueprint')],
  [/^\s*(?:\/\/[^\n]*\n\s*)*syntax\s*=\s*["']proto[23]["']/, other('a Protocol Buffers file')],
  [/^\s*(?:"""|type\s+\w+[^\n]*\{|schema\s*\{|extend\s+type\b|scalar\s+\w+\s*$)/, other('a GraphQL schema')],
];

/** Recognises a text before it is parsed; `undefined` if it must be parsed. */
export function kindOfText(text: string): FileKind | undefined {
  if (isEmpty(text)) return other('an empty file', DESCRIBE);
  return TEXTS.find(([pattern]) => pattern.test(text.slice(0, 10_000)))?.[1];
}

/** Whether a text has no lines but comments and separators of YAML. */
function isEmpty(text: string): boolean {
  if (text.startsWith('#%')) return false;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? undefined : end).trim();
    if (line !== '' && line !== '---' && !line.startsWith('#')) return false;
    if (end < 0) break;
    from = end + 1;
  }
  return true;
}

/** Keys that hardly another kind of file has. */
const PROFILE_KEYS = ['callers', 'policies', 'baseUrl', 'fixtures'];

/** Recognises a parsed file; `undefined` if nothing is known about it. */
export function kindOfValue(value: unknown): FileKind | undefined {
  if (value === null || value === undefined) return other('an empty file', DESCRIBE);
  if (Array.isArray(value)) return other('a list', DESCRIBE);
  if (!isRecord(value)) return other(`a single ${typeof value === 'string' ? 'text' : typeof value}`, DESCRIBE);
  if (isDocument(value)) {
    const version = value['swagger'] === undefined ? `OpenAPI ${value['openapi']}` : `Swagger ${value['swagger']}`;
    return { is: 'document', name: `an OpenAPI document (${version})`, fix: 'serve it with --openapi' };
  }
  const foreign = FOREIGN.find(([test]) => test(value));
  if (foreign) return foreign[1];
  if (
    PROFILE_KEYS.some((key) => Object.hasOwn(value, key)) ||
    (Object.hasOwn(value, 'id') && Object.hasOwn(value, 'openapi'))
  )
    return { is: 'profile', name: 'a profile', fix: 'serve it with --profile' };
  return undefined;
}

/** In a profile, `openapi` is a path, and `paths` is unknown. Both may have `webhooks`. */
function isDocument(value: Readonly<Record<string, unknown>>): boolean {
  const version = value['swagger'] ?? value['openapi'];
  if (typeof version !== 'string' && typeof version !== 'number') return false;
  if (/^\d+(?:\.\d+)*(?:-[\w.]+)?$/.test(String(version))) return true;
  if (isRecord(value['paths'])) return true;
  return isRecord(value['webhooks']) && !PROFILE_KEYS.some((key) => Object.hasOwn(value, key));
}

type Test = (value: Readonly<Record<string, unknown>>) => boolean;

const FOREIGN: readonly (readonly [test: Test, kind: FileKind])[] = [
  [
    (value) => value['asyncapi'] !== undefined,
    other(
      'an AsyncAPI document',
      'give an OpenAPI document: AsyncAPI describes messages, and only HTTP APIs can be served',
    ),
  ],
  [
    (value) => value['swaggerVersion'] !== undefined,
    other('a document of Swagger 1', 'convert it to Swagger 2.0 or OpenAPI 3'),
  ],
  [isPostman, other('a Postman collection', 'convert it to OpenAPI, or export the OpenAPI document from Postman')],
  [
    (value) => value['_type'] === 'export' && value['resources'] !== undefined,
    other('an Insomnia export', 'export the OpenAPI document from Insomnia'),
  ],
  [(value) => isRecord(value['log']) && Array.isArray(value['log']['entries']), other('an HTTP archive (HAR)')],
  [(value) => value['openrpc'] !== undefined, other('an OpenRPC document')],
  [
    (value) => value['arazzo'] !== undefined,
    other('an Arazzo document', 'give one of the OpenAPI documents to which it refers'),
  ],
  [
    (value) => value['overlay'] !== undefined && value['actions'] !== undefined,
    other('an OpenAPI overlay', 'apply it, and give the document that results'),
  ],
  [(value) => String(value['kind']).startsWith('discovery#'), other('a Google API discovery document')],
  [(value) => value['smithy'] !== undefined && value['shapes'] !== undefined, other('a Smithy model')],
  [(value) => isRecord(value['data']) && value['data']['__schema'] !== undefined, other('a GraphQL schema')],
  [
    (value) =>
      value['lockfileVersion'] !== undefined || (value['name'] !== undefined && value['dependencies'] !== undefined),
    other('a package file of npm', DESCRIBE),
  ],
  [
    (value) => typeof value['$schema'] === 'string' && /json-schema\.org/.test(value['$schema']),
    other('a JSON Schema', 'refer to it from an OpenAPI document'),
  ],
];

function isPostman({ info, item }: Readonly<Record<string, unknown>>): boolean {
  if (!isRecord(info)) return false;
  return (
    /getpostman|postman/i.test(String(info['schema'])) || (info['_postman_id'] !== undefined && item !== undefined)
  );
}

/** The keys of a map, for a message about a file that nothing is known about. */
export function describeKeys(value: unknown): string {
  const keys = Object.keys(value as object);
  const shown = keys.slice(0, 4).map((key) => JSON.stringify(key.length > 40 ? `${key.slice(0, 39)}…` : key));
  if (keys.length === 0) return 'a map without keys';
  return `a map with ${keys.length === 1 ? 'the key' : 'the keys'} ${shown.join(', ')}${keys.length > 4 ? ' …' : ''}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
