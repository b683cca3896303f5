import { createRequire } from "node:module";
import { existsSync, readdirSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
// src/limits/duration.ts
const UNIT_MS$1 = {
	ms: 1,
	s: 1e3,
	sec: 1e3,
	m: 6e4,
	min: 6e4,
	h: 36e5,
	d: 864e5,
	w: 6048e5
};
const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
function parseDuration(text) {
	const plain = /^(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h|d|w)$/.exec(text.trim());
	if (plain) return Math.round(Number(plain[1]) * UNIT_MS$1[plain[2]]);
	const iso = ISO.exec(text.trim());
	if (!iso || text.trim().length < 3 || text.trim().endsWith("T")) return void 0;
	const [, weeks, days, hours, minutes, seconds] = iso.map((part) => Number(part ?? 0));
	return Math.round(weeks * UNIT_MS$1["w"] + days * UNIT_MS$1["d"] + hours * UNIT_MS$1["h"] + minutes * UNIT_MS$1["m"] + seconds * 1e3);
}
function formatDuration(ms) {
	if (ms < 1e3) return `${ms} ms`;
	const parts = [];
	let rest = ms;
	for (const [unit, size] of [
		["d", 864e5],
		["h", 36e5],
		["min", 6e4]
	]) {
		if (rest >= size) parts.push(`${Math.floor(rest / size)} ${unit}`);
		rest %= size;
	}
	if (rest > 0) parts.push(`${rest / 1e3} s`);
	return parts.join(" ");
}
// src/profile/errors.ts
var ProfileError = class extends Error {
	name = "ProfileError";
	issues;
	constructor(issues) {
		const inOrder = [...issues].sort((a, b) => a.line - b.line || a.col - b.col);
		super(inOrder.map(formatIssue).join("\n"));
		this.issues = inOrder;
	}
};
function formatIssue({ code, file, line, col, path, problem, fix }) {
	return `${file}:${line}:${col}  ${path === "" ? "" : `${path}: `}${problem}; ${fix}  [${code}]`;
}
function nearest$1(word, candidates) {
	let best;
	let least = Math.max(2, Math.ceil(word.length / 3)) + 1;
	for (const candidate of candidates) {
		const [a, b] = [word.toLowerCase(), candidate.toLowerCase()];
		const difference = Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a)) ? Math.min(1, editDistance(a, b)) : editDistance(a, b);
		if (difference < least) [best, least] = [candidate, difference];
	}
	return best;
}
function suggest(word, candidates) {
	const near = nearest$1(word, candidates);
	if (near !== void 0) return `did you mean "${near}"?`;
	return candidates.length === 0 ? "remove it" : `use one of: ${candidates.join(", ")}`;
}
function editDistance(a, b) {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
		row = next;
	}
	return row[b.length];
}
// src/root.ts
function packaged(path) {
	return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
// src/profile/locate.ts
const PROFILES_DIRECTORY = packaged("profiles/");
function builtInProfiles() {
	return readdirSync(PROFILES_DIRECTORY).filter((file) => file.endsWith(".yaml")).map((file) => file.slice(0, -5)).sort();
}
function findProfile(reference) {
	const isPath = /[\\/]|\.(ya?ml|json)$/.test(reference);
	const file = isPath ? resolve(reference) : resolve(PROFILES_DIRECTORY, `${reference}.yaml`);
	if (existsSync(file)) return file;
	const problem = isPath ? "there is no such file" : `there is no profile "${reference}"`;
	const fix = isPath ? "check the path" : suggestProfile(reference);
	throw new ProfileError([{
		code: "profile/unknown",
		file: isPath ? reference : "profile",
		line: 1,
		col: 1,
		path: "",
		problem,
		fix
	}]);
}
function filesOf({ file, profile }) {
	return {
		profile: file,
		document: resolve(dirname(file), profile.openapi)
	};
}
function shownPath(file) {
	const path = relative(process.cwd(), file);
	return path.startsWith("..") ? file : path;
}
function suggestProfile(id) {
	const known = builtInProfiles();
	const near = suggest(id, known);
	const list = `known: ${known.join(", ")}; or give the path of a YAML file`;
	return near.startsWith("did") ? `${near} (${list})` : list;
}
// src/openapi/fills.ts
function mayFill(root, pointer) {
	const seen = new Set();
	const waiting = [{ $ref: pointer }];
	for (let schema = waiting.pop(); schema !== void 0; schema = waiting.pop()) {
		if (schema === null || typeof schema !== "object") continue;
		if (Object.hasOwn(schema, "default")) return true;
		const { $ref: reference } = schema;
		if (typeof reference === "string" && !seen.has(reference)) {
			seen.add(reference);
			const target = targetOf(root, reference);
			if (target === void 0) return true;
			waiting.push(target);
		}
		for (const inner of Object.values(schema)) waiting.push(inner);
	}
	return false;
}
function targetOf(root, reference) {
	if (!reference.startsWith("#/")) return void 0;
	let target = root;
	for (const part of reference.slice(2).split("/")) {
		const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
		if (target === null || typeof target !== "object" || !Object.hasOwn(target, key)) return void 0;
		target = target[key];
	}
	return target;
}
// src/openapi/late-references.ts
const require$2 = createRequire(import.meta.url);
function referLate(ajv) {
	const { compileSchema, resolveSchema } = require$2("ajv/dist/compile/index.js");
	const { inlineRef, resolveUrl } = require$2("ajv/dist/compile/resolve.js");
	const known = new Map();
	const keyword = ajv.getKeyword("$ref");
	const { code } = keyword;
	keyword.code = (context, ruleType) => {
		const { baseId, schemaEnv } = context.it;
		const { refs } = schemaEnv.root;
		const reference = resolveUrl(ajv.opts.uriResolver, baseId, context.schema);
		if (refs[reference] === void 0 && reference.includes("#/")) {
			const schema = known.get(reference) ?? resolveSchema.call(ajv, schemaEnv.root, reference);
			if (schema && !inlineRef(schema.schema, ajv.opts.inlineRefs)) {
				schema.validate ??= whenCalled(() => compileSchema.call(ajv, schema).validate);
				known.set(reference, schema);
				refs[reference] = schema;
			}
		}
		code(context, ruleType);
	};
}
function whenCalled(compile) {
	let compiled;
	const standIn = (data, context) => {
		compiled ??= compile();
		const valid = compiled(data, context);
		standIn.errors = compiled.errors;
		standIn.evaluated = compiled.evaluated;
		return valid;
	};
	standIn.errors = null;
	standIn.evaluated = void 0;
	return standIn;
}
// src/openapi/checks.ts
const PLACES = [
	"path",
	"query",
	"header"
];
const require$1 = createRequire(import.meta.url);
const DOCUMENT = "openapi";
function compileChecks(document) {
	let forText;
	let forJson;
	return {
		parameters(operation, place) {
			forText ??= lateAjv(document, true);
			return forText.compile(parametersSchema(operation, place));
		},
		body(pointer) {
			forJson ??= lateAjv(document, false);
			return forJson.compile(bodySchema(pointer));
		},
		fills: (pointer) => mayFill(document.root, pointer)
	};
}
function lateChecks(read) {
	let checks;
	const late = () => {
		checks ??= read();
		return checks;
	};
	return {
		parameters: (operation, place) => late().parameters(operation, place),
		body: (pointer) => late().body(pointer),
		fills: (pointer) => late().fills(pointer)
	};
}
function lateAjv(document, converts) {
	const ajv = createAjv(document, converts);
	referLate(ajv);
	return ajv;
}
function createAjv(document, converts, keepsSource = false) {
	const { Ajv2020: Constructor } = require$1("ajv/dist/2020.js");
	const addFormats = require$1("ajv-formats");
	const ajv = new Constructor({
		strict: false,
		allErrors: true,
		coerceTypes: converts && "array",
		useDefaults: true,
		validateSchema: false,
		logger: false,
		code: { source: keepsSource }
	});
	addFormats(ajv);
	ajv.addSchema({
		...document.root,
		$id: DOCUMENT
	});
	return ajv;
}
function parametersSchema(operation, place) {
	const parameters = parametersIn(operation, place);
	return {
		type: "object",
		properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema === void 0 ? {} : bodySchema(schema)])),
		required: parameters.filter(({ required }) => required).map(({ name }) => name)
	};
}
function bodySchema(pointer) {
	return { $ref: DOCUMENT + encodeURI(pointer).replaceAll("%23", "#") };
}
function parametersIn(operation, place) {
	return operation.parameters.filter((parameter) => parameter.in === place);
}
// src/openapi/document.ts
const METHODS = [
	"get",
	"put",
	"post",
	"delete",
	"options",
	"head",
	"patch",
	"trace"
];
var DocumentError = class extends Error {
	code;
	at;
	name = "DocumentError";
	constructor(code, at, message) {
		super(message);
		this.code = code;
		this.at = at;
	}
};
var OpenApiDocument = class {
	operations;
	basePath;
	#root;
	constructor(root, known) {
		this.#root = root;
		if (!known) checkVersion(this.root);
		this.basePath = known?.basePath ?? serverPath(this.root);
		this.operations = known?.operations ?? this.#readOperations();
	}
	get root() {
		if (typeof this.#root === "function") this.#root = this.#root();
		return this.#root;
	}
	at(pointer, seen = []) {
		let value = this.root;
		const keys = pointerKeys(pointer);
		for (const [i, key] of keys.entries()) {
			value = this.follow(value, seen, keys.slice(0, i));
			value = value !== null && typeof value === "object" ? value[key] : void 0;
			if (value === void 0) return void 0;
		}
		return this.follow(value, [...seen, pointer], keys);
	}
	canonical(pointer) {
		let at = "#";
		for (const key of pointerKeys(pointer)) {
			const value = this.#plain(at);
			const reference = isObject(value) ? value["$ref"] : void 0;
			if (typeof reference === "string") at = this.canonical(reference);
			at = `${at}/${escapeKey(key)}`;
		}
		return at;
	}
	#plain(pointer) {
		let value = this.root;
		for (const key of pointerKeys(pointer)) value = value !== null && typeof value === "object" ? value[key] : void 0;
		return value;
	}
	follow(value, seen = [], at = []) {
		const reference = isObject(value) ? value["$ref"] : void 0;
		if (typeof reference !== "string") return value;
		if (!reference.startsWith("#")) throw new DocumentError("openapi/remote-ref", at, `reference "${reference}" leaves the document; bundle it into one file first`);
		if (seen.includes(reference)) throw new DocumentError("openapi/circular-ref", at, `reference "${reference}" leads back to itself`);
		const target = this.at(reference, [...seen, reference]);
		if (target === void 0) throw new DocumentError("openapi/dangling-ref", at, `reference "${reference}" leads nowhere`);
		return target;
	}
	#readOperations() {
		const operations = [];
		const ids = new Map();
		const paths = this.root["paths"] ?? {};
		for (const [path, item] of Object.entries(this.follow(paths))) {
			const pathItem = this.follow(item);
			if (!isObject(pathItem)) continue;
			for (const method of METHODS) {
				const operation = pathItem[method];
				if (!isObject(operation)) continue;
				const read = this.#readOperation(path, method, pathItem, operation);
				const other = ids.get(read.id);
				if (other !== void 0) throw new DocumentError("openapi/duplicate-operation", [
					"paths",
					path,
					method
				], `operationId "${read.id}" is taken by ${other}; rename one`);
				ids.set(read.id, `${read.method} ${read.path}`);
				operations.push(read);
			}
		}
		return operations;
	}
	#readOperation(path, method, pathItem, operation) {
		const itemPointer = `#/paths/${escapeKey(path)}`;
		const pointer = `${itemPointer}/${method}`;
		const parameters = new Map();
		for (const [owner, list] of [[itemPointer, pathItem["parameters"]], [pointer, operation["parameters"]]]) for (const i of Array.isArray(list) ? list.keys() : []) {
			const parameter = this.#readParameter(`${owner}/parameters/${i}`);
			if (parameter) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
		}
		const security = operation["security"] ?? this.root["security"];
		const requirements = Array.isArray(security) ? security.filter(isObject) : [];
		return {
			id: typeof operation["operationId"] === "string" ? operation["operationId"] : `${method.toUpperCase()} ${path}`,
			method: method.toUpperCase(),
			path: this.basePath + path,
			tags: Array.isArray(operation["tags"]) ? operation["tags"].map(String) : [],
			pointer,
			parameters: [...parameters.values()],
			body: this.#readBody(`${pointer}/requestBody`),
			security: requirements.some((one) => Object.keys(one).length === 0) ? [] : requirements.flatMap((one) => Object.keys(one))
		};
	}
	#readParameter(pointer) {
		const parameter = this.at(pointer);
		if (!isObject(parameter) || typeof parameter["name"] !== "string") return void 0;
		const schema = this.follow(parameter["schema"]);
		return {
			name: parameter["name"],
			default: isObject(schema) ? schema["default"] : void 0,
			in: parameter["in"],
			required: parameter["required"] === true,
			schema: parameter["schema"] === void 0 ? void 0 : this.canonical(`${pointer}/schema`)
		};
	}
	#readBody(pointer) {
		const body = this.at(pointer);
		if (!isObject(body)) return void 0;
		const content = isObject(body["content"]) ? body["content"] : {};
		const schemas = {};
		for (const [type, media] of Object.entries(content)) if (isObject(media) && media["schema"] !== void 0) schemas[type] = this.canonical(`${pointer}/content/${escapeKey(type)}/schema`);
		return {
			required: body["required"] === true,
			schemas
		};
	}
};
function checkVersion(root) {
	const version = isObject(root) ? root["openapi"] : void 0;
	if (typeof version === "string" && /^3\.[01]\./.test(version)) return;
	const [at, problem, fix] = version !== void 0 ? [
		["openapi"],
		`OpenAPI ${JSON.stringify(version)} cannot be read`,
		"convert it to 3.0 or 3.1"
	] : isObject(root) && root["swagger"] !== void 0 ? [
		["swagger"],
		"this is a document of Swagger, the former OpenAPI",
		"convert it to OpenAPI 3.0 or 3.1"
	] : [
		[],
		"this is not an OpenAPI document: it has no key openapi",
		"give the path of an OpenAPI 3.0 or 3.1 document"
	];
	throw new DocumentError("openapi/version", at, `${problem}; ${fix}`);
}
function isObject(value) {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}
function escapeKey(key) {
	return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
function pointerKeys(pointer) {
	return pointer.replace(/^#\/?/, "").split("/").filter((key, i) => i > 0 || key !== "").map((key) => decodeKey(key).replaceAll("~1", "/").replaceAll("~0", "~"));
}
function decodeKey(key) {
	try {
		return key.includes("%") ? decodeURIComponent(key) : key;
	} catch {
		return key;
	}
}
function serverPath(root) {
	const servers = root["servers"];
	const first = Array.isArray(servers) ? servers[0] : void 0;
	return (isObject(first) && typeof first["url"] === "string" ? first["url"] : "/").replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, "").replace(/\/+$/, "");
}
// src/limits/facts.ts
function readFact(facts, path, extra) {
	const root = path[0];
	switch (root) {
		case "caller": return callerFact(facts.caller, path[1]);
		case "header": return facts.header(nameIn(path));
		case "query": return facts.query.get(nameIn(path)) ?? void 0;
		case "params": return facts.params[nameIn(path)];
		case "body": return dig(facts.body, path, 1);
		case "ip":
		case "method":
		case "path":
		case "operation": return facts[root];
		default: return extra && root !== void 0 ? dig(extra[root], path, 1) : void 0;
	}
}
function nameIn(path) {
	return path.length === 2 ? path[1] : path.slice(1).join(".");
}
function readFacts(facts, path) {
	const star = path.indexOf("*");
	if (star < 0) return [readFact(facts, path)];
	return eachOf(readFact(facts, path.slice(0, star)), path.slice(star));
}
function eachOf(value, path) {
	const star = path.indexOf("*");
	if (star < 0) return [dig(value, path)];
	const list = dig(value, path.slice(0, star));
	return Array.isArray(list) ? list.flatMap((item) => eachOf(item, path.slice(star + 1))) : [];
}
const FACT_ROOTS = [
	"caller",
	"header",
	"query",
	"params",
	"body",
	"ip",
	"method",
	"path",
	"operation"
];
function callerFact(caller, name) {
	if (!caller || name === void 0) return void 0;
	if (name === "kind") return caller.kind;
	if (name === "plan") return caller.plan;
	return caller.facts[name];
}
function dig(value, path, from = 0) {
	let at = value;
	for (let i = from; i < path.length; i++) {
		const key = path[i];
		if (at === null || typeof at !== "object") return void 0;
		at = Array.isArray(at) ? at[Number(key)] : Object.hasOwn(at, key) ? at[key] : void 0;
	}
	return at;
}
// src/limits/render/formats.ts
const formats = {
	"epoch-seconds": (at) => Math.ceil(at / 1e3),
	"epoch-decimal": (at) => (at / 1e3).toFixed(3),
	"epoch-milliseconds": (at) => Math.ceil(at),
	"delta-seconds": (at, now) => Math.max(0, Math.ceil((at - now) / 1e3)),
	"delta-decimal": (at, now) => (Math.max(0, Math.ceil(at - now)) / 1e3).toFixed(3).replace(/0{1,2}$/, ""),
	"delta-milliseconds": (at, now) => Math.max(0, Math.ceil(at - now)),
	"go-duration": (at, now) => goDuration(Math.max(0, Math.ceil(at - now))),
	iso: (at) => isoInstant(at),
	"iso-seconds": (at, now) => isoSecond(at > now ? Math.ceil(at / 1e3) : Math.floor(at / 1e3)),
	"iso-date": (at) => isoInstant(at).slice(0, 10),
	"http-date": (at) => httpDate(Math.ceil(at / 1e3) * 1e3)
};
function isFormat(name) {
	return Object.hasOwn(formats, name);
}
let lastInstant = NaN;
let lastIso = "";
function isoInstant(at) {
	const instant = Math.max(-864e13, Math.min(864e13, Math.round(at)));
	if (instant !== lastInstant) {
		lastIso = new Date(instant).toISOString();
		lastInstant = instant;
	}
	return lastIso;
}
let lastIsoSecond = NaN;
let lastShort = "";
function isoSecond(second) {
	if (second !== lastIsoSecond) {
		lastShort = isoInstant(second * 1e3).replace(".000Z", "Z");
		lastIsoSecond = second;
	}
	return lastShort;
}
let lastSecond = NaN;
let lastDate = "";
function httpDate(at) {
	const second = Math.floor(at / 1e3);
	if (second !== lastSecond) {
		lastDate = new Date(at).toUTCString();
		lastSecond = second;
	}
	return lastDate;
}
function goDuration(ms) {
	if (ms < 1e3) return ms === 0 ? "0s" : `${ms}ms`;
	const hours = Math.floor(ms / 36e5);
	const minutes = Math.floor(ms % 36e5 / 6e4);
	const seconds = `${ms % 6e4 / 1e3}s`;
	return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}`;
}
const FORMAT_NAMES = Object.keys(formats);
// src/limits/render/template.ts
var TemplateError = class extends Error {
	name = "TemplateError";
};
const PLACEHOLDER = /\$\{([^}]*)\}/g;
const FILTERS = {
	number: Number,
	string: String,
	lower: (value) => String(value).toLowerCase(),
	upper: (value) => String(value).toUpperCase(),
	length: (value) => Array.isArray(value) || typeof value === "string" ? value.length : 0,
	fixed2: (value) => Number(value).toFixed(2)
};
const FILTER_NAMES = [...Object.keys(FILTERS), ...Object.keys(formats)];
function compileTemplate(source) {
	if (typeof source === "string") return compileText(source);
	if (Array.isArray(source)) return compileList(source.map(compileTemplate));
	if (source !== null && typeof source === "object") return compileMap(Object.keys(source), Object.values(source).map(compileTemplate));
	return constant(source);
}
function constant(value) {
	return {
		constant: true,
		timed: false,
		paths: [],
		render: () => value
	};
}
function compileList(parts) {
	return combine(parts, (scope, now) => {
		const result = [];
		for (const part of parts) result.push(part.render(scope, now) ?? null);
		return result;
	});
}
function compileMap(keys, parts) {
	return combine(parts, (scope, now) => {
		const result = {};
		for (let i = 0; i < parts.length; i++) {
			const value = parts[i].render(scope, now);
			if (value !== void 0) result[keys[i]] = value;
		}
		return result;
	});
}
function combine(parts, render) {
	if (parts.every((part) => part.constant)) return constant(render(nothing, 0));
	return {
		constant: false,
		timed: parts.some((part) => part.timed),
		paths: parts.flatMap((part) => part.paths),
		render
	};
}
function namesOnly({ timed, paths }, ...roots) {
	return !timed && paths.every(([root]) => roots.includes(root));
}
const nothing = () => void 0;
function compileText(text) {
	const pieces = [...text.matchAll(PLACEHOLDER)];
	if (pieces.length === 0) return constant(text);
	const expressions = pieces.map((piece) => compileExpression(piece[1]));
	const paths = expressions.flatMap((expression) => expression.paths);
	const timed = expressions.some((expression) => expression.timed);
	if (pieces.length === 1 && pieces[0][0].length === text.length) return {
		constant: false,
		timed,
		paths,
		render: expressions[0].evaluate
	};
	const [first = "", ...literals] = text.split(/\$\{[^}]*\}/);
	return {
		constant: false,
		timed,
		paths,
		render: (scope, now) => {
			let written = first;
			for (let i = 0; i < literals.length; i++) {
				const value = expressions[i].evaluate(scope, now);
				if (value !== void 0 && value !== null) written += String(value);
				written += literals[i];
			}
			return written;
		}
	};
}
function compileExpression(source) {
	const [head, ...filters] = source.split("|").map((part) => part.trim());
	const choices = (head ?? "").split("??").map((part) => part.trim());
	if (!choices.every((choice) => /^[\w$-]+(\.[\w$-]+)*$/.test(choice))) throw new TemplateError(`"\${${source}}" is not a path such as request.id or policies.<id>.remaining`);
	for (const filter of filters) if (!isFormat(filter) && !Object.hasOwn(FILTERS, filter)) throw new TemplateError(`unknown filter "${filter}" in "\${${source}}"; known: ${FILTER_NAMES.join(", ")}`);
	const paths = choices.map((choice) => choice.split("."));
	const [only] = paths;
	if (paths.length === 1 && filters.length === 0) return {
		paths,
		timed: false,
		evaluate: (scope) => scope(only)
	};
	const steps = filters.map((filter) => isFormat(filter) ? (value, now) => formats[filter](Number(value), now) : FILTERS[filter]);
	return {
		paths,
		timed: filters.some(isFormat),
		evaluate: (scope, now) => {
			let value = firstValue(paths, scope);
			for (const step of steps) if (value !== void 0 && value !== null) value = step(value, now);
			return value;
		}
	};
}
function firstValue(paths, scope) {
	let value;
	for (const path of paths) {
		value = scope(path);
		if (value !== void 0 && value !== null) return value;
	}
	return value;
}
// src/state/resources.ts
var KeptItem = class {
	id;
	createdAt;
	serial;
	updatedAt;
	uniqueKeys;
	job;
	#data;
	constructor({ id, createdAt, updatedAt, data, uniqueKeys, job }, serial) {
		this.id = id;
		this.createdAt = createdAt;
		this.serial = serial;
		this.updatedAt = updatedAt;
		this.uniqueKeys = uniqueKeys;
		this.job = job;
		this.#data = data;
	}
	get data() {
		if (typeof this.#data === "string") this.#data = JSON.parse(this.#data);
		return this.#data;
	}
	set data(data) {
		this.#data = data;
	}
	pack(text) {
		if (!text.includes("null") || isPlain(this.#data)) this.#data = text;
	}
};
function isPlain(value) {
	if (typeof value === "number") return Number.isFinite(value);
	if (value === null || typeof value !== "object") return true;
	for (const key in value) if (!isPlain(value[key])) return false;
	return true;
}
var Shelf = class {
	items = new Map();
	version = 0;
	lively = false;
	#owners = new Map();
	put(item) {
		if (this.items.has(item.id)) this.remove(item.id);
		if (item.job) this.lively = true;
		this.version += 1;
		this.items.set(item.id, item);
		this.#claim(item.uniqueKeys, item.id);
	}
	isTaken(key, self) {
		const known = this.#owners.get(key);
		if (known === void 0 || typeof known === "string") return known !== void 0 && known !== self;
		return known.size > (self !== void 0 && known.has(self) ? 1 : 0);
	}
	owner(key) {
		const [id] = this.owners(key);
		return id === void 0 ? void 0 : this.items.get(id);
	}
	owners(key) {
		const known = this.#owners.get(key);
		return known === void 0 ? [] : typeof known === "string" ? [known] : [...known];
	}
	update(item, data, uniqueKeys, now) {
		this.#disclaim(item.uniqueKeys, item.id);
		this.#claim(uniqueKeys, item.id);
		this.version += 1;
		Object.assign(item, {
			data,
			uniqueKeys,
			updatedAt: now
		});
	}
	get shared() {
		return [...this.#owners.keys()].map((key) => [key, this.owners(key)]).filter(([, ids]) => ids.length > 1);
	}
	load(items, shared) {
		for (const item of items) this.put(item);
		for (const [key, ids] of shared) this.#owners.set(key, new Set(ids));
	}
	remove(id) {
		const item = this.items.get(id);
		if (!item) return false;
		this.version += 1;
		this.#disclaim(item.uniqueKeys, id);
		return this.items.delete(id);
	}
	#claim(keys, id) {
		for (const key of keys) {
			const known = this.#owners.get(key);
			if (typeof known === "object") known.add(id);
			else this.#owners.set(key, known === void 0 ? id : new Set([known, id]));
		}
	}
	#disclaim(keys, id) {
		for (const key of keys) {
			const known = this.#owners.get(key);
			if (typeof known === "object" && known.size > 1) known.delete(id);
			else this.#owners.delete(key);
		}
	}
};
var Resources = class {
	credentials = new Map();
	#shelves = new Map();
	#serial = 0;
	find(collection, scope) {
		return this.#shelves.get(collection)?.get(scope);
	}
	open(collection, scope, seed) {
		let scopes = this.#shelves.get(collection);
		if (!scopes) {
			scopes = new Map();
			this.#shelves.set(collection, scopes);
		}
		const shelf = new Shelf();
		scopes.set(scope, shelf);
		for (const item of seed) this.add(shelf, item);
		return shelf;
	}
	add(shelf, item) {
		this.#serial += 1;
		const added = new KeptItem(item, this.#serial);
		shelf.put(added);
		return added;
	}
	forget(collection) {
		this.#shelves.delete(collection);
	}
	*jobs() {
		for (const { collection, scope, shelf } of this.shelves()) for (const item of shelf.items.values()) if (item.job) yield {
			collection,
			scope,
			item
		};
	}
	*shelves() {
		for (const [collection, scopes] of this.#shelves) for (const [scope, shelf] of scopes) yield {
			collection,
			scope,
			shelf
		};
	}
	get serial() {
		return this.#serial;
	}
	set serial(serial) {
		this.#serial = serial;
	}
};
function isRunning(job, now) {
	return job.endsAt === null || job.endsAt > now;
}
// src/behaviours/collections.ts
function withScope(scope, extra) {
	return (path) => {
		const root = path[0];
		if (!Object.hasOwn(extra, root)) return scope(path);
		return path.length === 1 ? extra[root] : dig(extra[root], path, 1);
	};
}
function withRoot(scope, root, value) {
	return (path) => {
		if (path[0] !== root) return scope(path);
		return path.length === 1 ? value : dig(value, path, 1);
	};
}
function shelfOf(collection, context) {
	const { id, scope: parts } = collection;
	let scope = "";
	for (let i = 0; i < parts.length; i++) {
		const value = parts[i].render(context.scope, context.now);
		scope = i === 0 ? String(value) : `${scope}\n${String(value)}`;
	}
	return context.resources.find(id, scope) ?? context.resources.open(id, scope, seedOf(collection, context));
}
function seedOf(collection, context) {
	const { now } = context;
	return collection.seed(context).map((data, i) => {
		const createdAt = now - 6e4 * (collection.newestFirst ? i + 1 : 1e3 - i);
		return {
			...newItem(collection, context, data),
			createdAt,
			updatedAt: createdAt
		};
	});
}
function newItem(collection, context, data, keys = uniqueKeys(collection, data), job) {
	const { now } = context;
	return {
		id: String(collection.idOf.render(withRoot(context.scope, "item", data), now)),
		createdAt: now,
		updatedAt: now,
		data,
		uniqueKeys: keysOf(keys),
		job
	};
}
function credentialOf({ credential }, data, { scope, now }) {
	const text = credential?.render(withRoot(scope, "item", data), now);
	return typeof text === "string" ? text : void 0;
}
function issue(collection, item, context) {
	const credential = credentialOf(collection, item.data, context);
	const { resources, facts } = context;
	if (credential === void 0 || !facts.caller) return;
	resources.credentials.set(credential, {
		account: facts.caller.account,
		revoked: false
	});
}
function revoke(collection, item, context) {
	const credential = credentialOf(collection, item.data, context);
	const issued = credential === void 0 ? void 0 : context.resources.credentials.get(credential);
	if (issued) context.resources.credentials.set(credential, {
		...issued,
		revoked: true
	});
}
function compileItem(source) {
	if (source === null || typeof source !== "object" || Array.isArray(source)) {
		const whole = compileTemplate(source);
		return (scope, now) => whole.render(scope, now);
	}
	const fields = Object.entries(source).map(([name, template]) => [name, compileTemplate(template)]);
	return (scope, now) => {
		const item = {};
		const inner = withRoot(scope, "item", item);
		for (let i = 0; i < fields.length; i++) {
			const value = fields[i][1].render(inner, now);
			if (value !== void 0) item[fields[i][0]] = value;
		}
		return item;
	};
}
const NONE = [];
function compileUnique(spec) {
	const parts = (path) => path.split(".");
	return {
		fields: spec.fields.map(parts),
		unless: spec.unless.map(parts),
		error: spec.error
	};
}
function uniqueKeys({ unique }, data) {
	if (unique.length === 0) return NONE;
	const keys = [];
	for (let i = 0; i < unique.length; i++) {
		const { fields, unless, error } = unique[i];
		const key = keyOf(i, fields, data);
		if (key !== void 0) keys.push({
			key,
			held: !unless.some((field) => isGiven(dig(data, field))),
			error
		});
	}
	return keys;
}
function keyOf(rule, fields, data) {
	let key = `[${rule}`;
	for (const field of fields) {
		const value = dig(data, field);
		if (!isGiven(value)) return void 0;
		key += `,${JSON.stringify(value)}`;
	}
	return `${key}]`;
}
function isGiven(value) {
	return value !== void 0 && value !== null;
}
function keysOf(keys) {
	return keys.length === 0 ? NONE : keys.map(({ key }) => key);
}
function viewOf(collection, item, { scope, now }) {
	const { life } = collection;
	if (!life || !item.job) return item.data;
	const state = stateOf(collection, item, now);
	const view = life.views.get(state) ?? life.views.get(life.outcome);
	if (!view) return {
		...item.data,
		status: state
	};
	return view.render(withJob(scope, item, state), now);
}
function shownData(collection, item, context) {
	return item.job ? viewOf(collection, item, context) : item.data;
}
function stateOf({ life }, { job }, now) {
	return isRunning(job, now) ? life.running : job.outcome;
}
function endStates({ running, outcome, views }) {
	return [...new Set([outcome, ...views.keys()])].filter((state) => state !== running);
}
function withJob(scope, item, state) {
	const { data } = item;
	return (path) => {
		const root = path[0];
		if (root === "item") return path.length === 1 ? data : dig(data, path, 1);
		if (root !== "job") return scope(path);
		const facts = jobFacts(item, state);
		return path.length === 1 ? facts : dig(facts, path, 1);
	};
}
function jobFacts({ job, createdAt }, state) {
	return {
		state,
		createdAt,
		endsAt: job.endsAt ?? void 0,
		seconds: job.endsAt === null ? void 0 : Math.round((job.endsAt - createdAt) / 100) / 10
	};
}
// src/behaviours/behaviour.ts
function isFailure(reply) {
	return "error" in reply;
}
function defineBehaviour(behaviour) {
	return behaviour;
}
// src/behaviours/options.ts
const json = (z) => z.json().describe("JSON; strings may hold ${placeholders}");
function listOf(z, item) {
	return z.union([item, z.array(item).min(1)]).transform((value) => Array.isArray(value) ? value : [value]);
}
const duration = (z) => z.string().refine((text) => parseDuration(text) !== void 0, { error: "is not a duration; write it like 60s, 5m, 1h, 2d or PT1H" }).transform((text) => parseDuration(text)).describe("A duration such as 60s, 5m, 1h, 2d or PT1H");
const statusCode = (z) => z.union([z.int().min(100).max(599), z.enum([
	"1xx",
	"2xx",
	"3xx",
	"4xx",
	"5xx"
])]);
const parts = (z) => ({
	operation: listOf(z, z.string()).optional().describe("operationIds"),
	method: listOf(z, z.enum([
		"GET",
		"HEAD",
		"POST",
		"PUT",
		"PATCH",
		"DELETE",
		"OPTIONS"
	])).optional(),
	path: listOf(z, z.string()).optional().describe("Paths; * stands for any run of characters"),
	tag: listOf(z, z.string()).optional().describe("Tags of the OpenAPI document"),
	caller: z.record(z.string(), listOf(z, z.string())).optional().describe("Caller facts: kind, plan, and what the credentials give"),
	fact: z.record(z.string(), listOf(z, z.string())).optional().describe("Facts by path (body.campaignId, query.x, params.id; body.leads.*.id: of any item) and the values that match"),
	status: listOf(z, statusCode(z)).optional().describe("Status codes or classes such as 5xx"),
	error: listOf(z, z.string()).optional().describe("Names of errors in this profile")
});
const conditionSchema = (z) => z.strictObject({
	...parts(z),
	not: z.strictObject(parts(z)).optional()
});
const amount$1 = (z) => z.number().nonnegative();
const costRule = (z) => z.strictObject({
	when: conditionSchema(z).optional(),
	units: z.union([amount$1(z), z.string()]).optional().describe("A number, or the path of one, such as body.max_tokens"),
	count: z.string().optional().describe("The path of a list: as many units as it has items"),
	price: z.strictObject({
		by: z.string(),
		values: z.record(z.string(), amount$1(z)),
		else: amount$1(z)
	}).optional().describe("A price by name; by is the path of the name"),
	times: z.union([amount$1(z), z.string()]).optional(),
	each: z.string().optional().describe("The path of a list: the rule is applied to each item and summed")
});
const cost = (z) => z.union([amount$1(z).transform((units) => [{ units }]), z.array(costRule(z))]);
const status = (z) => z.int().min(100).max(599);
// src/behaviours/collection-write.ts
const createOptions$2 = (z) => z.strictObject({
	collection: z.string(),
	item: json(z).describe("Template of the new item; names body, new.uuid, new.ulid, new.lower32 …, and of item the fields above"),
	status: status(z).default(201),
	body: json(z).default("${item}").describe("Template of the answer; names item")
});
const collectionCreate = defineBehaviour({
	name: "collection.create",
	options: createOptions$2,
	references: ({ collection }) => ({ collections: [collection] }),
	templates: ({ item, body }) => [item, body],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const make = compileItem(options.item);
		const body = compileTemplate(options.body);
		return (context) => {
			const shelf = shelfOf(collection, context);
			const data = make(context.scope, context.now);
			const keys = uniqueKeys(collection, data);
			const taken = conflict(shelf, keys);
			if (taken) return taken;
			const item = context.resources.add(shelf, newItem(collection, context, data, keys));
			issue(collection, item, context);
			const shown = body.render(withRoot(context.scope, "item", data), context.now);
			if (shown !== data) return {
				status: options.status,
				body: shown
			};
			const text = JSON.stringify(data);
			item.pack(text);
			return {
				status: options.status,
				body: data,
				text
			};
		};
	}
});
const updateOptions = (z) => z.strictObject({
	collection: z.string(),
	id: z.string(),
	set: z.record(z.string(), json(z)).describe("Field → template; a template without a value leaves the field as it is"),
	status: status(z).default(200),
	body: json(z).default("${item}"),
	missing: z.string()
});
const collectionUpdate = defineBehaviour({
	name: "collection.update",
	options: updateOptions,
	references: ({ collection, missing }) => ({
		collections: [collection],
		errors: [missing]
	}),
	templates: ({ id, set, body }) => [
		id,
		set,
		body
	],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const id = compileTemplate(options.id);
		const changes = compileTemplate(options.set);
		const body = compileTemplate(options.body);
		return (context) => {
			const shelf = shelfOf(collection, context);
			const item = shelf.items.get(String(id.render(context.scope, context.now)));
			if (!item) return { error: options.missing };
			const scope = withRoot(context.scope, "item", item.data);
			const data = {
				...item.data,
				...changes.render(scope, context.now)
			};
			const keys = uniqueKeys(collection, data);
			const taken = conflict(shelf, keys, item);
			if (taken) return taken;
			const renewed = credentialOf(collection, item.data, context) !== credentialOf(collection, data, context);
			if (renewed) revoke(collection, item, context);
			shelf.update(item, data, keysOf(keys), context.now);
			if (renewed) issue(collection, item, context);
			return {
				status: options.status,
				body: body.render(withRoot(context.scope, "item", viewOf(collection, item, context)), context.now)
			};
		};
	}
});
const deleteOptions$1 = (z) => z.strictObject({
	collection: z.string(),
	id: z.string().optional().describe("Template of the id"),
	find: z.array(z.record(z.string(), z.string())).optional().describe("In place of id: field → template; the first set whose values are all given is looked for"),
	status: status(z).default(204),
	body: json(z).optional(),
	missing: z.string()
});
const collectionDelete = defineBehaviour({
	name: "collection.delete",
	options: deleteOptions$1,
	references: ({ collection, missing }) => ({
		collections: [collection],
		errors: [missing]
	}),
	templates: ({ id, find, body }) => [
		id,
		find,
		body
	],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const id = options.id === void 0 ? void 0 : compileTemplate(options.id);
		const find = compileTemplate(options.find ?? []);
		const body = options.body === void 0 ? void 0 : compileTemplate(options.body);
		return (context) => {
			const shelf = shelfOf(collection, context);
			const wanted = find.render(context.scope, context.now);
			const item = id ? shelf.items.get(String(id.render(context.scope, context.now))) : findItem(shelf, collection, wanted, Object.keys(options.find?.[0] ?? {}).length);
			if (!item) return { error: options.missing };
			shelf.remove(item.id);
			revoke(collection, item, context);
			const answer = body?.render(withRoot(context.scope, "item", item.data), context.now);
			return answer === void 0 ? { status: options.status } : {
				status: options.status,
				body: answer
			};
		};
	}
});
function findItem(shelf, collection, sets, fieldCount = 1) {
	const wanted = sets.find((set) => Object.values(set).filter((value) => value !== void 0 && value !== null && value !== "").length >= fieldCount);
	if (!wanted) return void 0;
	const byKey = uniqueKeys(collection, wanted)[0];
	const owner = byKey && shelf.owner(byKey.key);
	if (owner) return owner;
	const fields = Object.entries(wanted);
	return [...shelf.items.values()].find((item) => fields.every(([field, value]) => String(dig(item.data, field.split("."))) === String(value)));
}
function conflict(shelf, keys, self) {
	for (const { key, held, error } of keys) if (held && shelf.isTaken(key, self?.id)) return { error };
}
// src/behaviours/collection-bulk.ts
const createOptions$1 = (z) => z.strictObject({
	collection: z.string(),
	list: z.string().describe("Path of the list in the body, such as leads"),
	item: json(z).describe("Template of each new item; names entry, and index"),
	skippedAs: json(z).optional().describe("Template of what stands for an entry that was skipped as a duplicate; without it a duplicate fails the call"),
	status: status(z).default(200),
	body: json(z).describe("Template of the answer; names created.count, created.ids, created.items, skipped.count, skipped.entries")
});
const collectionBulkCreate = defineBehaviour({
	name: "collection.bulk-create",
	options: createOptions$1,
	references: ({ collection }) => ({ collections: [collection] }),
	templates: ({ item, skippedAs, body }) => [
		item,
		skippedAs,
		body
	],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const make = compileTemplate(options.item);
		const skippedAs = options.skippedAs === void 0 ? void 0 : compileTemplate(options.skippedAs);
		const body = compileTemplate(options.body);
		const path = options.list.split(".");
		return (context) => {
			const shelf = shelfOf(collection, context);
			const created = [];
			const skipped = [];
			for (const [index, entry] of listAt(context.body, path).entries()) {
				const scope = withScope(context.scope, {
					entry,
					index
				});
				const data = make.render(scope, context.now);
				const keys = uniqueKeys(collection, data);
				const taken = conflict(shelf, keys);
				if (taken && !skippedAs) return taken;
				if (taken) skipped.push(skippedAs.render(scope, context.now));
				else created.push(context.resources.add(shelf, newItem(collection, context, data, keys)));
			}
			const facts = {
				created: {
					count: created.length,
					ids: created.map(({ id }) => id),
					items: created.map(({ data }) => data)
				},
				skipped: {
					count: skipped.length,
					entries: skipped
				}
			};
			return {
				status: options.status,
				body: body.render(withScope(context.scope, facts), context.now)
			};
		};
	}
});
const deleteOptions = (z) => z.strictObject({
	collection: z.string(),
	list: z.string(),
	find: z.array(z.string()).min(1).describe("Fields by which an entry names an item, the first that it has"),
	status: status(z).default(200),
	body: json(z).describe("Template of the answer; names deleted.count, deleted.names, missing.count, missing.names")
});
const collectionBulkDelete = defineBehaviour({
	name: "collection.bulk-delete",
	options: deleteOptions,
	references: ({ collection }) => ({ collections: [collection] }),
	templates: ({ body }) => [body],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const body = compileTemplate(options.body);
		const path = options.list.split(".");
		return (context) => {
			const shelf = shelfOf(collection, context);
			const deleted = [];
			const missing = [];
			for (const entry of listAt(context.body, path)) {
				const field = options.find.find((name) => dig(entry, [name]) !== void 0) ?? options.find[0];
				const name = dig(entry, [field]);
				const item = findItem(shelf, collection, [{ [field]: name }]);
				if (item && shelf.remove(item.id)) deleted.push(name);
				else missing.push(name);
			}
			const facts = {
				deleted: {
					count: deleted.length,
					names: deleted
				},
				missing: {
					count: missing.length,
					names: missing
				}
			};
			return {
				status: options.status,
				body: body.render(withScope(context.scope, facts), context.now)
			};
		};
	}
});
function listAt(body, path) {
	const list = dig(body, path);
	return Array.isArray(list) ? list : [];
}
// src/behaviours/made-pages.ts
const MOST_ITEMS = 1e4;
var MadePages = class {
	#made = new WeakMap();
	#items = 0;
	get(shelf, key) {
		const made = this.#made.get(shelf);
		return made?.version === shelf.version ? made.replies.get(key) : void 0;
	}
	keep(shelf, key, reply, shown) {
		const items = shown + 10;
		if (this.#items + items > MOST_ITEMS) {
			this.#made = new WeakMap();
			this.#items = 0;
		}
		this.#items += items;
		const { version } = shelf;
		const made = this.#made.get(shelf);
		if (made?.version === version) {
			made.replies.set(key, reply);
			made.items += items;
		} else {
			this.#items -= made?.items ?? 0;
			this.#made.set(shelf, {
				version,
				replies: new Map([[key, reply]]),
				items
			});
		}
		return reply;
	}
};
function keyPart(value) {
	if (value === void 0) return "-";
	if (typeof value === "string") return `${value.length}:${value}`;
	return typeof value === "object" ? `=${JSON.stringify(value)};` : `${typeof value} ${String(value)};`;
}
// src/behaviours/paging.ts
const pagingOptions = (z) => z.discriminatedUnion("style", [z.strictObject({
	style: z.literal("page"),
	page: z.string().default("page").describe("Query parameter of the page number, from 1"),
	size: z.string().default("per_page").describe("Query parameter of the page size"),
	default: z.int().positive().describe("Page size when none is asked for")
}), z.strictObject({
	style: z.literal("cursor"),
	cursor: z.string().default("cursor").describe("Query parameter of the cursor"),
	limit: z.string().default("limit").describe("Query parameter of the page size"),
	default: z.int().positive(),
	form: z.enum(["opaque", "position"]).default("opaque").describe("position: base64 of {\"position\":N}, N items having been given out; it is bound to no filter"),
	lifetime: duration(z).optional().describe("How long a cursor is good for; for ever when left out"),
	invalid: z.string().describe("Error for a cursor that nobody gave out"),
	expired: z.string().optional().describe("Error for one past its lifetime"),
	mismatch: z.string().optional().describe("Error for one made under other filters")
})]);
function pagingParameters(paging) {
	if (!paging) return [];
	return paging.style === "page" ? [paging.page, paging.size] : [paging.cursor, paging.limit];
}
function cursorGiven(paging, query) {
	return paging?.style === "cursor" && paging.form === "opaque" && query[paging.cursor] !== void 0;
}
function paginate(paging, items, filters, context) {
	const total = items.length;
	if (!paging) return {
		shown: items,
		page: pageOf(items, total, 1, total, total === 0 ? 0 : 1, null, false)
	};
	if (paging.style === "page") {
		const number = whole(context.query[paging.page], 1);
		const size = whole(context.query[paging.size], paging.default);
		const shown = items.slice((number - 1) * size, number * size);
		const pages = Math.ceil(total / size);
		return {
			shown,
			page: pageOf(shown, total, number, size, pages, null, number < pages)
		};
	}
	const size = whole(context.query[paging.limit], paging.default);
	const given = context.query[paging.cursor];
	let start = 0;
	if (paging.form === "position") {
		const position = given === void 0 || given === "" ? 0 : decodePosition(String(given));
		if (position === void 0) return { error: paging.invalid };
		start = position;
	} else if (given !== void 0 && given !== "") {
		const cursor = decodeCursor(String(given));
		if (!cursor) return { error: paging.invalid };
		if (paging.mismatch !== void 0 && cursor.filters !== filters) return { error: paging.mismatch };
		if (paging.expired !== void 0 && paging.lifetime !== void 0 && context.now > cursor.made + paging.lifetime / context.compress) return { error: paging.expired };
		start = startAfter(items, cursor.after);
	}
	const shown = items.slice(start, start + size);
	const more = start + size < total;
	const last = shown.at(-1);
	const cursor = (after) => paging.form === "position" ? btoa(JSON.stringify({ position: start + size })) : encodeCursor({
		after: after.serial,
		made: context.now,
		filters
	});
	const next = more && last ? cursor(last) : null;
	const page = pageOf(shown, total, 1, size, Math.ceil(total / size), next, more);
	return next === null || paging.form === "position" ? {
		shown,
		page
	} : {
		shown,
		page,
		steady: steady(paging, filters, context)
	};
}
function steady({ lifetime }, filters, { now, compress }) {
	const period = lifetime === void 0 ? void 0 : Math.floor(now / (lifetime / compress / 2));
	return JSON.stringify([period ?? null, filters]);
}
function pageOf(shown, total, number, size, pages, next, hasMore) {
	return {
		items: shown,
		count: shown.length,
		total,
		number,
		size,
		pages,
		next,
		hasMore
	};
}
function startAfter(items, serial) {
	const at = items.findIndex((item) => item.serial === serial);
	if (at >= 0) return at + 1;
	const rising = items.length < 2 || items[0].serial < items.at(-1).serial;
	const beyond = items.findIndex((item) => rising ? item.serial > serial : item.serial < serial);
	return beyond < 0 ? items.length : beyond;
}
function whole(value, otherwise) {
	const number = Number(value ?? otherwise);
	return Number.isInteger(number) && number > 0 ? number : otherwise;
}
function encodeCursor({ after, made, filters }) {
	return Buffer.from(JSON.stringify([
		after,
		made,
		filters
	])).toString("base64url");
}
function decodeCursor(text) {
	try {
		const [after, made, filters] = JSON.parse(Buffer.from(text, "base64url").toString());
		return typeof after === "number" && typeof made === "number" && typeof filters === "string" ? {
			after,
			made,
			filters
		} : void 0;
	} catch {
		return;
	}
}
function decodePosition(text) {
	try {
		const { position } = JSON.parse(atob(text));
		return Number.isSafeInteger(position) && position >= 0 ? position : void 0;
	} catch {
		return;
	}
}
// src/behaviours/range.ts
const DAY_MS$1 = 864e5;
const MINUTE_MS = 6e4;
const rangeOptions = (z) => z.strictObject({
	field: z.string().describe("Path of the field"),
	from: z.string().optional().describe("Query parameter of the lower bound"),
	to: z.string().optional().describe("Query parameter of the upper bound")
}).describe("Both bounds belong to the range. A field that is a number is compared as one, any other as an instant in ISO 8601 (UTC where no zone is given); a day as the upper bound is taken whole. A bound that is neither is left out: refusing it is the document’s business");
function compileRange({ field, from, to }) {
	const path = field.split(".");
	return (query) => {
		const lower = from === void 0 ? void 0 : query[from];
		const upper = to === void 0 ? void 0 : query[to];
		if (lower === void 0 && upper === void 0) return void 0;
		const numbers = {
			from: amount(lower),
			to: amount(upper)
		};
		const instants = {
			from: parseSpan(lower)?.first,
			to: parseSpan(upper)?.last
		};
		return (data) => {
			const value = dig(data, path);
			if (typeof value === "number") return within(value, numbers);
			const at = parseSpan(value)?.first;
			return at !== void 0 && within(at, instants);
		};
	};
}
function within(value, { from, to }) {
	return (from === void 0 || value >= from) && (to === void 0 || value <= to);
}
function amount(bound) {
	const number = bound === void 0 || bound === "" ? NaN : Number(bound);
	return Number.isFinite(number) ? number : void 0;
}
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+ -])(\d\d):?(\d\d))?)?$/;
function parseSpan(text) {
	const parts = typeof text === "string" ? INSTANT.exec(text) : null;
	if (!parts) return void 0;
	const [, year, month, day, hour, minute, second = "0", fraction = "", sign, zoneHours = "0", zoneMinutes = "0"] = parts;
	const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
	if (hour === void 0) return {
		first: midnight,
		last: midnight + DAY_MS$1 - 1
	};
	const offset = (sign === "-" ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes)) * MINUTE_MS;
	const at = midnight + ((Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second) * 1e3) + Number(fraction.slice(0, 3).padEnd(3, "0")) - offset;
	return {
		first: at,
		last: at
	};
}
// src/behaviours/where.ts
function compileWhere(where) {
	const fields = Object.entries(where).map(([field, template]) => ({
		path: field.split("."),
		template: compileTemplate(template)
	}));
	if (fields.length === 0) return () => NOTHING;
	return ({ scope, now }) => {
		const wanted = [];
		for (const { path, template } of fields) {
			const value = template.render(scope, now);
			if (value !== void 0 && value !== null) wanted.push({
				path,
				value: String(value)
			});
		}
		return wanted;
	};
}
const NOTHING = [];
function fits(data, wanted) {
	return wanted.every(({ path, value }) => String(dig(data, path)) === value);
}
// src/behaviours/collection-list.ts
const listOptions = (z) => z.strictObject({
	collection: z.string(),
	status: status(z).default(200),
	paging: pagingOptions(z).optional(),
	filters: z.record(z.string(), z.string()).default({}).describe("Query parameter → field that must equal it"),
	where: z.record(z.string(), z.string()).default({}).describe("Field → template that it must equal, such as ${params.link_id}; one without a value lets all pass"),
	search: z.strictObject({
		parameter: z.string(),
		fields: z.array(z.string()).min(1)
	}).optional().describe("Query parameter whose text one of the fields must contain, capital or not"),
	ranges: z.array(rangeOptions(z)).default([]).describe("Fields that must lie within bounds that query parameters give"),
	sort: z.string().optional().describe("Query parameter that names a field to sort by; - in front turns the order"),
	item: json(z).optional().describe("Template of each item; the item itself when left out"),
	body: json(z).describe("Template of the answer; names page.items, page.total, page.number, page.size, page.pages, page.count, page.next, page.hasMore")
});
const collectionList = defineBehaviour({
	name: "collection.list",
	options: listOptions,
	references: ({ collection, paging }) => ({
		collections: [collection],
		errors: paging?.style === "cursor" ? [
			paging.invalid,
			paging.expired,
			paging.mismatch
		].filter((name) => name !== void 0) : []
	}),
	templates: ({ where, item, body }) => [
		where,
		item,
		body
	],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const body = compileTemplate(options.body);
		const shape = options.item === void 0 ? void 0 : compileTemplate(options.item);
		const filters = Object.entries(options.filters).map(([parameter, field]) => ({
			parameter,
			path: field.split(".")
		}));
		const where = compileWhere(options.where);
		const ranges = options.ranges.map(compileRange);
		const parameters = [
			...filters.map(({ parameter }) => parameter),
			...options.search ? [options.search.parameter] : [],
			...options.ranges.flatMap(({ from, to }) => [from, to]).filter((name) => name !== void 0),
			...options.sort === void 0 ? [] : [options.sort],
			...pagingParameters(options.paging)
		];
		const pages = namesOnly(body, "page") && (!shape || namesOnly(shape, "item")) ? new MadePages() : void 0;
		return (context) => {
			const { query } = context;
			const wanted = where(context);
			const shelf = shelfOf(collection, context);
			const memo = shelf.lively || cursorGiven(options.paging, query) ? void 0 : pages;
			let key = "";
			if (memo) {
				for (const name of parameters) key += keyPart(query[name]);
				for (const { path, value } of wanted) key += keyPart(path.join(".")) + keyPart(value);
				const known = memo.get(shelf, key);
				if (known) return known;
			}
			const text = options.search && lowerText(query[options.search.parameter]);
			const sort = options.sort === void 0 ? void 0 : query[options.sort];
			const bounds = ranges.map((range) => range(query)).filter((bound) => bound !== void 0);
			const asked = filters.filter(({ parameter }) => query[parameter] !== void 0);
			let items = [...shelf.items.values()];
			if (wanted.length + bounds.length + asked.length > 0 || text !== void 0) items = items.filter((item) => {
				const data = shownData(collection, item, context);
				return fits(data, wanted) && (text === void 0 || contains(data, options.search.fields, text)) && asked.every(({ parameter, path }) => String(dig(data, path)) === String(query[parameter])) && bounds.every((within) => within(data));
			});
			const ordered = inOrder(items, collection, sort === void 0 ? void 0 : String(sort), context);
			const named = JSON.stringify([
				options.collection,
				...text === void 0 ? [] : [text],
				...asked.map(({ parameter }) => [parameter, query[parameter]]),
				...options.ranges.map(({ from, to }) => [query[from ?? ""] ?? null, query[to ?? ""] ?? null]),
				sort ?? null
			]);
			const result = paginate(options.paging, ordered, named, context);
			if (isFailureResult(result)) return result;
			const shown = result.shown.map((item) => {
				const view = viewOf(collection, item, context);
				return shape ? shape.render(withRoot(context.scope, "item", view), context.now) : view;
			});
			const { page, steady } = result;
			const render = (next) => body.render(withRoot(context.scope, "page", {
				...page,
				next,
				items: shown
			}), context.now);
			const reply = {
				status: options.status,
				body: render(page.next)
			};
			if (steady !== void 0) return {
				...reply,
				entity: () => render(steady)
			};
			return memo ? memo.keep(shelf, key, {
				...reply,
				steady: true
			}, shown.length) : reply;
		};
	}
});
function isFailureResult(result) {
	return isFailure(result);
}
function lowerText(value) {
	return value === void 0 ? void 0 : String(value).toLowerCase();
}
function contains(data, fields, text) {
	return fields.some((field) => lowerText(dig(data, field.split(".")) ?? void 0)?.includes(text) ?? false);
}
function inOrder(items, collection, sort, context) {
	const ordered = [...items];
	if (collection.newestFirst) ordered.sort((a, b) => b.createdAt - a.createdAt || b.serial - a.serial);
	if (sort === void 0) return ordered;
	const down = sort.startsWith("-");
	const path = sort.replace(/^-/, "").split(".");
	const value = (item) => dig(shownData(collection, item, context), path);
	return ordered.sort((a, b) => (down ? -1 : 1) * compare(value(a), value(b)));
}
function compare(a, b) {
	if (typeof a === "number" && typeof b === "number") return a - b;
	return String(a ?? "").localeCompare(String(b ?? ""), "en");
}
// src/behaviours/collection-read.ts
const readOptions = (z) => z.strictObject({
	collection: z.string(),
	id: z.string().describe("Template of the id, such as ${params.link_id}"),
	where: z.record(z.string(), z.string()).default({}).describe("Field → template that it must equal to be found; one without a value lets all pass"),
	status: status(z).default(200),
	body: json(z).default("${item}").describe("Template of the answer; names item"),
	contentType: z.string().optional(),
	missing: z.string().describe("Error when there is no such item")
});
const collectionRead = defineBehaviour({
	name: "collection.read",
	options: readOptions,
	references: ({ collection, missing }) => ({
		collections: [collection],
		errors: [missing]
	}),
	templates: ({ id, where, body }) => [
		id,
		where,
		body
	],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const id = compileTemplate(options.id);
		const where = compileWhere(options.where);
		const body = compileTemplate(options.body);
		const { contentType } = options;
		const answer = (shown, steady) => ({
			status: options.status,
			body: shown,
			steady,
			...contentType === void 0 ? {} : { contentType }
		});
		const made = namesOnly(body, "item") ? new WeakMap() : void 0;
		return (context) => {
			const item = shelfOf(collection, context).items.get(String(id.render(context.scope, context.now)));
			if (!item) return { error: options.missing };
			const wanted = where(context);
			if (!fits(shownData(collection, item, context), wanted)) return { error: options.missing };
			const view = viewOf(collection, item, context);
			const known = made && view === item.data ? made.get(item.data) : void 0;
			if (known) return known;
			const shown = body.render(withRoot(context.scope, "item", view), context.now);
			if (!made || view !== item.data) return answer(shown, false);
			const reply = answer(shown, true);
			made.set(item.data, reply);
			return reply;
		};
	}
});
// src/openapi/examples.ts
const require = createRequire(import.meta.url);
function sampleResponse(document, operation, status, example) {
	const responses = document.at(`${operation.pointer}/responses`);
	if (!isObject(responses)) return status === void 0 ? {
		status: 200,
		contentType: void 0,
		body: void 0
	} : void 0;
	const code = status === void 0 ? firstSuccess(responses) : responseKey(responses, status);
	if (code === void 0) return void 0;
	return {
		status: status ?? (/^\d{3}$/.test(code) ? Number(code) : 200),
		...sampleContent(document, responses[code], example)
	};
}
function sampleContent(document, given, example) {
	const response = document.follow(given);
	const content = isObject(response) ? document.follow(response["content"]) : void 0;
	const types = isObject(content) ? Object.keys(content) : [];
	const contentType = types.find((type) => type.includes("json")) ?? types[0];
	if (contentType === void 0) return {
		contentType: void 0,
		body: void 0
	};
	const media = document.follow(content[contentType]);
	return {
		contentType,
		body: isObject(media) ? mediaExample(document, media, example) : void 0
	};
}
function responseKey(responses, status) {
	return [
		String(status),
		`${Math.floor(status / 100)}XX`,
		`${Math.floor(status / 100)}xx`
	].find((key) => Object.hasOwn(responses, key));
}
function firstSuccess(responses) {
	const keys = Object.keys(responses);
	return keys.filter((key) => key.startsWith("2")).sort()[0] ?? (keys.includes("default") ? "default" : keys[0]);
}
function mediaExample(document, media, name) {
	const named = document.follow(media["examples"]);
	if (isObject(named)) {
		const chosen = document.follow(name === void 0 ? Object.values(named)[0] : named[name]);
		if (isObject(chosen) && chosen["value"] !== void 0) return chosen["value"];
	}
	if (media["example"] !== void 0) return media["example"];
	return media["schema"] === void 0 ? void 0 : schemaExample(document, media["schema"]);
}
function schemaExample(document, schema) {
	return require("openapi-sampler").sample(schema, {
		quiet: true,
		maxSampleDepth: 8
	}, document.root);
}
function exampleNames(document, operation) {
	const responses = document.at(`${operation.pointer}/responses`);
	const names = [];
	for (const response of isObject(responses) ? Object.values(responses) : []) {
		const content = document.follow(response);
		const media = isObject(content) ? document.follow(content["content"]) : void 0;
		for (const type of isObject(media) ? Object.values(media) : []) {
			const examples = isObject(type) ? document.follow(type["examples"]) : void 0;
			if (isObject(examples)) names.push(...Object.keys(examples));
		}
	}
	return names;
}
// src/behaviours/example.ts
const options$3 = (z) => z.strictObject({
	status: z.int().min(100).max(599).optional().describe("Which documented response; the first 2xx when left out"),
	example: z.string().optional().describe("Which named example; the first when left out")
});
const example = defineBehaviour({
	name: "example",
	options: options$3,
	references: ({ example: name }) => name === void 0 ? {} : { examples: [name] },
	compile({ status, example: name }, operation, { document }) {
		let reply;
		return () => {
			if (!reply) {
				const sample = sampleResponse(document, operation, status, name) ?? {
					status: status ?? 200,
					contentType: void 0,
					body: void 0
				};
				reply = {
					status: sample.status,
					steady: true,
					...sample.body === void 0 ? {} : { body: sample.body },
					...sample.contentType === void 0 ? {} : { contentType: sample.contentType }
				};
			}
			return reply;
		};
	}
});
// src/behaviours/job.ts
const createOptions = (z) => z.strictObject({
	collection: z.string(),
	item: json(z).describe("Template of the new job; names body, new.uuid …"),
	runTime: duration(z).optional().describe("How long it runs; the collection's run time when left out"),
	status: status(z).default(201),
	body: json(z).default("${item}"),
	webhook: z.string().optional().describe("Template of the URL to tell when the job has ended"),
	exclusive: z.strictObject({
		by: z.string().describe("Field: one running job for each of its values"),
		error: z.string()
	}).optional(),
	cooldown: z.strictObject({
		by: z.string().describe("Field"),
		duration: duration(z),
		error: z.string().describe("Names detail.seconds, what is left of the wait")
	}).optional().describe("How long after one job the next may be started")
});
const jobCreate = defineBehaviour({
	name: "job.create",
	options: createOptions,
	references: ({ collection, exclusive, cooldown }) => ({
		collections: [collection],
		lives: [collection],
		errors: [exclusive?.error, cooldown?.error].filter((name) => name !== void 0)
	}),
	templates: ({ item, body, webhook }) => [
		item,
		body,
		webhook
	],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const make = compileTemplate(options.item);
		const body = compileTemplate(options.body);
		const webhook = compileTemplate(options.webhook ?? null);
		return (context) => {
			const data = make.render(context.scope, context.now);
			const refused = refusal(options, collection, data, context);
			if (refused) return refused;
			const item = start(collection, data, options.runTime, context);
			notify(item, collection, webhook, context.scope, context);
			const shown = body.render(withRoot(context.scope, "item", viewOf(collection, item, context)), context.now);
			return {
				status: options.status,
				body: shown,
				jobs: [item]
			};
		};
	}
});
const batchOptions = (z) => z.strictObject({
	collection: z.string().describe("Collection of the jobs"),
	batches: z.string().describe("Collection of the batches"),
	list: z.string().describe("Path of the list in the body"),
	item: json(z).describe("Template of each job; names entry and index"),
	batch: json(z).describe("Template of the batch; names jobs.ids and jobs.items"),
	webhook: z.string().optional(),
	status: status(z).default(201),
	body: json(z).describe("Template of the answer; names batch, jobs.ids, jobs.items, jobs.running (how many), jobs.state (running or ended)")
});
const jobBatch = defineBehaviour({
	name: "job.batch",
	options: batchOptions,
	references: ({ collection, batches }) => ({
		collections: [collection, batches],
		lives: [collection]
	}),
	templates: ({ item, batch, body, webhook }) => [
		item,
		batch,
		body,
		webhook
	],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const batches = collections.get(options.batches);
		const make = compileTemplate(options.item);
		const makeBatch = compileTemplate(options.batch);
		const webhook = compileTemplate(options.webhook ?? null);
		const body = compileTemplate(options.body);
		const path = options.list.split(".");
		return (context) => {
			const jobs = listAt(context.body, path).map((entry, index) => {
				const scope = withScope(context.scope, {
					entry,
					index
				});
				const item = start(collection, make.render(scope, context.now), void 0, context);
				notify(item, collection, webhook, scope, context);
				return item;
			});
			const { items, running, state } = jobsFacts(collection, jobs, context);
			const scope = withRoot(context.scope, "jobs", {
				ids: jobs.map(({ id }) => id),
				items,
				running,
				state
			});
			const data = makeBatch.render(scope, context.now);
			context.resources.add(shelfOf(batches, context), newItem(batches, context, data));
			return {
				status: options.status,
				body: body.render(withRoot(scope, "batch", data), context.now),
				jobs
			};
		};
	}
});
const readBatchOptions = (z) => z.strictObject({
	collection: z.string(),
	batches: z.string(),
	id: z.string(),
	jobs: z.string().describe("Field of the batch that lists its jobs' ids"),
	status: status(z).default(200),
	body: json(z).describe("Template of the answer; names batch, jobs.items, jobs.running (how many), jobs.state (running or ended)"),
	missing: z.string()
});
const jobReadBatch = defineBehaviour({
	name: "job.read-batch",
	options: readBatchOptions,
	references: ({ collection, batches, missing }) => ({
		collections: [collection, batches],
		errors: [missing]
	}),
	templates: ({ id, body }) => [id, body],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const batches = collections.get(options.batches);
		const id = compileTemplate(options.id);
		const body = compileTemplate(options.body);
		return (context) => {
			const batch = shelfOf(batches, context).items.get(String(id.render(context.scope, context.now)));
			if (!batch) return { error: options.missing };
			const shelf = shelfOf(collection, context);
			const jobs = listAt(batch.data, options.jobs.split(".")).map((job) => shelf.items.get(String(job))).filter((job) => job !== void 0);
			const facts = {
				batch: batch.data,
				jobs: jobsFacts(collection, jobs, context)
			};
			return {
				status: options.status,
				body: body.render(withScope(context.scope, facts), context.now)
			};
		};
	}
});
const cancelOptions = (z) => z.strictObject({
	collection: z.string(),
	id: z.string(),
	state: z.string().describe("The state that it ends in"),
	status: status(z).default(200),
	body: json(z).default("${item}"),
	missing: z.string(),
	ended: z.string().optional().describe("Error for a job that has ended already; without it the job is shown as it is")
});
const jobCancel = defineBehaviour({
	name: "job.cancel",
	options: cancelOptions,
	references: ({ collection, missing, ended }) => ({
		collections: [collection],
		errors: ended === void 0 ? [missing] : [missing, ended]
	}),
	templates: ({ id, body }) => [id, body],
	compile(options, _operation, { collections }) {
		const collection = collections.get(options.collection);
		const id = compileTemplate(options.id);
		const body = compileTemplate(options.body);
		return (context) => {
			const item = shelfOf(collection, context).items.get(String(id.render(context.scope, context.now)));
			if (!item?.job) return { error: options.missing };
			if (isRunning(item.job, context.now)) {
				Object.assign(item.job, {
					endsAt: context.now,
					outcome: options.state
				});
				context.jobMoved(item);
			} else if (options.ended !== void 0) return { error: options.ended };
			return {
				status: options.status,
				body: body.render(withRoot(context.scope, "item", viewOf(collection, item, context)), context.now)
			};
		};
	}
});
function start(collection, data, runTime, context) {
	const life = collection.life;
	const runTimeMs = context.jobDefaults.runTimeMs ?? (runTime ?? life.runTimeMs) / context.compress;
	const { outcome = life.outcome } = context.jobDefaults;
	const job = {
		endsAt: context.now + Math.round(runTimeMs),
		outcome: outcome === life.outcome || endStates(life).includes(outcome) ? outcome : life.outcome,
		holds: []
	};
	const made = context.resources.add(shelfOf(collection, context), newItem(collection, context, data, void 0, job));
	context.jobStarted(collection, made);
	return made;
}
function jobsFacts(collection, jobs, context) {
	const items = [];
	let running = 0;
	for (const job of jobs) {
		items.push(viewOf(collection, job, context));
		if (job.job && isRunning(job.job, context.now)) running += 1;
	}
	return {
		items,
		running,
		state: running > 0 ? "running" : "ended"
	};
}
function notify(item, collection, webhook, scope, context) {
	const url = webhook.render(scope, context.now);
	if (typeof url === "string" && url !== "") context.webhook(collection, item, url);
}
function refusal({ exclusive, cooldown }, collection, data, context) {
	if (!exclusive && !cooldown) return void 0;
	const started = [...shelfOf(collection, context).items.values()].filter((item) => item.job !== void 0);
	const same = (field) => started.filter((item) => dig(item.data, field.split(".")) === dig(data, field.split(".")));
	if (exclusive && same(exclusive.by).some(({ job }) => isRunning(job, context.now))) return { error: exclusive.error };
	if (cooldown) {
		const last = Math.max(...same(cooldown.by).map(({ createdAt }) => createdAt));
		const left = last + cooldown.duration / context.compress - context.now;
		if (left > 0 && last <= context.now) return {
			error: cooldown.error,
			detail: { seconds: Math.ceil(left / 1e3) }
		};
	}
}
// src/limits/matching.ts
function compileCondition(condition) {
	if (!condition) return always;
	const tests = [];
	const { operation, method, path, tag, caller, fact, status, error, not } = condition;
	if (operation) tests.push((facts) => facts.operation !== void 0 && operation.includes(facts.operation));
	if (method) tests.push((facts) => method.includes(facts.method));
	if (path) {
		const patterns = path.map(globPattern);
		tests.push((facts) => patterns.some((pattern) => pattern.test(facts.path)));
	}
	if (tag) tests.push((facts) => facts.tags.some((name) => tag.includes(name)));
	for (const [name, values] of Object.entries(caller ?? {})) tests.push((facts) => values.includes(callerFact(facts.caller, name) ?? ""));
	for (const [name, values] of Object.entries(fact ?? {})) {
		const at = name.split(".");
		tests.push(at.includes("*") ? (facts) => readFacts(facts, at).some((value) => values.includes(String(value))) : (facts) => values.includes(String(readFact(facts, at))));
	}
	if (status) {
		const matches = statusMatcher(status);
		tests.push((_facts, outcome) => outcome !== void 0 && matches(outcome.status));
	}
	if (error) tests.push((_facts, outcome) => outcome?.error !== void 0 && error.includes(outcome.error));
	if (not) {
		const inner = compileCondition(not);
		tests.push((facts, outcome) => !inner(facts, outcome));
	}
	if (tests.length === 0) return always;
	if (tests.length === 1) return tests[0];
	return (facts, outcome) => {
		for (const test of tests) if (!test(facts, outcome)) return false;
		return true;
	};
}
function compileAny(conditions) {
	const predicates = conditions.map(compileCondition);
	if (predicates.length === 0) return never;
	if (predicates.length === 1) return predicates[0];
	return (facts, outcome) => {
		for (const predicate of predicates) if (predicate(facts, outcome)) return true;
		return false;
	};
}
function statusMatcher(statuses) {
	const exact = new Set(statuses.filter((status) => typeof status === "number"));
	const classes = new Set(statuses.filter((status) => typeof status === "string").map((text) => Number(text[0])));
	return (status) => exact.has(status) || classes.has(Math.floor(status / 100));
}
function globPattern(glob) {
	const escaped = glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
	return new RegExp(`^${escaped}$`);
}
const always = () => true;
const never = () => false;
// src/limits/cost.ts
function compileCost(rules, scale) {
	const compiled = rules.map((rule) => ({
		holds: compileCondition(rule.when),
		amount: compileAmount$1(rule)
	}));
	if (compiled.length === 0) return () => scale;
	return (facts, outcome) => {
		for (const { holds, amount } of compiled) if (holds(facts, outcome)) return Math.max(0, Math.round(amount(facts, outcome) * scale));
		return scale;
	};
}
function compileAmount$1(rule) {
	const times = reader(rule.times ?? 1, 1);
	let base = reader(rule.units ?? 1, 1);
	if (rule.count !== void 0) {
		const path = rule.count.split(".");
		base = (facts, extra) => {
			const list = readFact(facts, path, extra);
			return Array.isArray(list) ? list.length : 1;
		};
	}
	if (rule.price) {
		const { by, values, else: otherwise } = rule.price;
		const path = by.split(".");
		base = (facts, extra) => {
			const name = String(readFact(facts, path, extra));
			return Object.hasOwn(values, name) ? values[name] : otherwise;
		};
	}
	const one = (facts, extra) => base(facts, extra) * times(facts, extra);
	const each = rule.each?.split(".");
	return (facts, outcome) => {
		const extra = { response: outcome?.body };
		if (!each) return one(facts, extra);
		const list = readFact(facts, each, extra);
		if (!Array.isArray(list)) return one(facts, extra);
		return list.reduce((sum, item) => sum + one(facts, {
			...extra,
			item
		}), 0);
	};
}
function reader(source, otherwise) {
	if (typeof source === "number") return () => source;
	const path = source.split(".");
	return (facts, extra) => {
		const value = Number(readFact(facts, path, extra) ?? otherwise);
		return Number.isFinite(value) && value >= 0 ? value : otherwise;
	};
}
// src/behaviours/price.ts
const options$2 = (z) => z.strictObject({
	cost: cost(z).describe("As in a policy"),
	scale: z.int().positive().default(1).describe("Rounded to fractions of 1/scale (100: cents of a dollar)"),
	status: status(z).default(200),
	body: json(z).describe("Template of the answer; names cost")
});
const price = defineBehaviour({
	name: "price",
	options: options$2,
	templates: ({ body }) => [body],
	compile({ cost: rules, scale, status: code, body }) {
		const units = compileCost(rules, scale);
		const answer = compileTemplate(body);
		return ({ facts, scope, now }) => {
			const named = withScope(scope, { cost: units(facts) / scale });
			return {
				status: code,
				body: answer.render(named, now)
			};
		};
	}
});
// src/behaviours/respond.ts
const answer = (z) => ({
	status: z.int().min(100).max(599).optional(),
	example: z.string().optional().describe("The documented example to start from; the first when left out"),
	body: json(z).optional().describe("The whole body, as a template"),
	patch: json(z).optional().describe("A template merged over the example, key by key"),
	contentType: z.string().optional()
});
const options$1 = (z) => z.strictObject({
	...answer(z),
	cases: z.array(z.strictObject({
		when: conditionSchema(z),
		...answer(z)
	})).optional().describe("Answers for some requests only; the first whose condition holds is taken")
});
const respond = defineBehaviour({
	name: "respond",
	options: options$1,
	references: (given) => ({ examples: [given, ...given.cases ?? []].flatMap(({ example }) => example === void 0 ? [] : [example]) }),
	templates: (given) => [given, ...given.cases ?? []].flatMap(({ body, patch }) => [body, patch]),
	compile({ cases = [], ...otherwise }, operation, { document }) {
		const special = cases.map(({ when, ...given }) => ({
			holds: compileCondition(when),
			make: maker(given, operation, document)
		}));
		const usual = maker(otherwise, operation, document);
		return (context) => (special.find(({ holds }) => holds(context.facts))?.make ?? usual)(context);
	}
});
function maker(answer, operation, document) {
	const { status, body, patch, contentType } = answer;
	if (body !== void 0) {
		const template = compileTemplate(body);
		return ({ scope, now }) => ({
			status: status ?? sampleResponse(document, operation)?.status ?? 200,
			body: template.render(scope, now),
			steady: template.constant,
			...contentType === void 0 ? {} : { contentType }
		});
	}
	const changes = compileTemplate(patch ?? {});
	return ({ scope, now }) => {
		const sample = sampleResponse(document, operation, status, answer.example) ?? {
			status: status ?? 200,
			body: {}
		};
		return {
			status: sample.status,
			body: mergePatch(sample.body, changes.render(scope, now))
		};
	};
}
function mergePatch(target, patch) {
	if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
	const merged = { ...target !== null && typeof target === "object" && !Array.isArray(target) ? target : {} };
	for (const [key, value] of Object.entries(patch)) merged[key] = mergePatch(merged[key], value);
	return merged;
}
// src/state/ids.ts
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HEX = "0123456789abcdef";
const DASH = 45;
const VERSION = 52;
const VARIANTS = "89ab";
const scratch = Buffer.alloc(64);
var Ids = class {
	#state;
	#made = 0;
	#head = "";
	#headOf = NaN;
	constructor(seed = 625341585) {
		this.#state = seed >>> 0;
	}
	random() {
		return this.#draw() / 4294967296;
	}
	next() {
		this.#made += 1;
		return this.#made;
	}
	uuid() {
		let at = 0;
		for (let i = 0; i < 32; i++) {
			if (i === 8 || i === 12 || i === 16 || i === 20) scratch[at++] = DASH;
			scratch[at++] = HEX.charCodeAt(this.#draw() >>> 28);
		}
		scratch[14] = VERSION;
		scratch[19] = VARIANTS.charCodeAt(this.#draw() >>> 30);
		return scratch.toString("latin1", 0, 36);
	}
	ulid(now) {
		if (now !== this.#headOf) {
			this.#head = ulidHead(now);
			this.#headOf = now;
		}
		return this.#head + this.text(CROCKFORD, 16);
	}
	lower(length) {
		return this.text(LOWER, length);
	}
	text(alphabet, length) {
		const place = length > scratch.length ? Buffer.alloc(length) : scratch;
		for (let i = 0; i < length; i++) place[i] = alphabet.charCodeAt(Math.floor(this.random() * alphabet.length));
		return place.toString("latin1", 0, length);
	}
	#draw() {
		this.#state = this.#state + 1831565813 >>> 0;
		let t = this.#state;
		t = Math.imul(t ^ t >>> 15, t | 1);
		t ^= t + Math.imul(t ^ t >>> 7, t | 61);
		return (t ^ t >>> 14) >>> 0;
	}
	dump() {
		return [this.#state, this.#made];
	}
	load([state, made]) {
		this.#state = state;
		this.#made = made;
	}
};
function ulidHead(now) {
	let time = Math.max(0, Math.floor(now));
	let head = "";
	for (let i = 0; i < 10; i++) {
		head = CROCKFORD[time % 32] + head;
		time = Math.floor(time / 32);
	}
	return head;
}
function hashFraction(text) {
	let hash = 2166136261;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
	return new Ids(hash).random();
}
// src/behaviours/series.ts
const DAY_MS = 864e5;
const options = (z) => z.strictObject({
	days: z.string().describe("Query parameter: how many days"),
	buckets: z.array(z.int().positive()).optional().describe("Snaps the number of days to the nearest of these"),
	seed: z.string().describe("Template that tells series apart"),
	min: z.number().default(0),
	max: z.number(),
	decimals: z.int().min(0).max(6).default(0),
	status: status(z).default(200),
	body: json(z).describe("Template of the answer; names rows ({date, value} each) and days")
});
const series = defineBehaviour({
	name: "series",
	options,
	templates: ({ seed, body }) => [seed, body],
	compile({ days: parameter, buckets, seed, min, max, decimals, status: code, body }) {
		const name = compileTemplate(seed);
		const answer = compileTemplate(body);
		return (context) => {
			const asked = Number(context.query[parameter] ?? 30);
			const days = buckets ? nearest(buckets, asked) : asked;
			const text = String(name.render(context.scope, context.now));
			const today = Math.floor(context.now / DAY_MS) * DAY_MS;
			const rows = Array.from({ length: days }, (_, i) => {
				const date = formats["iso-date"](today - (days - 1 - i) * DAY_MS);
				const value = min + hashFraction(`${text} ${date}`) * (max - min);
				return {
					date,
					value: Number(value.toFixed(decimals))
				};
			});
			return {
				status: code,
				body: answer.render(withScope(context.scope, {
					rows,
					days
				}), context.now)
			};
		};
	}
});
function nearest(buckets, asked) {
	return buckets.reduce((best, bucket) => Math.abs(bucket - asked) < Math.abs(best - asked) ? bucket : best, buckets[0]);
}
// src/behaviours/index.ts
const behaviours = {
	example,
	respond,
	price,
	series,
	"collection.list": collectionList,
	"collection.read": collectionRead,
	"collection.create": collectionCreate,
	"collection.update": collectionUpdate,
	"collection.delete": collectionDelete,
	"collection.bulk-create": collectionBulkCreate,
	"collection.bulk-delete": collectionBulkDelete,
	"job.create": jobCreate,
	"job.batch": jobBatch,
	"job.read-batch": jobReadBatch,
	"job.cancel": jobCancel
};
function behaviour(name) {
	return behaviours[name];
}
// src/limits/algorithms/algorithm.ts
var Look = class {
	allowed;
	used;
	resetAt;
	retryAt;
	remaining;
	constructor(allowed, used, quota, resetAt, retryAt) {
		this.allowed = allowed;
		this.used = used;
		this.resetAt = resetAt;
		this.retryAt = retryAt;
		this.remaining = Math.max(0, quota - used);
	}
};
var Charged = class {
	state;
	window;
	used;
	resetAt;
	remaining;
	constructor(state, window, used, quota, resetAt) {
		this.state = state;
		this.window = window;
		this.used = used;
		this.resetAt = resetAt;
		this.remaining = Math.max(0, quota - used);
	}
};
function defineAlgorithm(parts) {
	return {
		name: parts.name,
		windows: parts.windows,
		params: parts.params,
		used: parts.used,
		peek: parts.peek,
		charge: parts.charge,
		take(params, state, cost, now, moment = { horizon: now }) {
			const { allowed, used, remaining, resetAt, retryAt } = parts.peek(params, state, cost, now);
			if (!allowed || cost === 0) return {
				allowed,
				used,
				remaining,
				resetAt,
				retryAt,
				state,
				window: now
			};
			return {
				...parts.charge(params, state, cost, now, moment),
				allowed: true,
				retryAt: now
			};
		},
		refund: parts.refund,
		seed: parts.seed,
		opens: parts.opens,
		kept: parts.kept,
		revive: parts.revive,
		numbers: parts.numbers,
		expiresAt: parts.expiresAt,
		isLive: parts.isLive,
		capacity: parts.capacity,
		explain: parts.explain
	};
}
function isNumbers(value) {
	return Array.isArray(value) && value.every(Number.isFinite);
}
// src/limits/algorithms/concurrency.ts
const concurrency = defineAlgorithm({
	name: "concurrency",
	windows: [],
	params: (z) => z.strictObject({ holds: z.enum(["request", "job"]).default("request").describe("What holds a unit: a request, until its response has been sent; or the jobs that it creates, until they end") }),
	used: (_params, state, now) => state ? countRunning(state, now) : 0,
	peek({ quota }, state, cost, now) {
		const used = state ? countRunning(state, now) : 0;
		const allowed = cost === 0 || used + cost <= quota;
		return new Look(allowed, used, quota, null, allowed ? now : freeAt(state, used + cost - quota, cost > quota, now));
	},
	charge({ quota }, state, cost, now, { horizon, lease = "unnamed" }) {
		const kept = state ? remembered$1(state, now, horizon) : [];
		const next = new Array(kept.length + cost);
		for (let i = 0; i < next.length; i++) next[i] = kept[i] ?? {
			id: lease,
			until: null
		};
		return new Charged(next, now, countRunning(next, now), quota, null);
	},
	refund(_params, state, _window, amount, lease) {
		const next = [...state];
		for (let left = amount; left > 0; left--) {
			const at = next.findIndex(({ id }) => id === lease);
			if (at < 0) break;
			next.splice(at, 1);
		}
		return next;
	},
	seed: () => void 0,
	kept: (state, isKept) => state.filter(({ id, until }) => until !== null || isKept(id)),
	revive: (value) => Array.isArray(value) && value.every(isLease) ? value.map(({ id, until }) => ({
		id,
		until
	})) : void 0,
	expiresAt: (_params, state) => state.reduce((latest, { until }) => Math.max(latest, until ?? Number.POSITIVE_INFINITY), Number.NEGATIVE_INFINITY),
	isLive: (_params, state, now) => countRunning(state, now) > 0,
	explain: ({ quota, options }, scale = 1) => `${quota / scale} at once (${options["holds"] === "job" ? "jobs, from creation to their end" : "requests in flight"})`
});
function isLease(value) {
	const { id, until } = value ?? {};
	return typeof id === "string" && (until === null || Number.isFinite(until));
}
function running(state, now) {
	return state.filter(({ until }) => until === null || until > now);
}
function countRunning(state, now) {
	let count = 0;
	for (const { until } of state) if (until === null || until > now) count += 1;
	return count;
}
const REMEMBERED_JOBS = 1e3;
function remembered$1(state, now, horizon) {
	const kept = running(state, Math.min(now, horizon));
	const surplus = kept.length - countRunning(kept, now) - REMEMBERED_JOBS;
	if (surplus <= 0) return kept;
	let dropped = 0;
	return kept.filter(({ until }) => until === null || until > now || ++dropped > surplus);
}
function freeAt(state, count, impossible, now) {
	if (impossible) return Number.POSITIVE_INFINITY;
	return running(state, now).map(({ until }) => until).filter((until) => until !== null).sort((a, b) => a - b)[count - 1] ?? null;
}
function replaceLeases(state, id, leases) {
	return [...state.filter((lease) => lease.id !== id), ...leases];
}
// src/limits/windows.ts
function boundsAt(window, now) {
	if (window.kind === "aligned") {
		const start = Math.floor((now - window.offsetMs) / window.lengthMs) * window.lengthMs + window.offsetMs;
		return {
			start,
			end: start + window.lengthMs
		};
	}
	const last = lastBounds.get(window);
	if (last && now >= last.start && now < last.end) return last;
	const bounds = calendarBounds(window, now);
	lastBounds.set(window, bounds);
	return bounds;
}
function windowsBetween(window, from, to) {
	if (window.kind === "first-request") return Math.floor((to - from) / window.lengthMs) + 1;
	if (window.kind === "aligned") return Math.round((boundsAt(window, to).start - boundsAt(window, from).start) / window.lengthMs) + 1;
	let windows = 1;
	for (let { end } = boundsAt(window, from); end <= to; {end} = boundsAt(window, end)) windows += 1;
	return windows;
}
const lastBounds = new WeakMap();
function nominalLength(window) {
	if (window.kind !== "calendar") return window.lengthMs;
	return {
		hour: 36e5,
		day: 864e5,
		week: 6048e5,
		month: 26784e5
	}[window.unit];
}
const FIRST_MONDAY_MS = 3456e5;
const formatters = new Map();
function zoneOffset(timeZone, at) {
	if (timeZone === "UTC") return 0;
	let formatter = formatters.get(timeZone);
	if (!formatter) {
		formatter = new Intl.DateTimeFormat("en-US", {
			timeZone,
			hourCycle: "h23",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric"
		});
		formatters.set(timeZone, formatter);
	}
	const part = {};
	for (const { type, value } of formatter.formatToParts(at)) part[type] = Number(value);
	return Date.UTC(part["year"], part["month"] - 1, part["day"], part["hour"], part["minute"], part["second"]) - Math.floor(at / 1e3) * 1e3;
}
const FARTHEST_OFFSET_MS = 576e5;
function transition(timeZone, from, to) {
	const after = zoneOffset(timeZone, to);
	let [low, high] = [from, to];
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (zoneOffset(timeZone, middle) === after) high = middle;
		else low = middle;
	}
	return high;
}
function instantOfWall(timeZone, wall) {
	const [from, to] = [wall - FARTHEST_OFFSET_MS, wall + FARTHEST_OFFSET_MS];
	const [before, after] = [zoneOffset(timeZone, from), zoneOffset(timeZone, to)];
	if (before === after) return wall - before;
	const change = transition(timeZone, from, to);
	return wall - before < change ? wall - before : Math.max(change, wall - after);
}
function calendarBounds({ unit, timeZone }, now) {
	const offset = zoneOffset(timeZone, now);
	if (unit === "hour") return hourBounds(timeZone, now, offset);
	const date = new Date(now + offset);
	const [year, month, day] = [
		date.getUTCFullYear(),
		date.getUTCMonth(),
		date.getUTCDate()
	];
	const monday = day - (date.getUTCDay() + 6) % 7;
	const startOf = (steps) => instantOfWall(timeZone, unit === "month" ? Date.UTC(year, month + steps, 1) : Date.UTC(year, month, unit === "week" ? monday + 7 * steps : day + steps));
	const bounds = {
		start: startOf(0),
		end: startOf(1)
	};
	return now < bounds.end ? bounds : {
		start: bounds.end,
		end: startOf(2)
	};
}
function hourBounds(timeZone, now, offset) {
	const start = Math.floor((now + offset) / 36e5) * 36e5 - offset;
	const end = start + 36e5;
	return {
		start: zoneOffset(timeZone, start) === offset ? start : transition(timeZone, start, now),
		end: zoneOffset(timeZone, end - 1) === offset ? end : transition(timeZone, now, end - 1)
	};
}
// src/limits/algorithms/fixed-window.ts
const fixedWindow = defineAlgorithm({
	name: "fixed-window",
	windows: [
		"first-request",
		"aligned",
		"calendar"
	],
	params: (z) => z.strictObject({}),
	peek({ quota, window }, state, cost, now) {
		const { start, end, live } = currentWindow(window, state, now);
		const used = live ? countAt(state, start) : 0;
		const allowed = cost === 0 || used + cost <= quota;
		return new Look(allowed, used, quota, end, allowed ? now : roomAt(window, state, quota - cost, end));
	},
	charge({ quota, window }, state, cost, now, { horizon }) {
		const { start, end, live } = currentWindow(window, state, now);
		const used = (live ? countAt(state, start) : 0) + cost;
		return new Charged(window.kind === "first-request" ? [start, used] : addAt(state, start, cost, horizon, nominalLength(window)), start, used, quota, end);
	},
	refund: (_params, state, window, amount) => hasWindow(state, window) ? addAt(state, window, -amount, -Infinity, 0) : state,
	opens: true,
	seed({ window }, state, used, now, { horizon, start: given }) {
		const { start } = currentWindow(window, state, now);
		if (window.kind === "first-request") return [given ?? start, used];
		return addAt(state, start, used - (state ? countAt(state, start) : 0), horizon, nominalLength(window));
	},
	revive: revivePairs,
	numbers: ({ kind }) => kind === "calendar" ? 4 : 2,
	expiresAt({ window }, state) {
		const last = latestStart(state);
		return window.kind === "first-request" ? last + window.lengthMs : boundsAt(window, last).end;
	},
	isLive({ window }, state, now) {
		const { start, live } = currentWindow(window, state, now);
		return live && hasWindow(state, start);
	},
	capacity: ({ quota, window }, from, to) => quota * windowsBetween(window, from, to),
	explain: ({ quota, window }, scale = 1) => `${quota / scale} per ${describeWindow(window)}`
});
function currentWindow(window, state, now) {
	if (window.kind !== "first-request") {
		const { start, end } = boundsAt(window, now);
		return {
			start,
			end,
			live: state !== void 0
		};
	}
	if (state && now >= state[0] && now < state[0] + window.lengthMs) return {
		start: state[0],
		end: state[0] + window.lengthMs,
		live: true
	};
	return {
		start: now,
		end: now + window.lengthMs,
		live: false
	};
}
function roomAt(window, state, most, end) {
	if (most < 0) return Number.POSITIVE_INFINITY;
	let start = end;
	if (window.kind !== "first-request" && state) while (countAt(state, start) > most) start = boundsAt(window, start).end;
	return start;
}
function revivePairs(value) {
	return isNumbers(value) && value.length % 2 === 0 && value.every((one, i) => i % 2 === 0 || one >= 0) ? value : void 0;
}
function countAt(state, start) {
	for (let i = state.length - 2; i >= 0; i -= 2) if (state[i] === start) return state[i + 1];
	return 0;
}
function hasWindow(state, start) {
	for (let i = 0; i < state.length; i += 2) if (state[i] === start) return true;
	return false;
}
const REMEMBERED_WINDOWS = 1e3;
function addAt(state, start, amount, horizon, keepMs) {
	if (!state) return [start, amount];
	if (state.length === 2 && state[0] === start) return [start, Math.max(0, state[1] + amount)];
	if (state.length === 4 && state[2] === start && state[0] !== start && state[0] + keepMs > horizon) return [
		state[0],
		state[1],
		start,
		Math.max(0, state[3] + amount)
	];
	const next = [];
	let found = false;
	for (let i = 0; i < state.length; i += 2) if (state[i] === start) {
		next.push(start, Math.max(0, state[i + 1] + amount));
		found = true;
	} else if (state[i] + keepMs > horizon) next.push(state[i], state[i + 1]);
	if (!found) next.push(start, Math.max(0, amount));
	return next.length > 2 * REMEMBERED_WINDOWS ? withoutEarliest(next, start) : next;
}
function withoutEarliest(state, current) {
	let earliest = state[0] === current ? 2 : 0;
	for (let i = 0; i < state.length; i += 2) if (state[i] !== current && state[i] < state[earliest]) earliest = i;
	return [...state.slice(0, earliest), ...state.slice(earliest + 2)];
}
function latestStart(state) {
	let latest = -Infinity;
	for (let i = 0; i < state.length; i += 2) latest = Math.max(latest, state[i]);
	return latest;
}
function describeWindow(window) {
	if (window.kind === "first-request") return `${formatDuration(window.lengthMs)}, counted from the first request`;
	if (window.kind === "calendar") return `${window.unit} (${window.timeZone})`;
	return `${formatDuration(window.lengthMs)}, on the UTC clock`;
}
// src/limits/algorithms/log.ts
const FULL = 256;
const FEW = 16;
const REACH_MS = 2 ** 32 - 1;
const NO_PART = {
	chunk: {
		base: 0,
		offsets: [],
		written: 0
	},
	length: 0
};
var Log = class Log {
	before;
	last;
	dropped;
	size;
	constructor(before, last, dropped, size) {
		this.before = before;
		this.last = last;
		this.dropped = dropped;
		this.size = size;
	}
	static of(instants) {
		return Log.#joined(pack(instants), 0, instants.length);
	}
	get latest() {
		return this.size === 0 ? Number.NEGATIVE_INFINITY : instantAt(this.last, this.last.length - 1);
	}
	at(index) {
		let left = index + this.dropped;
		for (const part of this.before) {
			if (left < part.length) return instantAt(part, left);
			left -= part.length;
		}
		return instantAt(this.last, left);
	}
	countUntil(instant) {
		let passed = -this.dropped;
		for (const part of this.before) {
			if (instantAt(part, part.length - 1) > instant) return Math.max(0, passed + lengthUntil(part, instant));
			passed += part.length;
		}
		return Math.max(0, passed + lengthUntil(this.last, instant));
	}
	with(instant, count) {
		const { before, last, dropped, size } = this;
		if (instant < this.latest) return this.#inserted(instant, count);
		const { chunk } = last;
		const length = last.length + count;
		if (size === 0 || chunk.written > last.length || length > FULL || instant - chunk.base > REACH_MS) return Log.#joined([
			...before,
			last,
			...pack(repeated(instant, count))
		], dropped, size + count);
		if (length > FEW && length > chunk.offsets.length) chunk.offsets = lengthened(chunk.offsets, length);
		for (let i = last.length; i < length; i++) chunk.offsets[i] = instant - chunk.base;
		chunk.written = length;
		return new Log(before, {
			chunk,
			length
		}, dropped, size + count);
	}
	without(instant, count) {
		let log = this;
		for (let place = this.before.length; place >= 0; place--) {
			const part = this.before[place] ?? this.last;
			const left = count - (this.size - log.size);
			if (left === 0 || part.length === 0 || instantAt(part, part.length - 1) < instant) break;
			const from = Math.max(lengthUntil(part, instant - 1), place === 0 ? this.dropped : 0);
			const to = Math.min(lengthUntil(part, instant), from + left);
			if (from >= to) continue;
			const parts = [...log.before, log.last].with(place, withoutRange(part, from, to));
			log = Log.#joined(parts, log.dropped, log.size - (to - from));
		}
		return log;
	}
	after(instant) {
		if (this.size === 0 || this.at(0) > instant) return this;
		const left = [...this.before, this.last].filter((part) => instantAt(part, part.length - 1) > instant);
		const dropped = left.length === 0 ? 0 : lengthUntil(left[0], instant);
		return Log.#joined(left, dropped, this.size - this.countUntil(instant));
	}
	toJSON() {
		return [...this.before, this.last].flatMap(instantsOf).slice(this.dropped);
	}
	#inserted(instant, count) {
		const parts = [...this.before, this.last];
		const place = parts.findIndex((part) => instantAt(part, part.length - 1) > instant);
		const dropped = place === 0 ? this.dropped : 0;
		const instants = instantsOf(parts[place]).slice(dropped);
		const at = instants.findIndex((one) => one > instant);
		const changed = [
			...instants.slice(0, at),
			...repeated(instant, count),
			...instants.slice(at)
		];
		parts.splice(place, 1, ...pack(changed));
		return Log.#joined(parts, this.dropped - dropped, this.size + count);
	}
	static #joined(parts, dropped, size) {
		let first = 0;
		let left = dropped;
		for (; first < parts.length && parts[first].length <= left; first++) left -= parts[first].length;
		const used = parts.slice(first).filter(({ length }) => length > 0);
		return new Log(used.slice(0, -1), used.at(-1) ?? NO_PART, left, size);
	}
};
function repeated(instant, count) {
	return new Array(count).fill(instant);
}
function instantAt({ chunk }, index) {
	return chunk.base + chunk.offsets[index];
}
function instantsOf(part) {
	return Array.from({ length: part.length }, (_, i) => instantAt(part, i));
}
function lengthUntil(part, instant) {
	let [low, high] = [0, part.length];
	while (low < high) {
		const middle = low + high >> 1;
		if (instantAt(part, middle) > instant) high = middle;
		else low = middle + 1;
	}
	return low;
}
function withoutRange({ chunk, length }, from, to) {
	const left = length - (to - from);
	const offsets = chunk.offsets.slice().copyWithin(from, to, length);
	return {
		chunk: {
			base: chunk.base,
			offsets,
			written: left
		},
		length: left
	};
}
function pack(instants) {
	const parts = [];
	for (let from = 0; from < instants.length;) {
		const base = instants[from];
		let to = from + 1;
		while (to < instants.length && to - from < FULL && instants[to] - base <= REACH_MS) to += 1;
		const offsets = instants.slice(from, to).map((instant) => instant - base);
		const chunk = {
			base,
			offsets: offsets.length > FEW ? lengthened(offsets, offsets.length) : offsets,
			written: to - from
		};
		parts.push({
			chunk,
			length: to - from
		});
		from = to;
	}
	return parts;
}
function lengthened(offsets, length) {
	let room = 32;
	while (room < length) room *= 2;
	const longer = new Uint32Array(Math.min(FULL, room));
	longer.set(offsets);
	return longer;
}
// src/limits/algorithms/sliding-log.ts
const slidingLog = defineAlgorithm({
	name: "sliding-log",
	windows: ["first-request", "aligned"],
	params: (z) => z.strictObject({}),
	used: (params, log, now) => log ? log.size - log.countUntil(now - windowLength(params)) : 0,
	peek(params, log, cost, now) {
		const { quota } = params;
		const lengthMs = windowLength(params);
		const first = log ? log.countUntil(now - lengthMs) : 0;
		const used = log ? log.size - first : 0;
		const allowed = cost === 0 || used + cost <= quota;
		let retryAt = now;
		if (!allowed) retryAt = cost > quota ? Number.POSITIVE_INFINITY : log.at(first + used + cost - quota - 1) + lengthMs;
		return new Look(allowed, used, quota, (used > 0 ? log.at(first) : now) + lengthMs, retryAt);
	},
	charge(params, log, cost, now, { horizon }) {
		const lengthMs = windowLength(params);
		const next = (log ? remembered(log, now - lengthMs, horizon - lengthMs) : NO_LOG).with(now, cost);
		const first = next.countUntil(now - lengthMs);
		const used = next.size - first;
		return new Charged(next, now, used, params.quota, (used > 0 ? next.at(first) : now) + lengthMs);
	},
	refund: (_params, log, window, amount) => amount < 0 ? log.with(window, -amount) : log.without(window, amount),
	opens: true,
	seed(params, log, used, now, { horizon, start }) {
		const lengthMs = windowLength(params);
		const all = log ? log.toJSON() : [];
		const older = all.filter((at) => at <= now - lengthMs && at > horizon - lengthMs);
		if (start !== void 0) return Log.of([...older, ...new Array(used).fill(start)]);
		const live = all.filter((at) => at > now - lengthMs);
		const kept = live.slice(Math.max(0, live.length - used));
		const added = new Array(used - kept.length).fill(now);
		return Log.of([
			...older,
			...kept,
			...added
		].sort((a, b) => a - b));
	},
	revive: (value) => isNumbers(value) && value.every((at, i) => Number.isInteger(at) && (i === 0 || value[i - 1] <= at)) ? Log.of(value) : void 0,
	expiresAt: (params, log) => log.latest + windowLength(params),
	isLive: (params, log, now) => log.latest > now - windowLength(params),
	capacity: (params, from, to) => params.quota * (Math.floor((to - from) / windowLength(params)) + 1),
	explain: (params, scale = 1) => `${params.quota / scale} in any ${formatDuration(windowLength(params))} (every request's instant is kept)`
});
const NO_LOG = Log.of([]);
function windowLength(params) {
	return params.window.lengthMs;
}
const REMEMBERED_UNITS = 2e4;
function remembered(log, since, forgetUntil) {
	const { size } = log;
	const surplus = size > 2 * REMEMBERED_UNITS ? Math.min(since, log.at(size - REMEMBERED_UNITS)) : forgetUntil;
	return log.after(Math.max(forgetUntil, surplus));
}
// src/limits/algorithms/sliding-window.ts
const slidingWindow = defineAlgorithm({
	name: "sliding-window",
	windows: ["aligned"],
	params: (z) => z.strictObject({}),
	peek(params, state, cost, now) {
		const { quota } = params;
		const { lengthMs } = alignedWindow(params);
		const start = windowStart(params, now);
		const used = usedAt(state, start, now, lengthMs);
		const allowed = cost === 0 || used + cost <= quota;
		const retryAt = allowed ? now : cost > quota ? Number.POSITIVE_INFINITY : earliest(state, quota - cost, start, now, lengthMs);
		return new Look(allowed, used, quota, start + lengthMs, retryAt);
	},
	charge(params, state, cost, now, { horizon }) {
		const { lengthMs } = alignedWindow(params);
		const start = windowStart(params, now);
		const used = usedAt(state, start, now, lengthMs) + cost;
		return new Charged(addAt(state, start, cost, horizon, 2 * lengthMs), start, used, params.quota, start + lengthMs);
	},
	refund: (_params, state, window, amount) => hasWindow(state, window) ? addAt(state, window, -amount, -Infinity, 0) : state,
	seed(params, state, used, now, { horizon }) {
		const start = windowStart(params, now);
		return addAt(state, start, used - (state ? countAt(state, start) : 0), horizon, 2 * alignedWindow(params).lengthMs);
	},
	revive: revivePairs,
	numbers: () => 4,
	expiresAt: (params, state) => latestStart(state) + 2 * alignedWindow(params).lengthMs,
	isLive(params, state, now) {
		const start = windowStart(params, now);
		return hasWindow(state, start) || hasWindow(state, start - alignedWindow(params).lengthMs);
	},
	capacity(params, from, to) {
		const { quota } = params;
		const { lengthMs } = alignedWindow(params);
		const last = windowStart(params, to);
		let count = quota;
		let total = quota;
		for (let start = windowStart(params, from) + lengthMs; start <= last; start += lengthMs) {
			const into = start < last ? lengthMs - 1 : to - start;
			const next = quota - carried(count, into, lengthMs);
			if (next === count && start < last) {
				const windows = Math.floor((last - start) / lengthMs);
				total += next * windows;
				start += (windows - 1) * lengthMs;
				continue;
			}
			count = next;
			total += count;
		}
		return total;
	},
	explain: (params, scale = 1) => `${params.quota / scale} per sliding ${formatDuration(alignedWindow(params).lengthMs)} (this window's count plus the last one's, weighted by how much of it still lies within the stretch)`
});
function alignedWindow(params) {
	return params.window;
}
function windowStart(params, now) {
	const { lengthMs, offsetMs } = alignedWindow(params);
	return Math.floor((now - offsetMs) / lengthMs) * lengthMs + offsetMs;
}
function usedAt(state, start, now, lengthMs) {
	if (!state) return 0;
	return countAt(state, start) + carried(countAt(state, start - lengthMs), now - start, lengthMs);
}
function carried(previous, into, lengthMs) {
	return Math.floor(previous * (lengthMs - into) / lengthMs);
}
function earliest(state, room, start, now, lengthMs) {
	for (let at = start;; at += lengthMs) {
		const left = room - countAt(state, at);
		if (left < 0) continue;
		const faded = at + fadedTo(countAt(state, at - lengthMs), left, lengthMs);
		if (faded < at + lengthMs) return Math.max(now, faded);
	}
}
function fadedTo(count, room, lengthMs) {
	if (count <= room) return 0;
	return lengthMs - Math.ceil((room + 1) * lengthMs / count) + 1;
}
// src/limits/algorithms/token-bucket.ts
const tokenBucket = defineAlgorithm({
	name: "token-bucket",
	windows: ["first-request", "aligned"],
	params: (z) => z.strictObject({ refill: z.int().positive().optional().describe("Units that come back per window, evenly; the quota when left out (then the bucket fills once per window)") }),
	peek(params, state, cost, now) {
		const { weight, drain } = rate(params);
		const since = state ? Math.max(now, state[0]) : now;
		const debt = state ? debtAt(state, since, drain) : 0;
		const capacity = params.quota * weight;
		const used = Math.ceil(debt / weight);
		const allowed = cost === 0 || used + cost <= params.quota;
		let retryAt = now;
		if (!allowed) retryAt = cost > params.quota ? Number.POSITIVE_INFINITY : since + Math.ceil((debt + cost * weight - capacity) / drain);
		const resetAt = debt === 0 ? now : since + Math.ceil(debt / drain);
		return new Look(allowed, used, params.quota, resetAt, retryAt);
	},
	charge(params, state, cost, now) {
		const { weight, drain } = rate(params);
		const since = state ? Math.max(now, state[0]) : now;
		const before = state ? debtAt(state, since, drain) : 0;
		const debt = before + cost * weight;
		const next = bucket(since, debt, drain);
		return new Charged(next, now, Math.ceil(before / weight) + cost, params.quota, debt === 0 ? now : next[2]);
	},
	refund(params, [at, debt], _window, amount) {
		const { weight, drain } = rate(params);
		return bucket(at, Math.max(0, debt - amount * weight), drain);
	},
	seed(params, _state, used, now) {
		const { weight, drain } = rate(params);
		return bucket(now, used * weight, drain);
	},
	revive: (value) => isNumbers(value) && value.length === 3 && value[1] >= 0 ? value : void 0,
	numbers: () => 3,
	expiresAt: (_params, [, , fullAt]) => fullAt,
	isLive: (params, state, now) => debtAt(state, Math.max(now, state[0]), rate(params).drain) > 0,
	capacity(params, from, to) {
		const { weight, drain } = rate(params);
		return params.quota + Math.floor((to - from) * drain / weight);
	},
	explain(params, scale = 1) {
		const { refill } = rate(params);
		return `a bucket of ${params.quota / scale} that refills by ${refill / scale} every ${formatDuration(nominalLength(params.window))}, evenly`;
	}
});
function rate(params) {
	const refill = params.options["refill"] ?? Math.max(1, params.quota);
	return {
		weight: nominalLength(params.window),
		drain: refill,
		refill
	};
}
function bucket(at, debt, drain) {
	return [
		at,
		debt,
		at + Math.ceil(debt / drain)
	];
}
function debtAt([at, debt], now, drain) {
	return Math.max(0, debt - (now - at) * drain);
}
// src/limits/algorithms/index.ts
const algorithms = {
	"fixed-window": fixedWindow,
	"sliding-window": slidingWindow,
	"sliding-log": slidingLog,
	"token-bucket": tokenBucket,
	concurrency
};
function algorithm(name) {
	return algorithms[name];
}
// src/limits/partitions.ts
const SHORT = new Set([
	"ip",
	"method",
	"path",
	"operation"
]);
function compilePartition(names) {
	const paths = names.map(factPath);
	if (paths.length === 0) return () => "";
	if (paths.length === 1) return (facts) => text(readFact(facts, paths[0]));
	return (facts) => {
		const values = paths.map((path) => text(readFact(facts, path)));
		return values.every((value) => value !== void 0) ? joinPartition(values) : void 0;
	};
}
function factPath(name) {
	return SHORT.has(name) || name.includes(".") ? name.split(".") : ["caller", name];
}
function joinPartition(values) {
	return values.length === 1 ? values[0] : JSON.stringify(values);
}
function splitPartition(partition, count) {
	if (count === 0) return [];
	return count === 1 ? [partition] : JSON.parse(partition);
}
function text(value) {
	return value === void 0 || value === null || typeof value === "object" ? void 0 : String(value);
}
// src/limits/render/headers.ts
function compileHeaders(rules) {
	const writers = Object.entries(rules).map(([name, rule]) => {
		const shown = compileShown(rule);
		const value = compileValue(rule);
		return (context, headers) => {
			if (!shown(context)) return;
			const text = value(context);
			if (text !== void 0) headers[name] = text;
		};
	});
	return (context, headers) => {
		for (const write of writers) write(context, headers);
	};
}
function compileShown(rule) {
	const when = compileCondition(rule.when);
	return ({ refused, facts, outcome }) => {
		if (rule.on === "refusal" && !refused) return false;
		if (rule.on === "success" && (refused || outcome.status >= 400)) return false;
		return when(facts, outcome);
	};
}
function compileValue(rule) {
	if (rule.text !== void 0) {
		const template = compileTemplate(rule.text);
		return ({ scope, now }) => written(template.render(scope, now));
	}
	const { value = "limit", format, below } = rule;
	if (value === "retry-after") return ({ retryAfter, retryAt, now }) => retryText(retryAfter, retryAt, format, now);
	const ids = typeof rule.policy === "string" ? [rule.policy] : rule.policy ?? [];
	if (value === "ratelimit" || value === "ratelimit-policy") return (context) => {
		const items = ids.map((id) => context.report(id)).filter((report) => report !== void 0);
		const item = value === "ratelimit" ? rateLimitItem : policyItem;
		if (value === "ratelimit") for (const report of items) context.tell?.(report);
		return items.length > 0 ? items.map((report) => item(report, context.now)).join(", ") : void 0;
	};
	const read = compileAmount(value, format);
	return (context) => {
		const report = ids.length === 1 ? context.report(ids[0]) : tightest(ids, context);
		if (!report) return void 0;
		if (below !== void 0 && report.remaining >= below * report.limit) return void 0;
		if (value === "remaining") context.tell?.(report);
		return written(read(report, context.now));
	};
}
function compileAmount(value, format = "epoch-seconds") {
	switch (value) {
		case "reset": return ({ resetAt }, now) => resetAt === null ? void 0 : formats[format](resetAt, now);
		case "window-seconds": return ({ windowSeconds }) => windowSeconds;
		case "policy": return ({ policy }) => policy;
		case "used": return ({ used }) => used;
		case "remaining": return ({ remaining }) => remaining;
		default: return ({ limit }) => limit;
	}
}
function retryText(seconds, at, format, now) {
	if (seconds === void 0) return void 0;
	if (format === void 0 || format === "delta-seconds" || at === void 0) return String(seconds);
	return String(formats[format](at, now));
}
function tightest(ids, context) {
	let least;
	for (const id of ids) {
		const report = context.report(id);
		if (report && (!least || report.remaining / report.limit < least.remaining / least.limit)) least = report;
	}
	return least;
}
function rateLimitItem({ policy, remaining, resetAt }, now) {
	return `"${policy}";r=${remaining}${resetAt === null ? "" : `;t=${formats["delta-seconds"](resetAt, now)}`}`;
}
function policyItem({ policy, limit, windowSeconds, unit }) {
	return `"${policy}";q=${limit}${windowSeconds > 0 ? `;w=${windowSeconds}` : ""}${unit === "requests" ? "" : `;qu="${unit}"`}`;
}
function written(value) {
	return value === void 0 || value === null ? void 0 : String(value);
}
// src/openapi/router.ts
const MOST_REMEMBERED = 500;
const LONGEST_REMEMBERED = 200;
const PARAMETER = /\{([^}]+)\}/g;
function createRouter(operations) {
	const router = new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] });
	const methods = new Set(operations.map(({ method }) => method));
	for (const operation of [...operations].sort(bySpecificity)) {
		const names = [];
		const pattern = operation.path.split("/").map((segment) => routeSegment(segment, names)).join("/");
		router.add(operation.method, pattern, {
			operation,
			names
		});
	}
	const remembered = new Map([...methods].map((method) => [method, new Map()]));
	function match(method, path) {
		const paths = remembered.get(method);
		const known = paths?.get(path);
		if (known || !paths) return known;
		const found = find(method, path);
		if (!found) return void 0;
		if (path.length > LONGEST_REMEMBERED) return found;
		if (paths.size === MOST_REMEMBERED) paths.clear();
		paths.set(path, found);
		return found;
	}
	function find(method, path) {
		const [handlers, stash] = router.match(method, path);
		const first = handlers[0];
		if (!first) return void 0;
		const [{ operation, names }, found] = first;
		const params = {};
		for (const [i, name] of names.entries()) {
			const value = found[`p${i}`];
			params[name] = decode(typeof value === "number" ? stash[value] : String(value));
		}
		return {
			operation,
			params
		};
	}
	return {
		match: (method, path) => match(method, path) ?? (method === "HEAD" ? match("GET", path) : void 0),
		methods: (path) => [...methods].filter((method) => match(method, path) !== void 0),
		nearest: (method, path) => operations.map((operation) => ({
			operation,
			distance: distance(operation, method, path)
		})).sort((a, b) => a.distance - b.distance).slice(0, 3).map(({ operation }) => `${operation.method} ${operation.path}`)
	};
}
function routeSegment(segment, names) {
	const inside = [...segment.matchAll(PARAMETER)];
	if (inside.length === 0) return segment;
	if (inside.length === 1 && inside[0][0] === segment) {
		names.push(inside[0][1]);
		return `:p${names.length - 1}`;
	}
	names.push(inside[0][1]);
	return `:p${names.length - 1}{${segment.replace(PARAMETER, "[^/]+")}}`;
}
function bySpecificity(a, b) {
	const [left, right] = [a.path.split("/"), b.path.split("/")];
	for (let i = 0; i < Math.min(left.length, right.length); i++) {
		const difference = Number(left[i].includes("{")) - Number(right[i].includes("{"));
		if (difference !== 0) return difference;
	}
	return 0;
}
function distance(operation, method, path) {
	const [known, asked] = [operation.path.split("/"), path.split("/")];
	let differing = Math.abs(known.length - asked.length) * 2 + (operation.method === method ? 0 : 1);
	for (let i = 0; i < Math.min(known.length, asked.length); i++) if (known[i] !== asked[i]) differing += known[i].includes("{") ? .5 : 2;
	return differing;
}
function decode(text) {
	if (!text.includes("%")) return text;
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
// src/openapi/validation.ts
function createValidators(checks) {
	const known = new Map();
	return (operation) => {
		const validator = known.get(operation.id) ?? compile(checks, operation);
		known.set(operation.id, validator);
		return validator;
	};
}
function compile(checks, operation) {
	const places = PLACES.map((place) => ({
		place,
		parameters: parametersIn(operation, place)
	})).filter(({ parameters }) => parameters.length > 0).map(({ place, parameters }) => ({
		place,
		parameters,
		check: checks.parameters(operation, place)
	}));
	const bodies = Object.entries(operation.body?.schemas ?? {}).map(([type, pointer]) => ({
		type,
		check: checks.body(pointer),
		fills: checks.fills(pointer)
	}));
	return (incoming) => {
		const violations = [];
		let query = {};
		for (const { place, parameters, check } of places) {
			const values = parameterValues(place, parameters, incoming);
			if (!check(values)) violations.push(...(check.errors ?? []).map((fault) => violation(place, fault)));
			if (place === "query") query = values;
		}
		return {
			violations,
			query,
			body: checkBody(operation, bodies, incoming, violations)
		};
	};
}
function checkBody(operation, bodies, incoming, violations) {
	if (!operation.body) return incoming.body;
	if (incoming.bodyError !== void 0) {
		violations.push({
			in: "body",
			field: "",
			keyword: "json",
			message: incoming.bodyError
		});
		return;
	}
	if (incoming.body === void 0 && !operation.body.required) return void 0;
	const media = bodies.find(({ type }) => incoming.contentType?.startsWith(type)) ?? bodies.find(({ type }) => type.includes("json"));
	if (!media?.type.includes("json")) return incoming.body;
	const body = incoming.body === void 0 ? {} : media.fills ? ownBody(incoming) : incoming.body;
	if (!media.check(body)) violations.push(...(media.check.errors ?? []).map((fault) => violation("body", fault)));
	return body;
}
function ownBody(incoming) {
	return incoming.ownBody ? incoming.ownBody() : copy(incoming.body);
}
function copy(value) {
	if (value === null || typeof value !== "object") return value;
	if (Array.isArray(value)) return value.map(copy);
	const made = {};
	for (const key of Object.keys(value)) {
		const inner = value[key];
		if (key === "__proto__") Object.defineProperty(made, key, {
			value: copy(inner),
			enumerable: true,
			writable: true,
			configurable: true
		});
		else made[key] = copy(inner);
	}
	return made;
}
function parameterValues(place, parameters, incoming) {
	const values = {};
	for (const { name, default: otherwise } of parameters) {
		const given = place === "query" ? queryValue(incoming, name) : textOf(place, incoming, name);
		if (given !== void 0) values[name] = given;
		else if (otherwise !== void 0) values[name] = otherwise;
	}
	return values;
}
function textOf(place, incoming, name) {
	return place === "path" ? incoming.params[name] : incoming.header(name);
}
function queryValue({ query }, name) {
	if (query.size === 0) return void 0;
	const given = query.getAll(name);
	return given.length > 1 ? given : given[0];
}
const FIELD = /\/([^/]+)/g;
function violation(place, fault) {
	const missing = fault.keyword === "required" ? `/${String(fault.params["missingProperty"])}` : "";
	const keys = [...`${fault.instancePath}${missing}`.matchAll(FIELD)].map(([, key]) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
	const index = keys.find((key) => /^\d+$/.test(key));
	return {
		in: place,
		field: keys.reduce((path, key) => /^\d+$/.test(key) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`, ""),
		keyword: fault.keyword,
		message: fault.message ?? "is invalid",
		...index === void 0 ? {} : { index: Number(index) }
	};
}
// src/profile/callers.ts
const MAX_REMEMBERED = 1e3;
const MAX_LENGTH = 1e3;
function compileIdentify(profile) {
	const fixtures = compileFixtures(profile);
	const credentials = Object.entries(profile.callers.credentials).map(([kind, spec]) => ({
		spec,
		read: compileRead(kind, spec, fixtures)
	}));
	const { fact: accountFact, default: defaultAccount, plan: defaultPlan } = profile.accounts;
	const bySecurity = new Map();
	function usableBy(security) {
		let usable = bySecurity.get(security);
		if (!usable) {
			usable = credentials.filter(({ spec }) => security === void 0 || spec.security === void 0 || security.includes(spec.security));
			bySecurity.set(security, usable);
		}
		return usable;
	}
	return (envelope, security, accounts, issued) => {
		const usable = usableBy(security);
		let malformed;
		for (const { spec, read } of usable) {
			const shown = read(envelope);
			if (!shown) continue;
			if (!shown.known) {
				malformed ??= {
					error: spec.invalid,
					key: shown.key
				};
				continue;
			}
			const { key, fixture, kind } = shown.known;
			if (fixture?.error !== void 0) return {
				error: fixture.error,
				key
			};
			const made = issued.get(key);
			if (made?.revoked) return {
				error: spec.invalid,
				key
			};
			const account = accounts.ownerOf(key) ?? fixture?.account ?? made?.account ?? defaultAccount;
			const plan = accounts.get(account)?.plan ?? defaultPlan;
			const { last } = shown;
			if (last && last.caller.account === account && last.caller.plan === plan) return last;
			shown.last = {
				caller: {
					kind,
					facts: {
						...spec.facts,
						...shown.known.facts,
						...fixture?.facts,
						[spec.fact]: key,
						[accountFact]: account
					},
					account,
					plan
				},
				key
			};
			return shown.last;
		}
		return malformed ?? {
			error: usable[0]?.spec.missing ?? credentials[0].spec.missing,
			key: void 0
		};
	};
}
function compileRead(kind, { header, query, scheme, pattern: source }, fixtures) {
	const pattern = new RegExp(source);
	const remembered = new Map();
	function understand(raw) {
		const key = scheme === void 0 ? raw.trim() : schemeValue(raw, scheme);
		const match = key === void 0 ? null : pattern.exec(key);
		return {
			key,
			known: match ? {
				kind,
				key,
				facts: match.groups,
				fixture: fixtures(kind, key)
			} : void 0,
			last: void 0
		};
	}
	return (envelope) => {
		const raw = header === void 0 ? envelope.query.get(query ?? "") ?? void 0 : envelope.header(header);
		if (raw === void 0) return void 0;
		const known = remembered.get(raw);
		if (known) return known;
		if (raw.trim() === "") return void 0;
		const shown = understand(raw);
		if (raw.length > MAX_LENGTH) return shown;
		if (remembered.size >= MAX_REMEMBERED) remembered.clear();
		remembered.set(raw, shown);
		return shown;
	};
}
function schemeValue(raw, scheme) {
	const [word, ...rest] = raw.trim().split(/\s+/);
	return word.toLowerCase() === scheme.toLowerCase() && rest.length === 1 ? rest[0] : void 0;
}
function compileFixtures(profile) {
	const exact = new Map(profile.fixtures.map((fixture) => [`${fixture.credential} ${fixture.key}`, fixture]));
	const patterns = profile.fixtures.filter(({ pattern }) => pattern !== void 0).map((fixture) => ({
		fixture,
		pattern: new RegExp(`^(?:${fixture.pattern})$`)
	}));
	return (kind, key) => exact.get(`${kind} ${key}`) ?? patterns.find(({ fixture, pattern }) => fixture.credential === kind && pattern.test(key))?.fixture;
}
function maskCredential(value) {
	const prefix = /^(?:[A-Za-z0-9]+[_-])+/.exec(value)?.[0] ?? value.slice(0, 3);
	return `${prefix}…${value.slice(prefix.length).slice(-4)}`;
}
// src/profile/requirements.ts
function compileRequirement(spec, collections) {
	const { error } = spec;
	const speaksOf = spec.when && compileCondition(spec.when);
	const parts = [
		spec.item && itemExists(spec.item, error, collections),
		spec.sum && addsUp(spec.sum, error),
		spec.distinct && differs(spec.distinct, error),
		spec.anyOf && oneIsGiven(spec.anyOf, error),
		spec.same && agrees(spec.same, error),
		spec.each && eachHas(spec.each, error)
	].filter((part) => part !== void 0);
	return (context) => {
		if (speaksOf && !speaksOf(context.facts)) return void 0;
		for (const part of parts) {
			const failure = part(context);
			if (failure) return failure;
		}
	};
}
function itemExists({ collection, id }, error, collections) {
	const template = compileTemplate(id);
	return (context) => {
		const wanted = String(template.render(context.scope, context.now));
		return shelfOf(collections.get(collection), context).items.has(wanted) ? void 0 : {
			error,
			detail: { id: wanted }
		};
	};
}
function addsUp({ list, of, equals }, error) {
	const valuesOf = values(list, of);
	return ({ body }) => {
		let total = 0;
		for (const value of valuesOf(body)) total += Number(value);
		return total === equals ? void 0 : {
			error,
			detail: { total }
		};
	};
}
function differs({ list, of }, error) {
	const valuesOf = values(list, of);
	return ({ body }) => {
		const seen = new Set();
		for (const value of valuesOf(body)) {
			if (seen.has(value) && value !== void 0) return {
				error,
				detail: { value }
			};
			seen.add(value);
		}
	};
}
function oneIsGiven(anyOf, error) {
	const paths = anyOf.map((path) => path.split("."));
	return ({ scope }) => paths.every((path) => isAbsent(scope(path))) ? { error } : void 0;
}
function agrees(same, error) {
	const paths = same.map((path) => path.split("."));
	return ({ scope }) => {
		const given = paths.map((path) => scope(path)).filter((value) => !isAbsent(value));
		return new Set(given.map(String)).size > 1 ? { error } : void 0;
	};
}
function eachHas({ list, where = {}, anyOf }, error) {
	const listOf = entries(list);
	const meant = Object.entries(where).map(([field, wanted]) => ({
		path: field.split("."),
		wanted
	}));
	const paths = anyOf.map((field) => field.split("."));
	return ({ body }) => {
		const index = listOf(body).findIndex((entry) => meant.every(({ path, wanted }) => wanted.includes(String(dig(entry, path)))) && paths.every((path) => isAbsent(dig(entry, path))));
		return index >= 0 ? {
			error,
			detail: { index }
		} : void 0;
	};
}
function isAbsent(value) {
	return value === void 0 || value === null || value === "";
}
function values(list, field) {
	const listOf = entries(list);
	const path = field.split(".");
	return (body) => listOf(body).map((entry) => dig(entry, path));
}
function entries(path) {
	const parts = path === "$" ? [] : path.split(".");
	return (body) => {
		const list = dig(body, parts);
		return Array.isArray(list) ? list : [];
	};
}
// src/profile/violations.ts
function compileViolations(profile) {
	const rules = profile.validation.map((rule) => ({
		when: compileCondition(rule.when),
		places: rule.in,
		keywords: rule.keyword,
		field: rule.field === void 0 ? void 0 : globPattern(rule.field),
		error: rule.error
	}));
	return (violations, holds) => {
		for (const { when, places, keywords, field, error } of rules) {
			const violation = violations.find((one) => (!places || places.includes(one.in)) && (!keywords || keywords.includes(one.keyword)) && (!field || field.test(one.field)));
			if (violation && holds(when)) return {
				error,
				violation
			};
		}
		return {
			error: profile.answers.clientError,
			violation: violations[0]
		};
	};
}
// src/profile/windows.ts
const UNIT_MS = {
	second: 1e3,
	minute: 6e4,
	hour: 36e5,
	day: 864e5,
	week: 6048e5,
	month: 2592e6
};
const CALENDAR_UNITS = new Map([
	[36e5, "hour"],
	[864e5, "day"],
	[6048e5, "week"]
]);
function windowLengthMs({ length }) {
	return UNIT_MS[length] ?? parseDuration(length);
}
function compileWindow(spec, compress) {
	const lengthMs = windowLengthMs(spec);
	const short = Math.max(1, Math.round(lengthMs / compress));
	if (spec.start === "first-request") return {
		kind: "first-request",
		lengthMs: short
	};
	if (compress !== 1) return {
		kind: "aligned",
		lengthMs: short,
		offsetMs: 0
	};
	const timeZone = spec.start === "utc" ? "UTC" : spec.start;
	if (spec.length === "month") return {
		kind: "calendar",
		unit: "month",
		timeZone
	};
	if (timeZone === "UTC") return {
		kind: "aligned",
		lengthMs,
		offsetMs: lengthMs === UNIT_MS["week"] ? FIRST_MONDAY_MS : 0
	};
	if (lengthMs <= 6e4) return {
		kind: "aligned",
		lengthMs,
		offsetMs: 0
	};
	const unit = CALENDAR_UNITS.get(lengthMs);
	return unit && {
		kind: "calendar",
		unit,
		timeZone
	};
}
// src/profile/provider.ts
function compileProvider(profile, document, options) {
	const { compress } = options;
	const policies = Object.entries(profile.policies).map(([id, spec]) => compilePolicy(id, spec, compress));
	const collections = compileCollections(profile);
	const library = {
		document,
		collections
	};
	const behaviours = new Map();
	const prefixes = profile.callers.under;
	return {
		id: profile.id,
		profile,
		file: options.file,
		variants: options.variants,
		document,
		router: createRouter(document.operations),
		compress,
		identify: compileIdentify(profile),
		needsCaller: (path) => prefixes.some((prefix) => path.startsWith(prefix) || `${path}/` === prefix),
		policies,
		policy: new Map(policies.map((policy) => [policy.id, policy])),
		writeHeaders: compileHeaders(profile.headers),
		errors: new Map(Object.entries(profile.errors).map(([name, spec]) => [name, compileError(name, spec)])),
		guards: {
			early: compileGuards(profile, "before-validation"),
			late: compileGuards(profile, "after-validation"),
			last: compileGuards(profile, "after-requirements")
		},
		validator: createValidators(options.checks ?? compileChecks(document)),
		violationError: compileViolations(profile),
		requestId: profile.requestId && {
			template: compileTemplate(profile.requestId.template),
			header: profile.requestId.header,
			echo: profile.requestId.echo
		},
		behaviour(operation) {
			const known = behaviours.get(operation.id);
			if (known) return known;
			const made = compileBehaviour(profile, operation, library);
			behaviours.set(operation.id, made);
			return made;
		},
		secretFacts: new Set(Object.values(profile.callers.credentials).map(({ fact }) => fact)),
		collections
	};
}
function compilePolicy(id, spec, compress) {
	const { charges } = spec.refusal;
	return {
		id,
		algorithm: algorithm(spec.algorithm),
		window: (spec.window && compileWindow(spec.window, compress)) ?? {
			kind: "first-request",
			lengthMs: 0
		},
		options: scaledOptions(spec),
		unit: spec.unit,
		scale: spec.scale,
		partitionBy: spec.partitionBy,
		asked: spec.asked,
		applies: spec.applies ? compileAny(spec.applies) : compileCondition(void 0),
		partition: compilePartition(spec.partitionBy),
		cost: compileCost(spec.cost ?? [], spec.scale),
		actualCost: spec.actualCost && compileCost(spec.actualCost, spec.scale),
		free: compileAny(spec.free),
		refusal: {
			charges: charges === "self" ? [id] : charges === "none" ? [] : charges,
			final: spec.refusal.final,
			error: spec.refusal.error,
			impossible: spec.refusal.impossible ?? spec.refusal.error,
			retryAfterSec: spec.refusal.retryAfter
		},
		warnAbove: spec.warnAbove
	};
}
function scaledOptions(spec) {
	const refill = spec.refill;
	return {
		...spec,
		...refill === void 0 ? {} : { refill: refill * spec.scale }
	};
}
function compileError(name, spec) {
	return {
		name,
		status: spec.status,
		when: compileCondition(spec.when),
		contentType: spec.contentType ?? "application/json",
		headers: compileTemplate(spec.headers ?? {}),
		body: spec.body === void 0 ? void 0 : compileTemplate(spec.body)
	};
}
function compileGuards(profile, at) {
	return profile.guards.filter((guard) => guard.at === at).map(({ when, error }) => ({
		when: compileCondition(when),
		error
	}));
}
function compileCollections(profile) {
	return new Map(Object.entries(profile.collections).map(([id, spec]) => [id, {
		id,
		scope: spec.scope.map(compileTemplate),
		idOf: compileTemplate(spec.id),
		seed: compileSeed(spec.seed),
		newestFirst: spec.order === "newest-first",
		unique: spec.unique.map(compileUnique),
		credential: spec.credential === void 0 ? void 0 : compileTemplate(spec.credential),
		life: spec.life && {
			runTimeMs: spec.life.runTime,
			running: spec.life.running,
			outcome: spec.life.outcome,
			views: new Map(Object.entries(spec.life.views).map(([state, view]) => [state, compileTemplate(view)]))
		}
	}]));
}
function compileSeed(seed) {
	const make = (template, context, index) => template.render(withRoot(context.scope, "index", index), context.now);
	if (Array.isArray(seed)) {
		const templates = seed.map(compileTemplate);
		return (context) => templates.map((template, index) => make(template, context, index));
	}
	const template = compileTemplate(seed.item);
	return (context) => Array.from({ length: seed.count }, (_, index) => make(template, context, index));
}
function compileBehaviour(profile, operation, library) {
	const { behaviour: name = "example", requires = [], evidence: _evidence, ...options } = profile.operations[operation.id] ?? {};
	const run = behaviour(name).compile(options, operation, library);
	return {
		requires: requires.map((one) => compileRequirement(one, library.collections)),
		run
	};
}
export { parseDuration as $, TemplateError as A, OpenApiDocument as B, isFailure as C, withScope as D, viewOf as E, FACT_ROOTS as F, filesOf as G, compileChecks as H, callerFact as I, packaged as J, findProfile as K, dig as L, FORMAT_NAMES as M, formats as N, Resources as O, httpDate as P, formatDuration as Q, nameIn as R, listOf as S, stateOf as T, lateChecks as U, isObject as V, builtInProfiles as W, nearest$1 as X, ProfileError as Y, suggest as Z, sampleResponse as _, splitPartition as a, duration as b, boundsAt as c, behaviour as d, behaviours as f, exampleNames as g, globPattern as h, joinPartition as i, compileTemplate as j, isRunning as k, nominalLength as l, hashFraction as m, compileWindow as n, algorithm as o, Ids as p, shownPath as q, maskCredential as r, algorithms as s, compileProvider as t, replaceLeases as u, conditionSchema as v, endStates as w, json as x, cost as y, DocumentError as z };
