/**
 * Reads and checks the parameters of an operation in one place.
 *
 * Most parameters are single texts of a simple type. One check then converts and validates all of them. Where a parameter has another style or a composed
 * schema, all of that place are read one by one.
 * @module
 */
import type { Operation, Parameter, ParameterPlace } from '../../document/operation.js';
import { type Checks, type ParameterLocation, parametersIn } from '../../schema/checks.js';
import { ANY } from '../../schema/reading/shapes.js';
import type { SchemaCheck } from '../../schema/schema-check.js';
import type { JsonSchema } from '../../schema/schemas.js';
import { setOwn } from '../own.js';
import { readCookies, readPairs } from '../pairs.js';
import { Structures } from '../structures.js';
import { hasAlternatives, type Violation, type ViolationPlace, violationsOf } from '../violations.js';
import { type ParameterSource, type ReadableParameter, readParameter } from './read-parameter.js';
import { StyleError } from './styles.js';

/** The parts of a request that have parameters. */
export interface ParameterInput {
  readonly params: Readonly<Record<string, string>>;
  /** The parameters of the path, percent-encoded. Default: `params`. */
  readonly rawParams?: Readonly<Record<string, string>> | undefined;
  readonly query: URLSearchParams;
  /** The query as it was sent, without the question mark. Default: `query` as text. */
  readonly rawQuery?: string | undefined;
  header(name: string): string | undefined;
}

/** Reads the parameters of one place: values by name, converted to the types of the schemas, with defaults. Adds what is wrong to `violations`. */
export type ReadParameters = (incoming: ParameterInput, violations: Violation[]) => Record<string, unknown>;

/** Compiles the reading of parameters in one place. The operation must have some there. */
export function compileParameters(checks: Checks, operation: Operation, place: ParameterPlace): ReadParameters {
  const parameters = parametersIn(operation, place);
  return place !== 'querystring' && checks.isPlain(operation, place)
    ? readTogether(parameters, place, checks.parameters(operation, place))
    : readOneByOne(parameters, place, checks);
}

function readTogether(parameters: readonly Parameter[], place: ParameterLocation, check: SchemaCheck): ReadParameters {
  return (incoming, violations) => {
    const values: Record<string, unknown> = {};
    for (const { name, default: otherwise } of parameters) {
      const given = place === 'query' ? queryValue(incoming, name) : textOf(place, incoming, name);
      if (given !== undefined) setOwn(values, name, given);
      else if (otherwise !== undefined) setOwn(values, name, otherwise);
    }
    if (!check(values)) violations.push(...violationsOf(place, check.errors ?? []));
    return values;
  };
}

function textOf(place: ParameterLocation, incoming: ParameterInput, name: string): string | undefined {
  return place === 'path' ? incoming.params[name] : incoming.header(name);
}

/** The value of a query parameter; a list if it is repeated. */
function queryValue({ query }: ParameterInput, name: string): string | string[] | undefined {
  if (query.size === 0) return undefined;
  const given = query.getAll(name);
  return given.length > 1 ? given : given[0];
}

function readOneByOne(parameters: readonly Parameter[], place: ParameterPlace, checks: Checks): ReadParameters {
  const { values: texts } = checks;
  const { schemas } = texts.shapes;
  const structures = new Structures(texts);
  const names = new Set(parameters.map(({ name }) => name));
  const readable = parameters.map((parameter): ReadableParameter & { readonly check: SchemaCheck | undefined } => {
    const schema: JsonSchema =
      parameter.schema === undefined ? ANY : (schemas.at(schemas.addressOf(parameter.schema, 'request')) ?? ANY);
    return {
      parameter,
      schema,
      others: names,
      check: parameter.schema === undefined ? undefined : texts.checkOf(schema),
    };
  });
  const reportedIn: ViolationPlace = place === 'querystring' ? 'query' : place;
  return (incoming, violations) => {
    const values: Record<string, unknown> = {};
    const source = sourceOf(incoming, place);
    for (const one of readable) {
      const { name, required, default: otherwise, allowEmptyValue, schema: pointer } = one.parameter;
      const report = (keyword: string, message: string) =>
        violations.push({ in: reportedIn, field: place === 'querystring' ? '' : name, keyword, message });
      try {
        const value = readParameter(one, source, structures);
        if (value === undefined) {
          if (required) report('required', `must have required property '${name}'`);
          else if (otherwise !== undefined) setOwn(values, name, otherwise);
          continue;
        }
        setOwn(values, name, value);
        if (allowEmptyValue && isEmpty(name, source)) continue;
        if (one.check === undefined || one.check(value)) continue;
        const faults = one.check.errors ?? [];
        const told = hasAlternatives(faults) ? checks.reasons(pointer!, value) : faults;
        violations.push(...violationsOf(reportedIn, told, place === 'querystring' ? '' : name));
      } catch (error) {
        if (error instanceof StyleError) report('style', error.message);
        else if (error instanceof SyntaxError) report('json', error.message);
        else throw error;
      }
    }
    return values;
  };
}

const NO_PAIRS: readonly never[] = [];

function sourceOf(incoming: ParameterInput, place: ParameterPlace): ParameterSource {
  const { params, rawParams = encoded(params), query, rawQuery = query.toString() } = incoming;
  return {
    path: rawParams,
    header: (name) => incoming.header(name),
    query: place === 'query' ? readPairs(rawQuery) : NO_PAIRS,
    cookies: place === 'cookie' ? readCookies(incoming.header('cookie')) : NO_PAIRS,
    rawQuery,
  };
}

function encoded(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.replaceAll('%', '%25')]));
}

function isEmpty(name: string, { query }: ParameterSource): boolean {
  return query.some((pair) => pair.name === name && pair.value === '');
}
