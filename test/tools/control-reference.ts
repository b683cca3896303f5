/**
 * docs/control.md: each call of the control API and each shape that it uses, made from the API's own OpenAPI document.
 * @module
 */

/** The part of an OpenAPI 3.1 schema that the reference reads. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

/** The control API's OpenAPI document, as far as it is read here. */
export interface ControlDocument {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A call as the page shows it: `path` with the examples of its parameters, `body` as JSON. */
export interface ExampleCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Refusals that every call may get; the page says them once. */
const EVERYWHERE = new Set(['401', '403', '413', '500']);

/** The example of every call, in the order of the document. */
export function exampleCalls(document: ControlDocument): ExampleCall[] {
  return callsOf(document).map(exampleOf);
}

/** A line for each call, by tag. */
export function callsTable(document: ControlDocument): string {
  const rows = callsOf(document).map(
    (call) => `| [\`${title(call)}\`](#${anchor(title(call))}) | ${cell(call.operation.summary)} |`,
  );
  return ['| call | does |', '|---|---|', ...rows].join('\n');
}

/** A section for each call. */
export function callsReference(document: ControlDocument): string {
  const calls = callsOf(document);
  return document.tags
    .flatMap(({ name, description }) => {
      const own = calls.filter(({ operation }) => operation.tags.includes(name));
      return own.length === 0 ? [] : [`## Calls: ${name}\n\n${description}.`, ...own.map(section)];
    })
    .join('\n\n');
}

/** A table for each shape of a request or response. */
export function shapesReference(document: ControlDocument): string {
  return Object.entries(document.components.schemas)
    .map(([name, schema]) => {
      const rows = propertiesOf(schema, '').map(
        ({ path, type, description, example }) => `| \`${path}\` | ${type} | ${description} | ${example} |`,
      );
      const intro = schema.description === undefined ? '' : `${schema.description}.`;
      const table =
        rows.length === 0
          ? []
          : [['| field | type | description | example |', '|---|---|---|---|', ...rows].join('\n')];
      return [`### ${name}`, ...(intro === '' ? [] : [intro]), ...table].join('\n\n');
    })
    .join('\n\n');
}

function callsOf(document: ControlDocument): Call[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function section(call: Call): string {
  const { summary, description, parameters = [], requestBody, responses } = call.operation;
  const parts = [`### ${title(call)}`, `${summary}. ${description ?? ''}`.trim()];
  if (parameters.length > 0) {
    const rows = parameters.map(
      (one) =>
        `| \`${one.name}\` | ${one.in}${one.required === true ? ', required' : ''} | ${typeOf(one.schema)} | ${cell(one.description ?? one.schema.description ?? '')} |`,
    );
    parts.push(['| parameter | in | type | description |', '|---|---|---|---|', ...rows].join('\n'));
  }
  const [body] = Object.values(requestBody?.content ?? {});
  if (body?.schema)
    parts.push(`Body${requestBody!.required === true ? '' : ' (may be left out)'}: ${typeOf(body.schema)}`);
  const answers = Object.entries(responses)
    .filter(([status]) => !EVERYWHERE.has(status))
    .map(([status, response]) => `- ${status}: ${response.description}${shapeOf(response.content)}`);
  parts.push(answers.join('\n'), `\`\`\`sh\n${curl(exampleOf(call))}\n\`\`\``);
  return parts.join('\n\n');
}

function shapeOf(content: Content = {}): string {
  const types = Object.entries(content).map(([type, { schema }]) =>
    type === 'application/json' && schema ? typeOf(schema) : `\`${type}\``,
  );
  return types.length === 0 || types.join() === '`application/problem+json`' ? '' : ` (${types.join(', ')})`;
}

function exampleOf({ method, path, operation }: Call): ExampleCall {
  const { parameters = [], requestBody } = operation;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(parameters.find((one) => one.name === name)!.schema.example),
  );
  // Of several filters the first is enough.
  const [first] = parameters.filter((one) => one.in === 'query');
  const query = first === undefined ? '' : `?${first.name}=${encodeURIComponent(String(first.schema.example))}`;
  const [body] = Object.values(requestBody?.content ?? {});
  return { method, path: `/__mock429${filled}${query}`, body: body?.example };
}

function curl({ method, path, body }: ExampleCall): string {
  const usual = body === undefined ? 'GET' : 'POST';
  const address = `localhost:4290${path}`;
  return [
    'curl -s',
    ...(method === usual ? [] : [`-X ${method}`]),
    path.includes('?') ? `'${address}'` : address,
    ...(body === undefined ? [] : [`-d '${JSON.stringify(body)}'`]),
  ].join(' ');
}

interface Field {
  readonly path: string;
  readonly type: string;
  readonly description: string;
  readonly example: string;
}

/** The fields of a shape, those of maps within it included. */
function propertiesOf(schema: Schema, prefix: string): Field[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const optional = schema.required?.includes(name) === true ? '' : ', optional';
    const field: Field = {
      path,
      type: `${typeOf(property)}${optional}`,
      description: cell(property.description ?? ''),
      example: property.example === undefined ? '' : code(JSON.stringify(property.example)),
    };
    return [
      field,
      ...propertiesOf(property, `${path}.`),
      ...(property.items ? propertiesOf(property.items, `${path}[].`) : []),
    ];
  });
  return [...own, ...(schema.allOf ?? []).flatMap((part) => propertiesOf(part, prefix))];
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1)!;
    return `[${name}](#${anchor(name)})`;
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map(typeOf))].join(' or ');
  if (schema.allOf) return schema.allOf.map(typeOf).join(' and ');
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (typeof schema.additionalProperties === 'object') return `map of ${typeOf(schema.additionalProperties)}`;
  const types = schema.type === undefined ? ['any'] : [schema.type].flat();
  return types.length > 4 ? 'any JSON' : types.join(' or ');
}

function title({ method, path }: Call): string {
  return `${method} ${path}`;
}

function anchor(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}

function code(text: string): string {
  const short = text.length > 90 ? `${text.slice(0, 87)}…` : text;
  return `\`${short.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}
