import { $ as parseDuration, B as OpenApiDocument, C as isFailure, D as withScope, E as viewOf, G as filesOf, H as compileChecks, I as callerFact, J as packaged, K as findProfile, L as dig, N as formats, O as Resources, P as httpDate, Q as formatDuration, R as nameIn, T as stateOf, U as lateChecks, W as builtInProfiles, X as nearest, Z as suggest, _ as sampleResponse, a as splitPartition, c as boundsAt, i as joinPartition, k as isRunning, l as nominalLength, m as hashFraction, p as Ids, r as maskCredential, t as compileProvider, u as replaceLeases, w as endStates } from "./provider-_HVhLIKw.js";
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createHash, hash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { Session } from "node:inspector";
// src/openapi/ready-checks.ts
function readyChecks(ready) {
	let parameters;
	let bodies;
	return {
		parameters(operation, place) {
			parameters ??= ready.parameters();
			return parameters[parametersName(operation, place)];
		},
		body(pointer) {
			bodies ??= ready.bodies();
			return bodies[pointer];
		},
		fills: (pointer) => ready.filling.includes(pointer)
	};
}
function parametersName({ id }, place) {
	return `${place} ${id}`;
}
// src/profile/kept.ts
const KEPT = packaged("dist/precompiled/");
const SCHEMA = packaged("profiles/profile.schema.json");
let schema;
function keptFile(file, kind) {
	return join(KEPT, `${basename(file)}.${kind}`);
}
function readKept(file) {
	const path = keptFile(file, "jsonl");
	if (!existsSync(path)) return void 0;
	const [first, document, source] = readFileSync(path, "utf8").split("\n");
	const kept = JSON.parse(first);
	const texts = textsOf({
		file,
		profile: kept.profile
	});
	if (!texts || kept.hash !== hashOf$1(texts)) return void 0;
	return {
		...kept,
		texts,
		document: () => JSON.parse(document),
		source: () => JSON.parse(source)
	};
}
function textsOf(provider) {
	const { profile, document } = filesOf(provider);
	if (!existsSync(document)) return void 0;
	return {
		profile: readFileSync(profile, "utf8"),
		document: readFileSync(document, "utf8")
	};
}
function hashOf$1({ profile, document }) {
	schema ??= readFileSync(SCHEMA);
	return createHash("sha256").update(schema).update(profile).update("\0").update(document).digest("base64");
}
// src/profile/precompiled.ts
const require = createRequire(import.meta.url);
async function openProvider(reference, options = {}) {
	const file = findProfile(reference);
	const { variants = [], set = [], compress = 1 } = options;
	const kept = readKept(file);
	if (!kept) return (await import("./load-BH-rM5qr.js")).loadProvider(reference, options);
	const { hash, profile, texts } = kept;
	const checksOf = (document) => lateChecks(() => readChecks(file, hash) ?? compileChecks(document));
	if (variants.length === 0 && set.length === 0) {
		const document = new OpenApiDocument(kept.document, kept);
		return compileProvider(profile, document, {
			file,
			variants: [],
			compress,
			checks: checksOf(document)
		});
	}
	const { loadProvider, remember } = await import("./load-BH-rM5qr.js");
	const files = filesOf({
		file,
		profile
	});
	const root = kept.document();
	remember(file, texts.profile, kept.source());
	remember(files.document, texts.document, root);
	return loadProvider(reference, options, (document) => document.root === root ? checksOf(document) : void 0);
}
function readChecks(file, hash) {
	const path = keptFile(file, "cjs");
	if (!existsSync(path)) return void 0;
	const ready = require(path);
	return ready.of === hash ? readyChecks(ready) : void 0;
}
// src/clock.ts
const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(9998, 11, 31);
const LONGEST_TIMER_MS = 2147483647;
function preciseTime() {
	return performance.timeOrigin + performance.now();
}
var Clock = class {
	#base;
	#realBase = Date.now();
	#frozen;
	#rate = 1;
	#steered;
	#initial;
	#due = [];
	#order = 0;
	#timer;
	#listeners = new Set();
	constructor(initial = {}) {
		this.#initial = {
			frozen: initial.frozen ?? false,
			now: initial.now
		};
		this.#base = initial.now ?? this.#realBase;
		this.#frozen = this.#initial.frozen;
		this.#steered = this.#frozen || initial.now !== void 0;
	}
	now() {
		if (this.#frozen) return this.#base;
		if (!this.#steered) return Date.now();
		return Math.floor(this.#base + (Date.now() - this.#realBase) * this.#rate);
	}
	horizon(now) {
		return this.#steered ? Number.NEGATIVE_INFINITY : now;
	}
	real() {
		return Date.now();
	}
	precise() {
		return preciseTime();
	}
	read() {
		const epochMs = this.now();
		const mode = this.#frozen ? "frozen" : this.#steered ? "offset" : "system";
		return {
			now: new Date(epochMs).toISOString(),
			epochMs,
			mode,
			rate: this.#rate
		};
	}
	set(change) {
		const now = change.now ?? this.now();
		this.#steered = true;
		this.#base = now;
		this.#realBase = Date.now();
		if (change.frozen !== void 0) this.#frozen = change.frozen;
		if (change.rate !== void 0) this.#rate = change.rate;
		const done = this.#runDue(now, () => now);
		this.#moved();
		return done;
	}
	advance(ms) {
		const target = this.now() + ms;
		this.#steered = true;
		const done = this.#runDue(target, (at) => at);
		this.#place(target);
		this.#moved();
		return done;
	}
	reset() {
		this.#frozen = this.#initial.frozen;
		this.#rate = 1;
		this.#steered = this.#frozen || this.#initial.now !== void 0;
		this.#base = this.#initial.now ?? Date.now();
		this.#realBase = Date.now();
		this.#runDue(this.now(), () => this.now());
		this.#moved();
	}
	dump() {
		const { mode } = this.read();
		return {
			mode,
			now: mode === "system" ? null : this.#base,
			realNow: mode === "offset" ? this.#realBase : null,
			rate: this.#rate
		};
	}
	load({ mode, now, realNow, rate }) {
		this.#frozen = mode === "frozen";
		this.#steered = mode !== "system";
		this.#rate = rate;
		this.#base = now ?? Date.now();
		this.#realBase = realNow ?? Date.now();
		this.#runDue(this.now(), () => this.now());
		this.#moved();
	}
	at(at, run) {
		this.#order += 1;
		const due = {
			at,
			order: this.#order,
			run
		};
		const place = this.#due.findIndex((other) => other.at > at);
		this.#due.splice(place < 0 ? this.#due.length : place, 0, due);
		this.#arm();
		return () => {
			this.#due = this.#due.filter((other) => other !== due);
			this.#arm();
		};
	}
	catchUp() {
		return this.#runDue(this.now(), () => this.now());
	}
	flush() {
		const due = this.#due;
		this.#due = [];
		this.#arm();
		return Promise.all(due.map(({ run }) => run())).then(() => void 0);
	}
	stop() {
		this.#due = [];
		this.#arm();
	}
	onMove(listener) {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
	#place(now) {
		this.#base = now;
		this.#realBase = Date.now();
	}
	#runDue(until, clockAt) {
		const handedOver = [];
		for (;;) {
			const next = this.#due[0];
			if (!next || next.at > until) break;
			this.#due.shift();
			const shown = Math.max(this.now(), clockAt(next.at));
			if (this.#steered && shown !== this.now()) this.#place(shown);
			handedOver.push(next.run());
		}
		this.#arm();
		return Promise.all(handedOver).then(() => void 0);
	}
	#arm() {
		clearTimeout(this.#timer);
		this.#timer = void 0;
		const next = this.#due[0];
		if (!next || this.#frozen || this.#rate <= 0) return;
		const wait = Math.max(0, Math.ceil((next.at - this.now()) / this.#rate));
		this.#timer = setTimeout(() => void this.#runDue(this.now(), () => this.now()), Math.min(wait, LONGEST_TIMER_MS));
	}
	#moved() {
		const reading = this.read();
		for (const listener of this.#listeners) listener(reading);
	}
};
// src/sandbox/problem.ts
var Problem = class extends Error {
	status;
	code;
	detail;
	field;
	name = "Problem";
	constructor(status, code, detail, field) {
		super(field === void 0 ? detail : `${field}: ${detail}`);
		this.status = status;
		this.code = code;
		this.detail = detail;
		this.field = field;
	}
};
// src/sandbox/instants.ts
function parseInstant(value, field) {
	const ms = typeof value === "number" ? value : parseIso(value);
	if (!Number.isFinite(ms)) throw new Problem(400, "bad-date", `${JSON.stringify(value)} is not an instant; write ISO 8601 (2026-05-12T08:00:00Z) or epoch milliseconds`, field);
	checkInstant(ms, field);
	return Math.round(ms);
}
function checkInstant(ms, field) {
	if (ms < EARLIEST_MS || ms > LATEST_MS) throw new Problem(400, "clock-out-of-range", `the clock can show ${`${new Date(EARLIEST_MS).toISOString()} to ${new Date(LATEST_MS).toISOString()}`} and no instant beyond`, field);
}
function parseIso(text) {
	const [day, time] = [text.slice(0, 10), text.slice(10)];
	const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : NaN;
	if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return NaN;
	return Date.parse(time === "" || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(time) ? text : `${text}Z`);
}
// src/options.ts
var OptionError = class extends Error {
	name = "OptionError";
};
async function loadProviders(options) {
	const providers = await Promise.all(openings(options).map(({ open }) => open()));
	const twice = providers.find(({ id }, i) => providers.findIndex((other) => other.id === id) !== i);
	if (twice) throw new OptionError(`two profiles have the id "${twice.id}"; serve one of them`);
	return providers;
}
function openings(options) {
	const references = list(options.profile);
	const wanted = references.length === 0 || references.includes("all") ? builtInProfiles() : references;
	const variants = list(options.variant).map((text) => scoped(text, wanted, "variant"));
	const settings = (options.set ?? []).map((text) => setting(text, wanted));
	const { compress = 1 } = options;
	if (!(Number.isFinite(compress) && compress > 0)) throw new OptionError(`compress must be a number above 0, not ${compress}`);
	return [...new Set(wanted)].map((reference) => {
		const overlay = {
			compress,
			variants: variants.filter(({ profile }) => profile === reference).map(({ value }) => value),
			set: settings.filter(({ profile }) => profile === reference).map(({ path, value }) => ({
				path,
				value
			}))
		};
		return {
			reference,
			open: () => openProvider(reference, overlay)
		};
	});
}
function scoped(text, references, option) {
	const reference = references.find((one) => text.startsWith(`${one}:`));
	if (reference !== void 0) return {
		profile: reference,
		value: text.slice(reference.length + 1)
	};
	if (references.length === 1 && !text.includes(":")) return {
		profile: references[0],
		value: text
	};
	const [named] = text.split(":");
	if (text.includes(":")) throw new OptionError(`${option} "${text}" names "${named}", which is not served; ${suggest(named, references)}`);
	throw new OptionError(`${option} "${text}" does not say which profile it is for; write ${references[0]}:${text}`);
}
function setting(text, references) {
	const equals = text.indexOf("=");
	if (equals < 0) throw new OptionError(`set "${text}" has no value; write path=value, such as policies.key-minute.quota=5`);
	const { profile, value: path } = scoped(text.slice(0, equals), references, "set");
	const raw = text.slice(equals + 1);
	try {
		return {
			profile,
			path,
			value: JSON.parse(raw)
		};
	} catch {
		return {
			profile,
			path,
			value: raw
		};
	}
}
function list(value) {
	if (value === void 0) return [];
	return (typeof value === "string" ? value.split(",") : value).map((one) => one.trim()).filter((one) => one !== "");
}
// src/state/ring.ts
const CHUNK = 256;
var Ring = class {
	rows;
	width;
	usual;
	facts = [];
	fact = 0;
	numbers = new Float64Array(0);
	number = 0;
	#chunks = [];
	#next = 0;
	constructor(rows, width, usual) {
		this.rows = rows;
		this.width = width;
		this.usual = usual;
	}
	get next() {
		return this.#next;
	}
	claim(numbers) {
		const place = this.#next % this.rows;
		this.#next += 1;
		const index = place / CHUNK | 0;
		this.#put(this.#chunks[index] ?? this.#grow(index), place % CHUNK);
		const aside = this.facts[this.fact + this.width];
		if (numbers > this.usual && !(aside && aside.length >= numbers)) this.facts[this.fact + this.width] = new Float64Array(numbers);
		else if (numbers <= this.usual && aside) this.facts[this.fact + this.width] = void 0;
		this.#readAside();
	}
	seek(row) {
		if (row >= this.#next || row < this.#next - this.rows || row < 0) return false;
		const place = row % this.rows;
		this.#put(this.#chunks[place / CHUNK | 0], place % CHUNK);
		this.#readAside();
		return true;
	}
	clear() {
		for (const { facts } of this.#chunks) facts.fill(void 0);
	}
	#put({ facts, numbers }, place) {
		this.facts = facts;
		this.fact = place * (this.width + 1);
		this.numbers = numbers;
		this.number = place * this.usual;
	}
	#readAside() {
		const aside = this.facts[this.fact + this.width];
		if (!aside) return;
		this.numbers = aside;
		this.number = 0;
	}
	#grow(index) {
		const chunk = {
			facts: new Array(CHUNK * (this.width + 1)).fill(void 0),
			numbers: new Float64Array(CHUNK * this.usual)
		};
		this.#chunks[index] = chunk;
		return chunk;
	}
};
// src/state/journal.ts
const LEAST_ROWS = 256;
var Journal = class {
	capacity;
	ring;
	#first = 0;
	#watchers = new Set();
	#forgetting = [];
	#shape;
	constructor(shape, capacity = 1e4) {
		this.capacity = capacity;
		this.#shape = shape;
		this.ring = new Ring(Math.max(capacity, LEAST_ROWS), shape.facts + 1, shape.numbers);
	}
	write(numbers, write) {
		const { ring } = this;
		const row = ring.next;
		ring.claim(numbers);
		ring.facts[ring.fact + this.#shape.facts] = void 0;
		write(ring);
		if (this.#watchers.size > 0) {
			const entry = this.entry(row);
			for (const watcher of this.#watchers) watcher.added(entry);
		}
		return row;
	}
	get total() {
		return this.ring.next - this.#first;
	}
	entries() {
		const { next } = this.ring;
		const entries = [];
		for (let row = Math.max(this.#first, next - this.capacity); row < next; row++) entries.push(this.entry(row));
		return entries;
	}
	entry(row) {
		const { ring } = this;
		if (!ring.seek(row)) return void 0;
		const place = ring.fact + this.#shape.facts;
		const { facts } = ring;
		facts[place] ??= this.#shape.read(ring);
		return facts[place];
	}
	left(row, at) {
		const { ring } = this;
		if (!ring.seek(row)) return;
		this.#shape.left(ring, ring.facts[ring.fact + this.#shape.facts], at);
	}
	onForget(listener) {
		this.#forgetting.push(listener);
	}
	clear() {
		for (const listener of this.#forgetting) listener();
		this.ring.clear();
		this.#first = this.ring.next;
		for (const watcher of this.#watchers) watcher.cleared();
	}
	load(entries) {
		this.clear();
		for (const entry of entries) this.write(0, ({ facts, fact }) => {
			facts[fact + this.#shape.facts] = entry;
		});
	}
	watch(watcher) {
		this.#watchers.add(watcher);
		return () => this.#watchers.delete(watcher);
	}
};
// src/sandbox/accounts.ts
function changeAccount(world, id, { plan, keys, quotas }) {
	const { profile, policy: policies } = world.provider;
	if (plan !== void 0 && !Object.hasOwn(profile.plans, plan)) {
		const fix = suggest(plan, Object.keys(profile.plans));
		throw new Problem(400, "unknown-plan", `${profile.id} has no plan "${plan}"; ${fix}`, "plan");
	}
	for (const [policy, amount] of Object.entries(quotas ?? {})) {
		const field = `quotas.${policy}`;
		if (!policies.has(policy)) {
			const fix = suggest(policy, [...policies.keys()]);
			throw new Problem(400, "unknown-policy", `${profile.id} has no policy "${policy}"; ${fix}`, field);
		}
		if (!Number.isFinite(amount) || amount < 0) throw new Problem(400, "bad-amount", `must be a number from 0 up, not ${amount}`, field);
	}
	return world.accounts.put(id, {
		...plan === void 0 ? {} : { plan },
		...keys === void 0 ? {} : { keys },
		...quotas === void 0 ? {} : { quotas }
	});
}
// src/limits/policy.ts
function ruleInWords(policy, quota) {
	return policy.algorithm.explain(paramsFor(policy, quota), policy.scale);
}
const paramsCache = new WeakMap();
function paramsFor(policy, quota) {
	const byQuota = paramsCache.get(policy) ?? new Map();
	const known = byQuota.get(quota);
	if (known) return known;
	const params = {
		quota,
		window: policy.window,
		options: policy.options
	};
	paramsCache.set(policy, byQuota.set(quota, params));
	return params;
}
// src/sandbox/asks.ts
function collectAsks(world, facts, asked, skipped) {
	const asks = [];
	for (const policy of world.provider.policies) {
		if (policy.asked !== asked) continue;
		const applies = policy.applies(facts);
		const quota = applies ? quotaFor(world, policy, facts) : void 0;
		const partition = quota === void 0 ? void 0 : policy.partition(facts);
		if (quota !== void 0 && partition !== void 0) asks.push(askOf(world, policy, partition, paramsFor(policy, quota), policy.cost(facts)));
		else skipped.push(silence(policy, !applies ? "applies" : quota === void 0 ? "no-limit" : "no-partition"));
	}
	return sameList(world, asked, asks);
}
function renewAsks(world, facts, asks) {
	return asks.map((ask) => renewed(world, facts, ask));
}
function renewed(world, facts, ask) {
	const quota = quotaFor(world, ask.policy, facts);
	return quota === void 0 || quota === ask.params.quota ? ask : {
		...ask,
		params: paramsFor(ask.policy, quota)
	};
}
const MAX_REMEMBERED = 1e3;
function sameList(world, asked, asks) {
	const last = world.lastAsked[asked];
	if (last.length === asks.length && last.every((ask, i) => ask === asks[i])) return last;
	world.lastAsked[asked] = asks;
	return asks;
}
function askOf(world, policy, partition, params, cost) {
	let asked = world.asked.get(policy);
	if (!asked) {
		asked = new Map();
		world.asked.set(policy, asked);
	}
	const known = asked.get(partition);
	if (known && known.params === params && known.cost === cost) return known;
	if (asked.size >= MAX_REMEMBERED) asked.clear();
	const ask = {
		policy,
		partition,
		params,
		cost
	};
	asked.set(partition, ask);
	return ask;
}
const silences = new WeakMap();
function silence(policy, why) {
	let known = silences.get(policy);
	if (!known) {
		const { id } = policy;
		known = {
			applies: {
				policy: id,
				why: "applies"
			},
			"no-limit": {
				policy: id,
				why: "no-limit"
			},
			"no-partition": {
				policy: id,
				why: "no-partition"
			}
		};
		silences.set(policy, known);
	}
	return known[why];
}
function quotaFor(world, policy, { caller }) {
	const { accounts } = world.provider.profile;
	const account = caller?.account ?? accounts.default;
	return quotaOf(world, policy, account, world.accounts.get(account)?.plan ?? accounts.plan);
}
function defaultQuota(world, policy) {
	const { accounts } = world.provider.profile;
	const rule = world.provider.policy.get(policy);
	const quota = quotaOf(world, rule, accounts.default, world.accounts.get(accounts.default)?.plan ?? accounts.plan);
	return quota === void 0 ? void 0 : quota / rule.scale;
}
function quotaOf(world, policy, account, plan) {
	const { profile } = world.provider;
	const quota = world.accounts.get(account)?.quotas[policy.id] ?? profile.plans[plan]?.quotas[policy.id] ?? profile.policies[policy.id].quota;
	return quota === "none" ? void 0 : Math.round(quota * policy.scale);
}
var Reports = class {
	#world;
	#store;
	#facts;
	#asks;
	#now;
	#said;
	#made = [];
	constructor(world, store, facts, asks, now, said) {
		this.#world = world;
		this.#store = store;
		this.#facts = facts;
		this.#asks = asks;
		this.#now = now;
		this.#said = said;
	}
	get(policy) {
		const asks = this.#asks;
		for (let i = 0; i < asks.length; i++) {
			if (asks[i].policy.id !== policy) continue;
			this.#made[i] ??= this.#standing(i);
			return this.#made[i];
		}
	}
	#standing(i) {
		const ask = this.#asks[i];
		if (this.#said && ask.policy.algorithm.windows.length > 0) return reportOf(ask, this.#said[i]);
		const { policy, params, partition, cost } = renewed(this.#world, this.#facts, ask);
		const state = this.#store.get(policy, partition);
		return reportOf({
			policy,
			params,
			partition,
			cost
		}, policy.algorithm.peek(params, state, cost, this.#now));
	}
};
function reportOf({ policy, params, partition }, { used, remaining, resetAt }) {
	const { scale, id, unit, window } = policy;
	return {
		policy: id,
		limit: params.quota / scale,
		used: used / scale,
		remaining: remaining / scale,
		resetAt,
		windowSeconds: Math.ceil(nominalLength(window) / 1e3),
		unit,
		partition
	};
}
// src/sandbox/clock-change.ts
function checkClockChange({ now: instant, frozen, rate }) {
	const now = instant === void 0 ? void 0 : parseInstant(instant, "now");
	if (rate !== void 0 && !(Number.isFinite(rate) && rate >= 0 && rate <= 1e6)) throw new Problem(400, "bad-rate", "must be a number from 0 to 1000000 (virtual milliseconds per real one)", "rate");
	return {
		...now === void 0 ? {} : { now },
		...frozen === void 0 ? {} : { frozen },
		...rate === void 0 ? {} : { rate }
	};
}
function checkAdvance(by, now) {
	const ms = typeof by === "number" ? by : parseDuration(by);
	const field = typeof by === "number" ? "ms" : "duration";
	if (ms === void 0) throw new Problem(400, "bad-duration", `"${by}" is not a duration; write it like 90s, 5m, 1h, 2d or PT1H`, field);
	if (!Number.isFinite(ms) || ms < 0) throw new Problem(400, "bad-duration", "must be a number of milliseconds from 0 up; PUT /clock sets the clock back", field);
	checkInstant(now + ms, field);
	return Math.round(ms);
}
// src/sandbox/core.ts
function requestName(sandbox, number) {
	return `${sandbox === "" ? "" : `${sandbox}-`}${number}`;
}
function instantOf$1(core) {
	const now = core.clock.now();
	return {
		now,
		horizon: core.clock.horizon(now)
	};
}
// src/sandbox/events.ts
const TYPES = [
	"request",
	"refusal",
	"warning",
	"reset",
	"clock",
	"job"
];
function checkEventType(type) {
	if (type === "*" || TYPES.includes(type)) return;
	throw new Problem(400, "unknown-event", `there are no events "${type}"; ${suggest(type, [...TYPES, "*"])}`, "type");
}
const RING_SIZE = 256;
var Events = class {
	failed;
	listened;
	entryOf;
	#listeners = new Set();
	#ring = [];
	#last = 0;
	constructor(failed, listened, entryOf) {
		this.failed = failed;
		this.listened = listened;
		this.entryOf = entryOf;
	}
	get listeners() {
		return this.#listeners.size;
	}
	emit(event) {
		this.#last += 1;
		this.#ring[this.#last % RING_SIZE] = event;
		if (this.#listeners.size === 0) return;
		const told = {
			id: this.#last,
			...this.#read(event)
		};
		for (const { heard } of this.#listeners) try {
			heard(told);
		} catch (error) {
			this.failed(error);
		}
	}
	on(type, listener) {
		checkEventType(type);
		return this.listen({ heard: (event) => {
			if (type === "*" || event.type === type) listener(event);
		} });
	}
	listen(listener) {
		this.#listeners.add(listener);
		this.listened(this.#listeners.size);
		return () => {
			if (this.#listeners.delete(listener)) this.listened(this.#listeners.size);
		};
	}
	since(id) {
		const after = id > this.#last ? 0 : id;
		const first = Math.max(after + 1, this.#last - RING_SIZE + 1);
		const events = [];
		for (let next = first; next <= this.#last; next += 1) events.push({
			id: next,
			...this.#read(this.#ring[next % RING_SIZE])
		});
		return {
			events,
			lost: first - after - 1
		};
	}
	end() {
		for (const listener of [...this.#listeners]) {
			if (!listener.ended) continue;
			this.#listeners.delete(listener);
			listener.ended();
		}
		this.listened(this.#listeners.size);
	}
	settle() {
		this.#ring.forEach((event, i) => {
			this.#ring[i] = this.#read(event);
		});
	}
	#read(event) {
		if (typeof event !== "number") return event;
		const entry = this.entryOf(event);
		return {
			type: entry.admitted ? "request" : "refusal",
			at: entry.sentAt,
			data: entry
		};
	}
};
// src/limits/engine.ts
var Decision = class {
	ask;
	allowed;
	retryAt;
	charged;
	window;
	used;
	remaining;
	resetAt;
	constructor(ask, allowed, { used, remaining, resetAt }, retryAt, charged, window) {
		this.ask = ask;
		this.allowed = allowed;
		this.retryAt = retryAt;
		this.charged = charged;
		this.window = window;
		this.used = used;
		this.remaining = remaining;
		this.resetAt = resetAt;
	}
};
function admit(store, asks, instant, lease) {
	const { now, horizon } = instant;
	const moment = {
		horizon,
		lease
	};
	const decisions = new Array(asks.length);
	let allowed = true;
	const change = (states) => {
		const charged = chargeAll(asks, states, now, moment, decisions);
		allowed = charged !== void 0;
		return charged ?? refuse$1(asks, states, now, moment, decisions);
	};
	store.transact(asks, change, instant);
	const refusedBy = allowed ? void 0 : decisions.find((one) => !one.allowed);
	return {
		allowed,
		decisions,
		refusedBy,
		lease,
		at: now
	};
}
function chargeAll(asks, states, now, moment, decisions) {
	const next = states.slice();
	let left = false;
	for (let i = 0; i < asks.length; i++) {
		const { policy, params, cost } = asks[i];
		const { used } = policy.algorithm;
		if (used === void 0) decisions[i] = charge(asks[i], next, i, now, moment);
		else left = true;
		const after = used === void 0 ? decisions[i].used : used(params, states[i], now) + cost;
		if (cost !== 0 && !(after <= params.quota)) return void 0;
	}
	for (let i = 0; left && i < asks.length; i++) if (asks[i].policy.algorithm.used !== void 0) decisions[i] = charge(asks[i], next, i, now, moment);
	return next;
}
function charge(ask, states, place, now, moment) {
	const { policy, params, cost } = ask;
	if (cost === 0) return new Decision(ask, true, policy.algorithm.peek(params, states[place], 0, now), now, 0, now);
	const after = policy.algorithm.charge(params, states[place], cost, now, moment);
	states[place] = after.state;
	return new Decision(ask, true, after, now, cost, after.window);
}
function refuse$1(asks, states, now, moment, decisions) {
	const looks = asks.map(({ policy, params, cost }, i) => policy.algorithm.peek(params, states[i], cost, now));
	const charged = chargedByRefusal(asks, looks);
	return asks.map((ask, i) => {
		const { policy, params, cost } = ask;
		const { allowed, retryAt } = looks[i];
		if (cost === 0 || !charged.has(policy.id) || !(allowed || isOpen(ask, states[i], now))) {
			decisions[i] = new Decision(ask, allowed, looks[i], retryAt, 0, now);
			return states[i];
		}
		const after = policy.algorithm.charge(params, states[i], cost, now, moment);
		decisions[i] = new Decision(ask, allowed, after, retryAt, cost, after.window);
		return after.state;
	});
}
function chargedByRefusal(asks, looks) {
	const charged = new Set();
	for (const [i, { policy }] of asks.entries()) {
		if (looks[i].allowed) continue;
		for (const id of policy.refusal.charges) charged.add(id);
		if (policy.refusal.final) break;
	}
	return charged;
}
function isOpen({ policy, params }, state, now) {
	return policy.window.kind !== "first-request" || state !== void 0 && policy.algorithm.isLive(params, state, now);
}
function settle(store, admission, facts, outcome, instant) {
	let refunds;
	for (const decision of admission.decisions) {
		const { policy } = decision.ask;
		if (decision.charged === 0 || !decision.allowed || policy.algorithm.windows.length === 0) continue;
		const due = policy.free(facts, outcome) ? 0 : policy.actualCost ? policy.actualCost(facts, outcome) : decision.charged;
		if (due === decision.charged) continue;
		refunds ??= [];
		refunds.push({
			decision,
			amount: decision.charged - due
		});
	}
	if (refunds === void 0) return NOTHING;
	refund(store, refunds, admission.lease, instant);
	return refunds.map(({ decision, amount }) => ({
		policy: decision.ask.policy.id,
		amount
	}));
}
const NOTHING = [];
function release(store, admission, instant) {
	let held;
	for (const decision of admission.decisions) {
		const { ask, charged } = decision;
		if (charged === 0 || ask.policy.algorithm.windows.length > 0) continue;
		held ??= [];
		held.push({
			decision,
			amount: charged
		});
	}
	if (held !== void 0) refund(store, held, admission.lease, instant);
}
function refund(store, refunds, lease, instant) {
	store.transact(refunds.map(({ decision }) => ({
		policy: decision.ask.policy,
		partition: decision.ask.partition
	})), (states) => refunds.map(({ decision, amount }, i) => {
		const { policy, params } = decision.ask;
		return states[i] === void 0 ? void 0 : policy.algorithm.refund(params, states[i], decision.window, amount, lease);
	}), instant);
}
function standings(store, asks, instant) {
	let result = [];
	store.transact(asks, (states) => {
		result = asks.map(({ policy, params, cost }, i) => policy.algorithm.peek(params, states[i], cost, instant.now));
		return states;
	}, instant);
	return result;
}
function firstAdmission(store, asks, { now, horizon }) {
	for (let at = now;;) {
		const waits = standings(store, asks, {
			now: at,
			horizon
		}).map(({ retryAt }) => retryAt ?? at);
		const latest = Math.max(at, ...waits);
		if (latest === at || latest === Number.POSITIVE_INFINITY) return latest;
		at = latest;
	}
}
// src/sandbox/answer.ts
function draftError(error, scope, now, status = error.status) {
	const { contentType, name, body } = error;
	const headers = {};
	const rendered = error.headers.render(scope, now);
	for (const header in rendered) headers[header] = String(rendered[header]);
	return {
		status,
		contentType,
		headers,
		body: body?.render(scope, now),
		steady: body?.constant,
		error: name
	};
}
const texts = new WeakMap();
function bodyText({ body, text: written, contentType, steady }) {
	if (written !== void 0) return written;
	if (body === void 0) return null;
	if (typeof body === "string" && contentType !== void 0 && !contentType.includes("json")) return body;
	if (!steady || typeof body !== "object" || body === null) return JSON.stringify(body);
	let text = texts.get(body);
	if (text === void 0) {
		text = JSON.stringify(body);
		texts.set(body, text);
	}
	return text;
}
function isBodiless(status) {
	return status === 204 || status === 205 || status === 304;
}
// src/sandbox/request.ts
const NO_QUERY = new URLSearchParams();
const NO_TAGS = [];
const NO_PARAMS = {};
var Request = class {
	arrival;
	match;
	method;
	path;
	operation;
	tags;
	ip;
	params;
	caller;
	credential;
	#query;
	#body;
	#given = false;
	constructor(arrival, match) {
		this.arrival = arrival;
		this.match = match;
		this.method = arrival.method;
		this.path = arrival.path;
		this.operation = match?.operation.id;
		this.tags = match?.operation.tags ?? NO_TAGS;
		this.params = match?.params ?? NO_PARAMS;
		this.ip = arrival.ip;
	}
	header(name) {
		return this.arrival.header(name);
	}
	get query() {
		this.#query ??= this.arrival.rawQuery === "" ? NO_QUERY : new URLSearchParams(this.arrival.rawQuery);
		return this.#query;
	}
	get body() {
		if (this.#given) {
			this.#given = false;
			this.#body = void 0;
		}
		return this.parsed.value;
	}
	get bodyError() {
		return this.parsed.error;
	}
	get longestList() {
		return this.parsed.items;
	}
	ownBody() {
		const { value } = this.parsed;
		this.#given = true;
		return value;
	}
	get contentType() {
		return this.header("content-type");
	}
	get parsed() {
		this.#body ??= parse$1(this.arrival.body.text, this.contentType);
		return this.#body;
	}
};
function parse$1(text, contentType) {
	if (text === "") return {
		value: void 0,
		error: void 0,
		items: void 0
	};
	if (contentType?.startsWith("multipart/")) return {
		value: {},
		error: void 0,
		items: void 0
	};
	try {
		const value = JSON.parse(text);
		return {
			value,
			error: void 0,
			items: longestList(value)
		};
	} catch (error) {
		return {
			value: void 0,
			error: error.message,
			items: void 0
		};
	}
}
function longestList(body) {
	if (body === null || typeof body !== "object" || Array.isArray(body)) return void 0;
	let longest;
	for (const key of Object.keys(body)) {
		const value = body[key];
		if (Array.isArray(value)) longest = Math.max(longest ?? 0, value.length);
	}
	return longest;
}
// src/sandbox/scope.ts
function createScope(source) {
	const { request } = source;
	return (path) => {
		const name = nameIn(path);
		switch (path[0]) {
			case "request": return requestFact(source, name);
			case "caller": return name === "account" ? request.caller?.account : callerFact(request.caller, name);
			case "body": return dig(source.checked?.body ?? request.body, path, 1);
			case "query": return source.checked?.query[name] ?? request.query.get(name) ?? void 0;
			case "params": return request.params[name];
			case "header": return request.header(name);
			case "ip": return request.ip;
			case "now": return source.instant.now;
			case "new": return fresh(source.world.ids, name, source.instant.now);
			case "policies": {
				const report = source.standing.get(path[1] ?? "");
				return report && dig(report, path, 2);
			}
			default: return;
		}
	};
}
function requestFact(source, name) {
	const { request } = source;
	if (name === "id") return source.requestId;
	if (name === "method") return request.method;
	if (name === "path") return request.path;
	return name === "base" ? request.arrival.base?.() ?? source.world.provider.profile.baseUrl : void 0;
}
function fresh(ids, kind, now) {
	if (kind === "uuid") return ids.uuid();
	if (kind === "ulid") return ids.ulid(now);
	if (kind === "serial") return ids.next();
	const lower = /^lower(\d+)$/.exec(kind);
	return lower ? ids.lower(Number(lower[1])) : void 0;
}
// src/sandbox/exchange-state.ts
var Exchange = class {
	core;
	world;
	port;
	request;
	store;
	inFlight;
	number;
	id;
	instant;
	at;
	realAt;
	beganAt;
	admissions = NONE$1;
	asks = NONE$1;
	decisions = NONE$1;
	skipped = NONE$1;
	refunds;
	warnings = NONE$1;
	cacheState;
	told;
	refusal;
	shown = [];
	row;
	leftAt = null;
	settled = false;
	checked;
	#scope;
	#requestId;
	#standing;
	#renewed = false;
	constructor(core, world, arrival, port) {
		this.core = core;
		this.world = world;
		this.port = port;
		this.request = new Request(arrival, world.provider.router.match(arrival.method, arrival.path));
		this.store = world.store;
		this.inFlight = world.inFlight;
		this.number = core.nextRequest();
		this.id = requestName(core.name, this.number);
		this.instant = instantOf$1(core);
		this.at = this.instant.now;
		this.realAt = core.clock.real();
		this.beganAt = arrival.beganAt ?? core.clock.precise();
	}
	get scope() {
		this.#scope ??= createScope(this);
		return this.#scope;
	}
	get requestId() {
		this.#requestId ??= requestIdText(this);
		return this.#requestId;
	}
	get standing() {
		const { world, store, request, asks, instant } = this;
		this.#standing ??= new Reports(world, store, request, asks, instant.now, this.#renewed ? void 0 : this.decisions);
		return this.#standing;
	}
	asked(asks, admission) {
		const first = this.admissions.length === 0;
		this.admissions = first ? [admission] : [...this.admissions, admission];
		this.asks = first ? asks : [...this.asks, ...asks];
		this.decisions = first ? admission.decisions : [...this.decisions, ...admission.decisions];
		this.#standing = void 0;
	}
	renew(instant = this.instant) {
		this.instant = instant;
		this.#renewed = true;
		this.#standing = void 0;
	}
};
const NONE$1 = [];
function requestIdText({ world, request, scope, instant }) {
	const { requestId } = world.provider;
	if (!requestId) return void 0;
	return (requestId.echo && requestId.header !== void 0 ? request.header(requestId.header) : void 0) ?? String(requestId.template.render(scope, instant.now));
}
function errorDraft(one, name, extra, status) {
	return draftError(one.world.provider.errors.get(name), extra ? withScope(one.scope, extra) : one.scope, one.instant.now, status);
}
// src/sandbox/fault-actions.ts
const RETRY_AFTER$1 = "retry-after";
function rewriteRetryAfter(headers, rewrite, at, now) {
	const name = Object.keys(headers).find((one) => one.toLowerCase() === RETRY_AFTER$1);
	if (rewrite === "missing") {
		if (name !== void 0) delete headers[name];
	} else if (rewrite !== "http-date") headers[name ?? "Retry-After"] = String(rewrite);
	else if (name !== void 0 && /^\d+$/.test(headers[name])) headers[name] = String(formats["http-date"](at ?? now + Number(headers[name]) * 1e3));
}
function bytesSent(body, truncateBody) {
	const length = Buffer.byteLength(body);
	return truncateBody < 1 ? Math.floor(length * truncateBody) : Math.min(length, truncateBody);
}
// src/sandbox/headers.ts
function responseHeaders(one, draft, tag, fault) {
	const { world, request, told } = one;
	const { provider } = world;
	const { requestId, profile } = provider;
	const { now } = one.instant;
	const headers = { Date: httpDate(now) };
	if (request.match !== void 0 || provider.needsCaller(request.path)) {
		if (requestId?.header !== void 0) headers[requestId.header] = one.requestId;
		const { cache } = profile;
		if (cache && !cache.except.includes(draft.status)) headers[cache.header] = one.cacheState ?? cacheState(one);
	}
	if (tag !== void 0) headers["ETag"] = tag;
	const reports = one.standing;
	provider.writeHeaders({
		report: (policy) => reports.get(policy),
		refused: told !== void 0,
		retryAfter: told?.seconds,
		retryAt: told?.at,
		facts: request,
		outcome: {
			status: draft.status,
			error: draft.error
		},
		now,
		scope: (path) => one.scope(path),
		tell: ({ policy, remaining, resetAt }) => one.shown.push({
			policy,
			remaining,
			resetAt
		})
	}, headers);
	Object.assign(headers, draft.headers);
	if (fault?.headers) {
		if (overlap(headers, fault.headers)) one.shown.length = 0;
		Object.assign(headers, fault.headers);
	}
	if (fault?.retryAfter !== void 0) rewriteRetryAfter(headers, fault.retryAfter, told?.at, now);
	return headers;
}
function overlap(some, others) {
	const names = new Set(Object.keys(some).map((name) => name.toLowerCase()));
	return Object.keys(others).some((name) => names.has(name.toLowerCase()));
}
function cacheState({ world, request }) {
	const { operation } = request;
	return operation !== void 0 && world.provider.profile.cache.bypass.includes(operation) ? "BYPASS" : "MISS";
}
// src/sandbox/prefer.ts
const PREFERENCE = /(?:^|[,;\s])(code|status)\s*=\s*"?(\d{3})"?(?=$|[,;\s])/i;
function preferredFault(prefer) {
	if (prefer === void 0) return void 0;
	const [, name, digits] = PREFERENCE.exec(prefer) ?? [];
	if (name === void 0) return void 0;
	const status = Number(digits);
	if (status < 200 || status > 599) return void 0;
	return {
		id: "prefer",
		match: {},
		status,
		headers: { "Preference-Applied": `${name.toLowerCase()}=${status}` },
		matched: 1,
		used: 1
	};
}
// src/sandbox/webhooks.ts
function tellEnd(core, world, collection, item, webhook) {
	item.job.webhook = webhook;
	wait$1(core, world, collection, item, webhook);
}
function resumeWebhooks(core, world) {
	const jobs = [...world.resources.jobs()].sort((a, b) => a.item.serial - b.item.serial);
	for (const { collection, item } of jobs) {
		const { webhook } = item.job;
		if (webhook) wait$1(core, world, world.provider.collections.get(collection), item, webhook);
	}
}
function wait$1(core, world, collection, item, { url, base }) {
	let cancel = () => {};
	const schedule = () => {
		cancel();
		const { endsAt } = item.job;
		if (endsAt === null) return;
		cancel = core.clock.at(endsAt, () => {
			world.webhooks.delete(item.id);
			delete item.job.webhook;
			const now = core.clock.now();
			return core.deliver(url, viewOf(collection, item, {
				scope: scopeOf(world, base, now),
				now
			}));
		});
	};
	world.webhooks.set(item.id, {
		cancel: () => cancel(),
		schedule
	});
	schedule();
}
function scopeOf(world, base, now) {
	return ([root, name = ""]) => {
		if (root === "now") return now;
		if (root === "new") return fresh(world.ids, name, now);
		return root === "request" && name === "base" ? base : void 0;
	};
}
// src/sandbox/wrappers.ts
const MAX_STORED = 1e4;
const BYPASS = { state: "BYPASS" };
const MISS = { state: "MISS" };
function lookUp(world, request, now) {
	const { cache } = world.provider.profile;
	const operation = request.operation;
	if (!cache || operation !== void 0 && cache.bypass.includes(operation)) return BYPASS;
	if (operation === void 0 || request.method !== "GET" || cache.operations !== "all" && !cache.operations.includes(operation)) return MISS;
	const key = cacheKey(world, request);
	const stored = world.cache.get(key);
	if (!stored) return MISS;
	const age = now - stored.storedAt;
	if (age >= 0 && age < cache.ttl / world.provider.compress) return {
		state: "HIT",
		stored
	};
	world.cache.delete(key);
	return MISS;
}
function remember(world, request, reply, now) {
	const { cache } = world.provider.profile;
	if (!cache || reply.status !== 200 || request.method !== "GET" || request.operation === void 0) return;
	if (cache.bypass.includes(request.operation) || cache.operations !== "all" && !cache.operations.includes(request.operation)) return;
	put(world.cache, cacheKey(world, request), reply, now, "");
}
function cacheKey(world, request) {
	return JSON.stringify([
		callerKey(world, request),
		request.path,
		request.arrival.rawQuery
	]);
}
function callerKey({ provider }, { caller }) {
	return caller && provider.profile.callers.credentials[caller.kind] && caller.facts[provider.profile.callers.credentials[caller.kind].fact];
}
function replay(world, request, key, now) {
	const stored = world.idempotency.get(key);
	if (!stored) return void 0;
	const { ttl, replay: mode, conflict } = world.provider.profile.idempotency;
	const age = now - stored.storedAt;
	if (age < 0 || age >= ttl / world.provider.compress) {
		world.idempotency.delete(key);
		return;
	}
	if (mode === "conflict" || stored.fingerprint !== fingerprint(request)) return { error: conflict };
	return {
		status: stored.status,
		body: stored.body,
		...stored.contentType === void 0 ? {} : { contentType: stored.contentType }
	};
}
function keep(world, request, key, reply, now) {
	if (isFailure(reply) || reply.status >= 300) return;
	put(world.idempotency, key, reply, now, fingerprint(request));
}
function idempotencyKey(world, request) {
	const { idempotency } = world.provider.profile;
	if (!idempotency || request.operation === void 0 || !idempotency.operations.includes(request.operation)) return void 0;
	const given = request.header(idempotency.header);
	return given === void 0 ? void 0 : JSON.stringify([request.caller?.account, given]);
}
function fingerprint(request) {
	return hash("sha256", `${request.method} ${request.path}\n${JSON.stringify(request.body) ?? ""}`, "base64");
}
function put(map, key, reply, now, print) {
	map.delete(key);
	map.set(key, {
		status: reply.status,
		body: reply.body,
		contentType: reply.contentType,
		storedAt: now,
		fingerprint: print
	});
	if (map.size > MAX_STORED) map.delete(map.keys().next().value);
}
let lastText = "";
let lastTag = tagOf("");
const tags = new Map();
let tagged = 0;
const MOST_TAGS = 1e3;
const MOST_TAGGED = 1e6;
function entityTag(text) {
	if (text !== lastText) {
		lastTag = tags.get(text) ?? newTag(text);
		lastText = text;
	}
	return lastTag;
}
function newTag(text) {
	const tag = tagOf(text);
	if (text.length > MOST_TAGGED) return tag;
	tagged += text.length;
	if (tags.size === MOST_TAGS || tagged > MOST_TAGGED) {
		tags.clear();
		tagged = text.length;
	}
	tags.set(text, tag);
	return tag;
}
function tagOf(text) {
	return `"${hash("sha256", text, "base64url").slice(0, 27)}"`;
}
function matchesTag(ifNoneMatch, tag) {
	if (ifNoneMatch === void 0) return false;
	if (ifNoneMatch.trim() === "*") return true;
	return ifNoneMatch.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}
// src/sandbox/behave.ts
function behave(one, match) {
	const { world, request } = one;
	const { provider } = world;
	const { operation } = match;
	const early = guarded(provider.guards.early, request);
	if (early) return early;
	const checked = provider.validator(operation)(request);
	if (checked.violations.length > 0) {
		const { error, violation } = provider.violationError(checked.violations, (when) => when(request));
		return {
			error,
			detail: { violation: { ...violation } }
		};
	}
	one.checked = checked;
	const late = guarded(provider.guards.late, request);
	if (late) return late;
	const { requires, run } = provider.behaviour(operation);
	const context = new RequestContext(one, match);
	for (const requirement of requires) {
		const failure = requirement(context);
		if (failure) return failure;
	}
	const last = guarded(provider.guards.last, request);
	if (last) return last;
	const key = idempotencyKey(world, request);
	if (key === void 0) return run(context);
	const repeated = replay(world, request, key, context.now);
	if (repeated) return repeated;
	const reply = run(context);
	keep(world, request, key, reply, context.now);
	return reply;
}
function guarded(guards, request) {
	if (guards.length === 0) return void 0;
	for (const { when, error } of guards) if (when(request)) return { error };
}
var RequestContext = class {
	facts;
	operation;
	now;
	query;
	body;
	scope;
	#core;
	#world;
	constructor({ core, world, request, checked, scope, instant }, { operation }) {
		const { query, body } = checked;
		this.facts = request;
		this.operation = operation;
		this.now = instant.now;
		this.query = query;
		this.body = body;
		this.scope = scope;
		this.#core = core;
		this.#world = world;
	}
	get resources() {
		return this.#world.resources;
	}
	get ids() {
		return this.#world.ids;
	}
	get compress() {
		return this.#world.provider.compress;
	}
	get jobDefaults() {
		return this.#world.jobDefaults;
	}
	jobStarted(collection, item) {
		this.#core.jobs.started(this.#world, collection.id, item);
	}
	jobMoved(item) {
		moveJob(this.#core, this.#world, item);
	}
	webhook(collection, item, url) {
		tellEnd(this.#core, this.#world, collection, item, {
			url,
			base: String(this.scope(["request", "base"]))
		});
	}
};
function holdJobs(core, world, buckets, lease, jobs) {
	for (const { policy, partition } of buckets) {
		for (const { job } of jobs) job.holds = [...job.holds, {
			policy: policy.id,
			partition
		}];
		const leases = jobs.map(({ id, job }) => ({
			id,
			until: job.endsAt
		}));
		world.store.transact([{
			policy,
			partition
		}], ([state]) => [state && replaceLeases(state, lease, leases)], instantOf$1(core));
	}
}
function moveJob(core, world, item) {
	const lease = {
		id: item.id,
		until: item.job.endsAt
	};
	for (const { policy: id, partition } of item.job.holds) {
		const policy = world.provider.policy.get(id);
		if (policy) world.store.transact([{
			policy,
			partition
		}], ([state]) => [replaceLeases(state ?? [], item.id, [lease])], instantOf$1(core));
	}
	world.webhooks.get(item.id)?.schedule();
	core.jobs.moved(world, item);
}
// src/sandbox/faults.ts
var Faults = class {
	#clock;
	#faults = [];
	#made = 0;
	constructor(clock) {
		this.#clock = clock;
	}
	add(spec) {
		this.#made += 1;
		const { expiresInMs } = spec;
		const fault = {
			...spec,
			id: `fault-${this.#made}`,
			matched: 0,
			used: 0,
			...expiresInMs !== void 0 && { expiresAt: new Date(this.#clock.now() + expiresInMs).toISOString() }
		};
		this.#faults.push(fault);
		return fault;
	}
	get none() {
		return this.#faults.length === 0;
	}
	list() {
		if (this.#faults.every(({ expiresAt }) => expiresAt === void 0)) return this.#faults;
		const now = this.#clock.now();
		const horizon = this.#clock.horizon(now);
		this.#faults = this.#faults.filter((fault) => livesAt(fault, horizon));
		return this.#faults.filter((fault) => livesAt(fault, now));
	}
	remove(id) {
		const found = this.list().some((fault) => id === void 0 || fault.id === id);
		if (!found && id !== void 0) return false;
		this.#faults = id === void 0 ? [] : this.#faults.filter((fault) => fault.id !== id);
		return found;
	}
	dump() {
		return {
			made: this.#made,
			list: this.#faults
		};
	}
	load({ made, list }) {
		this.#made = made;
		this.#faults = [...list];
	}
	take(candidate) {
		if (this.none) return void 0;
		const meant = this.list().filter((fault) => matches(fault, candidate));
		if (meant.length === 0) return void 0;
		for (const fault of meant) fault.matched += 1;
		const fault = meant.find(isDue);
		if (fault) fault.used += 1;
		this.#faults = this.#faults.filter((one) => !isUsedUp(one));
		return fault;
	}
};
function livesAt({ expiresAt }, now) {
	return expiresAt === void 0 || now < Date.parse(expiresAt);
}
function matches({ match, onRefusals }, { profile, facts, key, refused }) {
	return (!refused || onRefusals === true) && (match.profile === void 0 || match.profile === profile) && (match.method === void 0 || match.method === facts.method) && (match.path === void 0 || match.path === facts.path) && (match.operationId === void 0 || match.operationId === facts.operation) && (match.key === void 0 || match.key === key);
}
function isDue({ id, match, matched }) {
	const { nth, everyNth, probability, seed = id } = match;
	return (nth === void 0 || matched === nth) && (everyNth === void 0 || matched % everyNth === 0) && (probability === void 0 || hashFraction(`${seed}/${matched}`) < probability);
}
function isUsedUp({ match, times, matched, used }) {
	return times !== void 0 && used >= times || match.nth !== void 0 && matched >= match.nth;
}
function forcedError({ profile, errors, policies }, status, facts, asks) {
	const met = new Set(asks.flatMap(({ policy }) => refusalErrors(policy)));
	const elsewhere = new Set(policies.flatMap(refusalErrors).filter((name) => !met.has(name)));
	const known = [...errors.values()].filter((error) => error.status === status && error.when(facts));
	const otherwise = status >= 500 ? profile.answers.serverError : profile.answers.clientError;
	return known.find(({ name }) => !elsewhere.has(name)) ?? known[0] ?? errors.get(otherwise);
}
function refusalErrors({ refusal }) {
	return [refusal.error, refusal.impossible];
}
// src/sandbox/refuse.ts
function refuse(one, { refusedBy }) {
	const { ask } = refusedBy;
	const { refusal } = ask.policy;
	const { asks, instant } = one;
	const { now } = instant;
	const standing = standings(one.store, asks, instant);
	const own = standing[asks.indexOf(ask)];
	const impossible = ask.cost > ask.params.quota;
	const at = comeBackAt(one, ask, own, asks, standing);
	const seconds = at === Number.POSITIVE_INFINITY ? void 0 : Math.max(1, Math.ceil(((at ?? now) - now) / 1e3));
	one.told = {
		seconds,
		at: at !== null && Number.isFinite(at) ? at : void 0
	};
	one.refusal = {
		policy: ask.policy.id,
		seconds
	};
	return errorDraft(one, impossible ? refusal.impossible : refusal.error, {
		refusal: refusalFacts(ask, own),
		retryAfter: seconds,
		retryAt: one.told.at
	});
}
function comeBackAt({ store, instant }, ask, own, asks, standing) {
	const { error, impossible: never, retryAfterSec } = ask.policy.refusal;
	const impossible = ask.cost > ask.params.quota;
	if (typeof retryAfterSec === "number") return instant.now + retryAfterSec * 1e3;
	if (retryAfterSec === "reset" || impossible && never === error) return own.resetAt;
	return firstAdmission(store, impossible ? asks : asks.filter((_, i) => standing[i].retryAt !== Number.POSITIVE_INFINITY), instant);
}
function refusalFacts({ policy, params, cost }, { used, remaining, resetAt }) {
	const { id, scale } = policy;
	return {
		policy: id,
		limit: params.quota / scale,
		used: used / scale,
		remaining: remaining / scale,
		resetAt: resetAt ?? void 0,
		cost: cost / scale
	};
}
// src/sandbox/settlement.ts
function settleOnce(one, { status, error, body }) {
	if (one.settled) return;
	one.settled = true;
	const outcome = {
		status,
		error,
		body
	};
	for (const admission of one.admissions) {
		if (!admission.allowed) continue;
		for (const { policy, amount } of settle(one.store, admission, one.request, outcome, one.instant)) {
			one.refunds ??= new Map();
			one.refunds.set(policy, amount);
		}
	}
	if (one.refunds) one.renew();
	warnIfNear(one);
}
function warnIfNear(one) {
	const { core, world, decisions } = one;
	for (const { ask, used, resetAt, charged, allowed } of decisions) {
		const { policy, params, partition } = ask;
		const { id, scale, warnAbove } = policy;
		if (warnAbove === void 0 || !allowed) continue;
		const refunded = one.refunds?.get(id) ?? 0;
		if (charged - refunded <= 0) continue;
		const limit = params.quota / scale;
		const now = one.standing.get(id);
		const taken = now?.resetAt === resetAt ? now.used : (used - refunded) / scale;
		if (taken <= warnAbove * limit) continue;
		const key = `${id} ${partition} ${resetAt}`;
		if (world.warned.has(key)) continue;
		world.warned.add(key);
		one.warnings = [...one.warnings, id];
		const share = Math.round(warnAbove * 100);
		core.log("warn", `${world.provider.id}: more than ${share} % of ${id} is used (${taken} of ${limit})`);
		core.emit({
			type: "warning",
			at: core.clock.now(),
			data: {
				profile: world.provider.id,
				policy: id,
				used: taken,
				limit,
				above: warnAbove
			}
		});
	}
}
// src/sandbox/produce.ts
const NO_HEADERS = {};
const NO_JOBS = [];
function produce(one, fault) {
	if (fault && (fault.status !== void 0 || fault.body !== void 0 || fault.drop)) return forced(one, fault);
	if (one.refusal) return refuse(one, one.admissions.at(-1));
	const { request, world } = one;
	if (request.arrival.body.tooLarge) return errorDraft(one, world.provider.profile.answers.tooLarge);
	if (!request.match) return unmatched(one);
	const { state, stored } = lookUp(world, request, one.instant.now);
	one.cacheState = state;
	if (stored) {
		const { status, body, contentType } = stored;
		return {
			status,
			body,
			steady: true,
			contentType,
			headers: {},
			error: void 0
		};
	}
	const reply = behave(one, request.match);
	reserveForJobs(one, isFailure(reply) ? NO_JOBS : reply.jobs ?? NO_JOBS);
	if (isFailure(reply)) return errorDraft(one, reply.error, {
		...reply.detail,
		detail: reply.detail ?? {}
	});
	remember(world, request, reply, one.instant.now);
	const { status, body, text, steady, contentType, headers, entity } = reply;
	return {
		status,
		body,
		text,
		steady,
		contentType,
		headers: headers ?? NO_HEADERS,
		error: void 0,
		entity
	};
}
function reserveForJobs({ core, world, admissions }, jobs) {
	for (const { decisions, lease } of admissions) {
		if (!decisions.some(isForJobs)) continue;
		holdJobs(core, world, decisions.filter(isForJobs).map(({ ask }) => ask), lease, jobs);
	}
}
function isForJobs({ ask, charged }) {
	return charged > 0 && ask.policy.options["holds"] === "job";
}
function unmatched(one) {
	const { core, request } = one;
	const { profile, router } = one.world.provider;
	const methods = router.methods(request.path);
	if (methods.length === 0) {
		const nearest = router.nearest(request.method, request.path).join(", ");
		core.log("info", `${profile.id}: no operation for ${request.method} ${request.path}; nearest: ${nearest}`);
		return errorDraft(one, profile.answers.notFound);
	}
	core.log("info", `${profile.id}: ${request.path} takes ${methods.join(", ")}, not ${request.method}`);
	const draft = errorDraft(one, profile.answers.methodNotAllowed);
	return {
		...draft,
		headers: {
			...draft.headers,
			Allow: methods.join(", ")
		}
	};
}
function forced(one, { drop, status = drop ? 0 : 200, body }) {
	const { request, world } = one;
	one.told = void 0;
	reserveForJobs(one, []);
	if (body !== void 0) return {
		status,
		body,
		contentType: typeof body === "string" ? "text/plain; charset=UTF-8" : void 0,
		headers: {},
		error: void 0
	};
	if (status >= 400) return forcedFailure(one, status);
	const sample = request.match && sampleResponse(world.provider.document, request.match.operation, status);
	return {
		status,
		body: sample?.body,
		contentType: sample?.contentType,
		headers: {},
		error: void 0
	};
}
function forcedFailure(one, status) {
	const { world, request, store } = one;
	const { asks: asked } = one;
	const { name } = forcedError(world.provider, status, request, asked);
	settleOnce(one, {
		status,
		error: name
	});
	const asks = renewAsks(world, request, asked);
	const i = asks.findIndex(({ policy }) => policy.refusal.error === name);
	if (i < 0) return errorDraft(one, name, void 0, status);
	one.told = {
		seconds: 1,
		at: one.instant.now + 1e3
	};
	return errorDraft(one, name, {
		refusal: refusalFacts(asks[i], standings(store, asks, one.instant)[i]),
		retryAfter: 1,
		retryAt: one.told.at
	}, status);
}
// src/sandbox/credentials.ts
function shortHash(text) {
	return hash("sha256", text, "base64url").slice(0, 12);
}
const SECRET_NAMES = new Set([
	"access_token",
	"api-key",
	"api_key",
	"apikey",
	"auth",
	"authorization",
	"key",
	"password",
	"secret",
	"token",
	"x-api-key"
]);
const signs = new WeakMap();
function signsOf(provider) {
	const known = signs.get(provider);
	if (known) return known;
	const specs = Object.values(provider.profile.callers.credentials);
	const made = {
		names: new Set([...SECRET_NAMES, ...specs.flatMap(({ query }) => query?.toLowerCase() ?? [])]),
		patterns: specs.filter(({ pattern }) => /^\^[A-Za-z0-9]+[_-]/.test(pattern)).map(({ pattern }) => new RegExp(pattern))
	};
	signs.set(provider, made);
	return made;
}
function maskQuery(world, query, credential) {
	if (query === "") return query;
	const { names, patterns } = signsOf(world.provider);
	const isCredential = (value) => value !== "" && (value === credential || world.accounts.ownerOf(value) !== void 0 || world.resources.credentials.has(value) || patterns.some((pattern) => pattern.test(value)));
	return query.split("&").map((pair) => {
		const equals = pair.indexOf("=");
		const [name, value] = parse(pair, equals);
		if (isCredential(name)) return maskCredential(name);
		const start = pair.slice(0, equals + 1);
		if (isCredential(value)) return start + maskCredential(value);
		return names.has(name.toLowerCase()) && value !== "" ? `${start}…` : pair;
	}).join("&");
}
function parse(pair, equals) {
	if (!/[%+]/.test(pair)) return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
	return [...new URLSearchParams(pair)][0] ?? ["", ""];
}
// src/sandbox/shown.ts
function maskFacts({ secretFacts }, facts) {
	return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, secretFacts.has(name) ? maskCredential(value) : value]));
}
function shownPartition(secrets, { partitionBy }, partition) {
	const values = splitPartition(partition, partitionBy.length);
	return maskFacts(secrets, Object.fromEntries(partitionBy.map((name, i) => [name, values[i]])));
}
function bucketId(profile, policy, partition) {
	return hash("sha256", JSON.stringify([
		profile,
		policy.id,
		partition
	]), "base64url").slice(0, 16);
}
// src/sandbox/journal-row.ts
const ORIGIN = 0;
const METHOD = 1;
const PATH = 2;
const OPERATION = 3;
const CALLER = 4;
const CREDENTIAL = 5;
const ERROR = 6;
const REFUSED_BY = 7;
const ASKS = 8;
const SKIPPED = 9;
const WARNINGS = 10;
const BODY_HASH = 11;
const IDEMPOTENCY_KEY = 12;
const ETAG = 13;
const CACHE = 14;
const FACTS = 15;
const ID = 0;
const STATUS = 1;
const AT = 2;
const SENT_AT = 3;
const REAL_AT = 4;
const DURATION = 5;
const BEGAN_AT = 6;
const LEFT_AT = 7;
const RETRY_AFTER = 8;
const ITEMS = 9;
const CONDITIONAL = 10;
const DECISIONS = 11;
const TOLD_OF = 12;
const HEAD = 13;
const DECISION = 7;
const TOLD = 3;
const MOST_POLICIES = 6;
function rowShape(policies) {
	return {
		facts: FACTS,
		numbers: HEAD + 10 * Math.min(MOST_POLICIES, Math.max(...policies)),
		read: readRow,
		left(ring, entry, at) {
			ring.numbers[ring.number + LEFT_AT] = at;
			if (entry) entry.leftAt = at;
		}
	};
}
function rowNumbers({ decisions, shown }) {
	return HEAD + DECISION * decisions.length + TOLD * shown.length;
}
function writeRow(ring, one, draft, shown) {
	const { request, world } = one;
	const { facts, fact, numbers, number } = ring;
	facts[fact + ORIGIN] = world.origin;
	facts[fact + METHOD] = request.method;
	if (facts[fact + PATH] !== shown.path) facts[fact + PATH] = shown.path;
	facts[fact + OPERATION] = request.operation;
	facts[fact + CALLER] = request.caller;
	if (facts[fact + CREDENTIAL] !== request.credential) facts[fact + CREDENTIAL] = request.credential;
	facts[fact + ERROR] = draft.error;
	facts[fact + REFUSED_BY] = one.refusal?.policy;
	facts[fact + ASKS] = one.asks;
	facts[fact + SKIPPED] = one.skipped;
	facts[fact + WARNINGS] = one.warnings;
	facts[fact + BODY_HASH] = shown.bodyHash;
	facts[fact + IDEMPOTENCY_KEY] = shown.idempotencyKey;
	facts[fact + ETAG] = shown.etag;
	facts[fact + CACHE] = one.cacheState;
	numbers[number + ID] = one.number;
	numbers[number + STATUS] = draft.status;
	numbers[number + AT] = one.at;
	numbers[number + SENT_AT] = one.instant.now;
	numbers[number + REAL_AT] = one.realAt;
	numbers[number + DURATION] = shown.durationMs;
	numbers[number + BEGAN_AT] = one.beganAt;
	numbers[number + LEFT_AT] = one.leftAt ?? NaN;
	numbers[number + RETRY_AFTER] = shown.retryAfter ?? NaN;
	numbers[number + ITEMS] = shown.items ?? NaN;
	numbers[number + CONDITIONAL] = shown.conditional ? 1 : 0;
	numbers[number + DECISIONS] = one.decisions.length;
	numbers[number + TOLD_OF] = one.shown.length;
	writeDecisions(numbers, number + HEAD, one);
}
function writeDecisions(numbers, from, { decisions, shown, refunds }) {
	let at = from;
	for (const { ask, allowed, used, remaining, resetAt, retryAt, charged } of decisions) {
		numbers[at] = allowed ? 1 : 0;
		numbers[at + 1] = used;
		numbers[at + 2] = remaining;
		numbers[at + 3] = resetAt ?? NaN;
		numbers[at + 4] = retryAt ?? NaN;
		numbers[at + 5] = charged;
		numbers[at + 6] = refunds?.get(ask.policy.id) ?? 0;
		at += DECISION;
	}
	for (const { policy, remaining, resetAt } of shown) {
		numbers[at] = decisions.findIndex(({ ask }) => ask.policy.id === policy);
		numbers[at + 1] = remaining;
		numbers[at + 2] = resetAt ?? NaN;
		at += TOLD;
	}
}
function readRow({ facts, fact, numbers, number }) {
	const origin = facts[fact + ORIGIN];
	const { sandbox, profile } = origin;
	const text = (place) => facts[fact + place];
	const amount = (place) => numbers[number + place];
	const asks = facts[fact + ASKS];
	const caller = facts[fact + CALLER];
	const credential = text(CREDENTIAL);
	const idempotencyKey = text(IDEMPOTENCY_KEY);
	const refusedBy = text(REFUSED_BY);
	const told = number + HEAD + DECISION * amount(DECISIONS);
	return {
		id: requestName(sandbox, amount(ID)),
		sandbox,
		profile,
		method: text(METHOD),
		path: text(PATH),
		operation: text(OPERATION),
		caller: caller && maskFacts(origin, {
			kind: caller.kind,
			...caller.facts
		}),
		keyHash: credential === void 0 ? void 0 : shortHash(credential),
		status: amount(STATUS),
		error: text(ERROR),
		admitted: refusedBy === void 0,
		refusedBy,
		decisions: asks.map((ask, i) => decisionOf(origin, ask, numbers, number + HEAD + DECISION * i)),
		skipped: facts[fact + SKIPPED],
		warnings: facts[fact + WARNINGS],
		retryAfter: orUndefined(amount(RETRY_AFTER)),
		told: toldOf(asks, numbers, told, amount(TOLD_OF)),
		bodyHash: text(BODY_HASH),
		items: orUndefined(amount(ITEMS)),
		idempotencyKey: idempotencyKey === void 0 ? void 0 : shortHash(idempotencyKey),
		conditional: amount(CONDITIONAL) === 1,
		etag: text(ETAG),
		cache: text(CACHE),
		at: amount(AT),
		sentAt: amount(SENT_AT),
		realAt: amount(REAL_AT),
		durationMs: amount(DURATION),
		beganAt: amount(BEGAN_AT),
		leftAt: orNull(amount(LEFT_AT))
	};
}
function decisionOf(origin, { policy, params, partition, cost }, numbers, from) {
	const { scale } = policy;
	const [allowed, used, remaining, resetAt, retryAt, charged, back] = numbers.subarray(from);
	const refunded = back / scale;
	return {
		policy: policy.id,
		bucket: bucketId(origin.profile, policy, partition),
		partition: shownPartition(origin, policy, partition),
		allowed: allowed === 1,
		cost: cost / scale,
		used: used / scale,
		limit: params.quota / scale,
		remaining: remaining / scale,
		resetAt: orNull(resetAt),
		retryAt: Number.isFinite(retryAt) ? retryAt : null,
		charged: charged / scale - refunded,
		refunded
	};
}
function toldOf(asks, numbers, from, count) {
	return Array.from({ length: count }, (_, i) => {
		const [ask, remaining, resetAt] = numbers.subarray(from + TOLD * i);
		return {
			policy: asks[ask].policy.id,
			remaining,
			resetAt: orNull(resetAt)
		};
	});
}
function orNull(amount) {
	return Number.isNaN(amount) ? null : amount;
}
function orUndefined(amount) {
	return Number.isNaN(amount) ? void 0 : amount;
}
// src/sandbox/retry-told.ts
function retryTold(headers, now) {
	const text = headers["Retry-After"] ?? retryHeader(headers);
	if (text === void 0) return void 0;
	if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
	const date = Date.parse(text);
	return Number.isNaN(date) ? void 0 : Math.max(0, (date - now) / 1e3);
}
function retryHeader(headers) {
	for (const name in headers) if (name.length === 11 && name.toLowerCase() === "retry-after") return headers[name];
}
// src/sandbox/record.ts
function record(one, draft, headers) {
	const { core, world, request, refusal } = one;
	const { arrival } = request;
	const { idempotency, id: profile } = world.provider.profile;
	const { text: body } = arrival.body;
	const { rawQuery } = arrival;
	one.skipped = sameSkipped(world, one.skipped);
	const shown = {
		path: rawQuery === "" ? request.path : `${request.path}?${maskQuery(world, rawQuery, request.credential)}`,
		bodyHash: body === "" ? void 0 : shortHash(body),
		items: body === "" ? void 0 : request.longestList,
		idempotencyKey: idempotency && request.header(idempotency.header),
		conditional: request.header("if-none-match") !== void 0,
		etag: headers["ETag"],
		retryAfter: retryTold(headers, one.instant.now),
		durationMs: core.clock.real() - one.realAt
	};
	one.row = core.journal.write(rowNumbers(one), (ring) => writeRow(ring, one, draft, shown));
	if (refusal) {
		const wait = refusal.seconds === void 0 ? "it will never fit" : `free in ${formatDuration(refusal.seconds * 1e3)}`;
		const line = `${profile}: ${request.method} ${request.path} refused by ${refusal.policy} (${draft.status}); ${wait}`;
		core.log("info", line);
	}
	core.emit(one.row);
}
function sameSkipped(world, skipped) {
	const { lastSkipped } = world;
	if (lastSkipped.length === skipped.length && lastSkipped.every((one, i) => one === skipped[i])) return lastSkipped;
	world.lastSkipped = skipped;
	return skipped;
}
// src/sandbox/exchange.ts
function exchange(core, world, arrival, port) {
	const one = new Exchange(core, world, arrival, port);
	port.onDone(() => left(one));
	const { match, path } = one.request;
	const needsCaller = match ? match.operation.security.length > 0 : world.provider.needsCaller(path);
	const turned = ask(one, "arrival") ?? (needsCaller ? identify(one) ?? ask(one, "caller") : void 0);
	const fault = turned && !one.refusal ? void 0 : arrangedFault(one);
	if (turned && !fault) return finish(one, turned);
	if (!fault?.delayMs) return finish(one, produce(one, fault), fault);
	return wait(one, fault, fault.delayMs);
}
function identify(one) {
	const { request, world } = one;
	const { provider, accounts, resources } = world;
	const identified = provider.identify(request, request.match?.operation.security, accounts, resources.credentials);
	request.credential = identified.key;
	if ("error" in identified) return errorDraft(one, identified.error);
	request.caller = identified.caller;
	const denied = provider.profile.plans[identified.caller.plan]?.denied;
	return denied === void 0 ? void 0 : errorDraft(one, denied);
}
function ask(one, asked) {
	const skipped = [];
	const asks = collectAsks(one.world, one.request, asked, skipped);
	if (skipped.length > 0) one.skipped = [...one.skipped, ...skipped];
	if (asks.length === 0) return void 0;
	const admission = admit(one.store, asks, one.instant, one.id);
	one.asked(asks, admission);
	if (!admission.allowed) return refuse(one, admission);
	if (admission.decisions.some(holdsUntilSent)) {
		const held = {
			...admission,
			decisions: admission.decisions.filter(holdsUntilSent)
		};
		one.port.onDone(() => done(one, held));
	}
}
function holdsUntilSent({ charged, ask: { policy } }) {
	return charged > 0 && policy.algorithm.windows.length === 0 && policy.options["holds"] !== "job";
}
function done({ core, store }, held) {
	release(store, held, instantOf$1(core));
}
function left(one) {
	one.leftAt = one.core.clock.precise();
	if (one.row !== void 0) one.core.journal.left(one.row, one.leftAt);
}
function arrangedFault({ core, world, request, refusal }) {
	if (core.faults.none) return refusal || !core.prefer ? void 0 : preferredFault(request.header("prefer"));
	const { caller } = request;
	const { profile, id } = world.provider;
	const fact = caller && profile.callers.credentials[caller.kind]?.fact;
	const key = fact === void 0 ? void 0 : caller.facts[fact];
	const refused = refusal !== void 0;
	return core.faults.take({
		profile: id,
		facts: request,
		key,
		refused
	}) ?? (refused || !core.prefer ? void 0 : preferredFault(request.header("prefer")));
}
const GONE = {
	status: 0,
	contentType: void 0,
	headers: {},
	body: void 0,
	error: void 0
};
function wait(one, fault, delayMs) {
	const { core, inFlight, request, id, at: since } = one;
	return new Promise((resolve) => {
		const until = since + delayMs;
		const sent = new Promise((left) => one.port.onDone(left));
		let over = false;
		const cancel = core.clock.at(until, () => {
			over = true;
			one.renew(instantOf$1(core));
			resolve(finish(one, produce(one, fault), fault));
			return sent;
		});
		const abort = () => {
			if (over) return;
			over = true;
			cancel();
			inFlight.delete(id);
			reserveForJobs(one, []);
			resolve({
				status: 503,
				headers: {},
				body: null,
				drop: true
			});
		};
		const { method, path, operation, caller } = request;
		inFlight.set(id, {
			id,
			method,
			path,
			operation,
			caller: caller?.facts ?? {},
			since,
			until,
			abort
		});
		one.port.onDone(() => {
			if (over) return;
			abort();
			one.renew(instantOf$1(core));
			record(one, GONE, {});
		});
	});
}
function finish(one, draft, fault) {
	const { request } = one;
	const tagged = fault?.drop ? false : isTagged(one, draft, fault);
	let text = tagged && !draft.entity ? bodyText(draft) ?? void 0 : void 0;
	const tag = tagged ? entityTag((draft.entity ? JSON.stringify(draft.entity()) : text) ?? "") : void 0;
	if (tag !== void 0 && matchesTag(request.header("if-none-match"), tag)) {
		draft.status = 304;
		text = void 0;
	}
	settleOnce(one, draft);
	if (fault) one.inFlight.delete(one.id);
	if (fault?.drop) {
		record(one, draft, {});
		return {
			status: draft.status,
			headers: {},
			body: null,
			drop: true
		};
	}
	if (!isBodiless(draft.status)) text ??= bodyText(draft) ?? void 0;
	const headers = responseHeaders(one, draft, tag, fault);
	const bodiless = isBodiless(draft.status) || text === void 0;
	if (!bodiless) headers["Content-Type"] ??= draft.contentType ?? "application/json";
	record(one, draft, headers);
	const body = bodiless ? null : text;
	if (body === null || fault?.truncateBody === void 0) return {
		status: draft.status,
		headers,
		body
	};
	return {
		status: draft.status,
		headers,
		body,
		cutAfter: bytesSent(body, fault.truncateBody)
	};
}
function isTagged({ world, request }, draft, fault) {
	const { etag } = world.provider.profile;
	return etag?.methods.includes(request.method) === true && draft.status === 200 && fault?.status === void 0;
}
// src/limits/words.ts
function amountInWords(amount, unit) {
	const words = unit.replaceAll("-", " ");
	return `${amount} ${amount === 1 && words.endsWith("s") ? words.slice(0, -1) : words}`;
}
function listInWords(items, word) {
	const [last, ...before] = [...items].reverse();
	return before.length === 0 ? String(last) : `${before.reverse().join(", ")} ${word} ${last}`;
}
function conditionInWords({ caller, fact, not, ...plain }) {
	const is = (subject, values) => `${subject} is ${listInWords(values, "or")}`;
	const parts = [
		"operation",
		"method",
		"path",
		"tag",
		"status",
		"error"
	].flatMap((name) => {
		const values = plain[name];
		return values === void 0 ? [] : [is(`the ${name}`, values)];
	});
	for (const [name, values] of Object.entries(caller ?? {})) parts.push(is(`the caller's ${name}`, values));
	for (const [name, values] of Object.entries(fact ?? {})) parts.push(is(name, values));
	if (not) parts.push(`not (${conditionInWords(not)})`);
	return parts.length === 0 ? "always" : parts.join(" and ");
}
function anyInWords(conditions) {
	return conditions.map(conditionInWords).join(", or ");
}
function whereInWords(conditions) {
	if (conditions === void 0) return "";
	const [first, ...others] = conditions;
	if (first?.not && others.length === 0 && Object.keys(first).length === 1) return ` unless ${conditionInWords(first.not)}`;
	return ` where ${anyInWords(conditions)}`;
}
// src/profile/evidence.ts
function sourceOf({ source }, { sources }) {
	const known = source === void 0 ? void 0 : sources[source];
	return known === void 0 ? null : {
		id: source,
		...known
	};
}
function evidenceInWords({ level, note }, source) {
	const head = level.charAt(0).toUpperCase() + level.slice(1);
	const url = source?.url === void 0 ? "" : `, ${source.url}`;
	const date = source?.date === void 0 ? "" : ` (${source.date})`;
	const parts = [source === null ? "" : `“${source.title}”${url}${date}`, note ?? ""].filter((part) => part !== "");
	return parts.length === 0 ? `${head}.` : `${head}: ${parts.join("; ")}.`;
}
// src/sandbox/explain-decision.ts
function explainDecision(one) {
	const { entry, decision } = one;
	const ender = endedBy(one);
	if (ender !== void 0) return {
		part: "not-asked",
		text: `${`It was not asked: a refusal by ${ender} ends the asking.`} ${chargeOfRefusal(one)}`
	};
	if (!decision.allowed) return {
		part: "refused",
		text: `It refused: ${whyRefused(one)} ${chargeOfRefusal(one)}`
	};
	return {
		part: "admitted",
		text: entry.admitted ? admission(one) : `${room(one)} ${chargeOfRefusal(one)}`
	};
}
function whyRefused({ entry, decision, policy }) {
	const { cost, limit, retryAt, resetAt } = decision;
	const all = amountInWords(limit, policy.unit);
	const asked = `the request asks for ${cost}`;
	if (cost > limit) return `${asked}, more than the whole quota of ${all}, so it will never be admitted.`;
	const standing = `${before(decision)} of ${all} were used${whose(decision)}, and ${asked}.`;
	if (retryAt === null) return `${standing} When one of them is over, and there is room, nobody can tell.`;
	const reset = resetAt === null || resetAt === retryAt ? "" : ` It resets ${when(resetAt, entry)}.`;
	return `${standing} There is room for it ${when(retryAt, entry)}.${reset}`;
}
function endedBy({ entry: { decisions }, decision, provider }) {
	return decisions.slice(0, decisions.indexOf(decision)).find(({ policy, allowed }) => !allowed && provider.policy.get(policy)?.refusal.final)?.policy;
}
function room({ decision, policy }) {
	const all = amountInWords(decision.limit, policy.unit);
	return `It had room: ${before(decision)} of ${all} were used${whose(decision)}, and the request asks for ${decision.cost}.`;
}
function chargeOfRefusal({ entry, decision: { charged }, policy: { id, unit }, provider }) {
	if (charged === 0) return "The refused request was charged nothing here.";
	const chargers = entry.decisions.filter(({ policy, allowed }) => !allowed && provider.policy.get(policy)?.refusal.charges.includes(id)).map(({ policy }) => policy);
	const why = chargers.includes(id) ? "its own refusals count" : `a refusal by ${listInWords(chargers, "and")} counts`;
	return `The refused request was charged ${amountInWords(charged, unit)} here all the same, since ${why}.`;
}
function admission(one) {
	const { entry, decision, policy } = one;
	const { cost, limit, remaining, resetAt } = decision;
	const took = cost === 0 ? "it took none, which is never refused" : `it took ${taken(decision)}`;
	const all = amountInWords(limit, policy.unit);
	const sentences = [`It admitted the request: ${before(decision)} of ${all} were used${whose(decision)}, ${took}, and ${remaining} were left.`, ...settlement(one)];
	if (policy.algorithm.windows.length === 0 && cost > 0) sentences.push(holding(policy));
	if (resetAt !== null) sentences.push(`It resets ${when(resetAt, entry)}.`);
	if (entry.warnings.includes(policy.id) && policy.warnAbove !== void 0) sentences.push(`With it more than ${Math.round(policy.warnAbove * 100)} % were used, of which a warning told.`);
	return sentences.join(" ");
}
function holding({ options }) {
	return options["holds"] === "job" ? "What it took is held by the jobs that it made until they end; where it made none, it was free at once." : "What it took was free again once its response had left.";
}
function settlement({ entry, decision: { charged, refunded }, policy: { id, unit }, provider }) {
	if (refunded === 0) return [];
	if (refunded < 0) return [`The response told that it took ${tidy(-refunded)} more: ${amountInWords(charged, unit)} in all.`];
	const { free } = provider.profile.policies[id];
	const meant = free.filter(({ status, error }) => speaksOf(entry, status, error));
	const why = charged === 0 && meant.length > 0 ? `an outcome is free where ${anyInWords(meant)}` : `the response told that it took ${amountInWords(charged, unit)}`;
	return [`${amountInWords(refunded, unit)} ${refunded === 1 ? "was" : "were"} given back, since ${why}.`];
}
function speaksOf({ status, error }, statuses, errors) {
	const isStatus = (one) => typeof one === "number" ? one === status : Number(one[0]) === Math.floor(status / 100);
	return (statuses?.some(isStatus) ?? true) && (errors?.includes(error ?? "") ?? true);
}
function whose({ partition }) {
	const facts = Object.entries(partition).map(([name, value]) => `${name} ${value}`);
	return facts.length === 0 ? "" : ` by ${listInWords(facts, "and")}`;
}
function taken({ charged, refunded }) {
	return tidy(charged + refunded);
}
function before(decision) {
	return tidy(decision.used - taken(decision));
}
function tidy(amount) {
	return Number(amount.toPrecision(12));
}
function when(instant, { at }) {
	const after = instant > at ? ` (${formatDuration(instant - at)} after it came)` : "";
	return `at ${new Date(instant).toISOString()}${after}`;
}
// src/sandbox/explain.ts
function explainRequest(entry, provider) {
	const summary = summarize(entry, provider);
	const policies = provider.policies.map((policy) => explainPolicy(entry, policy, provider));
	return {
		request: entry,
		summary,
		policies,
		text: `${[summary, ...policies.map(({ policy, text, rule, evidence, source }, i) => [
			`${i + 1}. ${policy}: ${text}`,
			`Rule: ${rule}.`,
			evidenceInWords(evidence, source)
		].join("\n   "))].join("\n\n")}\n`
	};
}
function summarize(entry, provider) {
	const { method, path, operation, decisions, refusedBy, retryAfter } = entry;
	const request = `${method} ${path}${operation === void 0 ? "" : ` (${operation})`}`;
	const decision = decisions.find(({ policy }) => policy === refusedBy);
	const policy = refusedBy === void 0 ? void 0 : provider.policy.get(refusedBy);
	if (decision && policy) {
		const told = retryAfter === void 0 ? "" : ` It was told to come back after ${retryAfter} s.`;
		const why = whyRefused({
			entry,
			decision,
			policy,
			provider
		});
		return `${request} was refused by ${policy.id} and answered ${outcome(entry)}: ${why}${told}`;
	}
	if (refusedBy !== void 0) return `${request} was refused by ${refusedBy} and answered ${outcome(entry)}.`;
	const turnedAway = whyTurnedAway(entry, provider);
	if (turnedAway !== void 0) return `${request} was answered ${outcome(entry)}: ${turnedAway}.`;
	const asked = decisions.map((one) => one.policy);
	if (asked.length === 0) return `${request} was admitted and answered ${outcome(entry)}: no policy applies to it.`;
	const back = decisions.filter(({ refunded }) => refunded > 0).map((one) => one.policy);
	const given = back.length === 0 ? "" : ` What it took of ${listInWords(back, "and")} was given back.`;
	return `${request} was admitted and answered ${outcome(entry)}: ${listInWords(asked, "and")} had room for it.${given}`;
}
function explainPolicy(entry, policy, provider) {
	const { profile } = provider;
	const { quota, evidence } = profile.policies[policy.id];
	const decision = entry.decisions.find((one) => one.policy === policy.id);
	const { part, text } = decision ? explainDecision({
		entry,
		decision,
		policy,
		provider
	}) : explainSilence(entry, policy, provider);
	const limit = decision?.limit ?? (quota === "none" ? void 0 : quota);
	const rule = limit === void 0 ? "no limit, unless a plan or an account sets one" : ruleInWords(policy, Math.round(limit * policy.scale));
	const { partitionBy } = policy;
	const each = partitionBy.length === 0 ? "for all together" : `for each ${listInWords(partitionBy, "and")}`;
	return {
		policy: policy.id,
		part,
		text,
		rule: `${rule}, ${each}`,
		evidence,
		source: sourceOf(evidence, profile)
	};
}
function explainSilence(entry, policy, provider) {
	const why = entry.skipped.find((one) => one.policy === policy.id)?.why;
	if (why === "applies") {
		const { applies = [] } = provider.profile.policies[policy.id];
		return {
			part: "not-applicable",
			text: `It does not apply: it speaks of every request${whereInWords(applies)}.`
		};
	}
	if (why === "no-limit") return {
		part: "not-applicable",
		text: "It does not limit this caller: neither the account, nor its plan, nor the policy sets a quota."
	};
	if (why === "no-partition") return {
		part: "not-applicable",
		text: `It does not apply: it counts by ${listInWords(policy.partitionBy, "and")}, which the request does not have.`
	};
	return {
		part: "not-asked",
		text: `It was not asked: ${whyNotAsked(entry, policy, provider)}.`
	};
}
function whyNotAsked(entry, policy, provider) {
	const { refusedBy, caller } = entry;
	if (policy.asked === "caller") {
		if (refusedBy !== void 0 && provider.policy.get(refusedBy)?.asked === "arrival") return `${refusedBy} refused the request before it was looked at who calls`;
		const turnedAway = whyTurnedAway(entry, provider);
		if (turnedAway !== void 0) return turnedAway;
		if (caller === void 0) return "this request needs no credential, and it is asked where one has been shown";
	}
	return "the profile had no such policy when the request came";
}
function whyTurnedAway({ error, caller }, { profile }) {
	if (error === void 0) return void 0;
	if (caller !== void 0) return Object.values(profile.plans).some((plan) => plan.denied === error) ? "the caller's plan has no access, which is said before anything is counted by caller" : void 0;
	const { callers, fixtures } = profile;
	return [...Object.values(callers.credentials).flatMap(({ missing, invalid }) => [missing, invalid]), ...fixtures.map((fixture) => fixture.error)].includes(error) ? "nobody could tell who calls, so nothing was counted by caller" : void 0;
}
function outcome({ status, error }) {
	if (status === 0) return "by closing the connection";
	return error === void 0 ? String(status) : `${status} (${error})`;
}
// src/sandbox/in-flight.ts
function listInFlight(world) {
	return [...world.inFlight.values()].map(({ since, until, abort: _, caller, ...request }) => ({
		...request,
		profile: world.provider.id,
		caller: maskFacts(world.provider, caller),
		since: new Date(since).toISOString(),
		until: until === null ? null : new Date(until).toISOString()
	}));
}
// src/sandbox/job-watch.ts
var JobWatch = class {
	clock;
	emit;
	#running = [];
	#first = 0;
	#listening = false;
	#disarm = () => {};
	constructor(clock, emit) {
		this.clock = clock;
		this.emit = emit;
	}
	started(world, collection, item) {
		this.catchUp();
		this.#tell("started", {
			world,
			collection,
			item,
			endsAt: endOf(item)
		}, this.clock.now());
		this.#put(world, collection, item);
	}
	moved(world, item) {
		this.catchUp();
		const collection = this.#forget(item) ?? collectionOf(world, item);
		if (collection === void 0) return;
		const now = this.clock.now();
		const watched = {
			world,
			collection,
			item,
			endsAt: endOf(item)
		};
		if (isRunning(item.job, now)) {
			this.#tell("changed", watched, now);
			this.#put(world, collection, item);
		} else {
			this.#tell("ended", watched, now);
			this.#arm();
		}
	}
	restart(worlds) {
		this.#running = [];
		this.#first = 0;
		const now = this.clock.now();
		for (const world of worlds) for (const { collection, item } of world.resources.jobs()) if (isRunning(item.job, now)) this.#put(world, collection, item);
		this.#arm();
	}
	listen(listening) {
		this.#listening = listening;
		this.catchUp();
		this.#arm();
	}
	catchUp() {
		if (this.#first === this.#running.length) return;
		const now = this.clock.now();
		for (;;) {
			const ended = this.#running[this.#first];
			if (!ended || ended.endsAt > now) break;
			this.#first += 1;
			this.#tell("ended", ended, ended.endsAt);
		}
		if (this.#first > 1e3 || this.#first === this.#running.length) {
			this.#running.splice(0, this.#first);
			this.#first = 0;
		}
	}
	#put(world, collection, item) {
		const endsAt = endOf(item);
		let high = this.#running.length;
		let low = high > this.#first && this.#running[high - 1].endsAt <= endsAt ? high : this.#first;
		while (low < high) {
			const middle = low + high >>> 1;
			if (this.#running[middle].endsAt > endsAt) high = middle;
			else low = middle + 1;
		}
		const watched = {
			world,
			collection,
			item,
			endsAt
		};
		if (low === this.#running.length) this.#running.push(watched);
		else this.#running.splice(low, 0, watched);
		if (low === this.#first) this.#arm();
	}
	#forget(item) {
		const place = this.#running.findIndex((watched, i) => i >= this.#first && watched.item === item);
		return place < 0 ? void 0 : this.#running.splice(place, 1)[0].collection;
	}
	#arm() {
		this.#disarm();
		this.#disarm = () => {};
		const first = this.#running[this.#first]?.endsAt;
		if (!this.#listening || first === void 0 || first === Number.POSITIVE_INFINITY) return;
		this.#disarm = this.clock.at(first, () => {
			this.catchUp();
			this.#arm();
		});
	}
	#tell(change, { world, collection, item }, at) {
		const { provider } = world;
		const { endsAt, outcome } = item.job;
		const state = change === "ended" ? outcome : provider.collections.get(collection).life.running;
		this.emit({
			type: "job",
			at,
			data: {
				profile: provider.id,
				collection,
				id: item.id,
				change,
				state,
				endsAt
			}
		});
	}
};
function endOf({ job }) {
	return job.endsAt ?? Number.POSITIVE_INFINITY;
}
function collectionOf(world, item) {
	for (const job of world.resources.jobs()) if (job.item === item) return job.collection;
}
// src/sandbox/worlds.ts
function findWorld(worlds, profile, status = 404, field = "profile") {
	const world = worlds.get(profile);
	if (world) return world;
	throw new Problem(status, "unknown-profile", `no profile "${profile}" is served; ${suggest(profile, [...worlds.keys()])}`, field);
}
function checkOperation(worlds, operation, profile, field) {
	const asked = [...worlds.values()].filter(({ provider }) => profile === void 0 || provider.id === profile);
	const known = asked.flatMap(({ provider }) => provider.document.operations.map(({ id }) => id));
	if (known.includes(operation)) return;
	const owners = asked.map(({ provider }) => provider.id).join(", ");
	const near = nearest(operation, known);
	throw new Problem(400, "unknown-operation", `${owners} has no operation "${operation}"; ${near === void 0 ? "use an operationId of its OpenAPI document" : `did you mean "${near}"?`}`, field);
}
function namedOrOnly(worlds, profile) {
	if (profile !== void 0) return findWorld(worlds, profile, 400);
	const [only, ...others] = worlds.values();
	if (only && others.length === 0) return only;
	throw new Problem(400, "missing-profile", `several profiles are served; name one of: ${[...worlds.keys()].join(", ")}`, "profile");
}
// src/sandbox/jobs.ts
const LONGEST_MS = 31536e6;
var Jobs = class {
	#core;
	#worlds;
	constructor(core, worlds) {
		this.#core = core;
		this.#worlds = worlds;
	}
	list() {
		const now = this.#core.clock.now();
		return [...this.#worlds.values()].flatMap((world) => [...world.resources.jobs()].sort((a, b) => a.item.serial - b.item.serial).map((job) => shown$1({
			world,
			...job
		}, now)));
	}
	async set(id, change) {
		const found = this.#find(id, change.profile);
		const { world, item } = found;
		const now = this.#core.clock.now();
		Object.assign(item.job, this.#checked(found, change, now));
		moveJob(this.#core, world, item);
		await this.#core.clock.catchUp();
		return shown$1(found, this.#core.clock.now());
	}
	defaults(profile) {
		const { provider, jobDefaults } = findWorld(this.#worlds, profile);
		const { runTimeMs = null, outcome = null } = jobDefaults;
		return {
			profile,
			runTimeMs,
			outcome,
			collections: livesOf(provider).map(([collection, life]) => ({
				collection,
				running: life.running,
				ends: endStates(life),
				runTimeMs: Math.round(life.runTimeMs / provider.compress),
				outcome: life.outcome
			}))
		};
	}
	setDefaults(profile, { runTimeMs, outcome }) {
		const world = findWorld(this.#worlds, profile);
		const lives = livesOf(world.provider);
		if (lives.length === 0) throw new Problem(400, "no-jobs", `nothing of ${profile} takes time; it has no jobs`);
		if (runTimeMs === void 0 && outcome === void 0) throw new Problem(400, "nothing-to-set", `give runTimeMs or outcome; GET /profiles/${profile}/jobs tells them`);
		if (typeof runTimeMs === "number") checkMilliseconds(runTimeMs, "runTimeMs", this.#core.clock.now());
		const ends = [...new Set(lives.flatMap(([, life]) => endStates(life)))];
		if (typeof outcome === "string" && !ends.includes(outcome)) throw new Problem(400, "unknown-outcome", `no job of ${profile} ends as "${outcome}"; ${oneOf(ends)}`, "outcome");
		const next = { ...world.jobDefaults };
		if (runTimeMs === null) delete next.runTimeMs;
		else if (runTimeMs !== void 0) next.runTimeMs = Math.round(runTimeMs);
		if (outcome === null) delete next.outcome;
		else if (outcome !== void 0) next.outcome = outcome;
		world.jobDefaults = next;
		return this.defaults(profile);
	}
	#find(id, profile) {
		const found = (profile === void 0 ? [...this.#worlds.values()] : [findWorld(this.#worlds, profile, 400)]).flatMap((world) => [...world.resources.jobs()].filter(({ item }) => item.id === id).map((job) => ({
			world,
			...job
		})));
		const [first, second] = found;
		if (!first) throw new Problem(404, "unknown-job", `there is no job "${id}"; GET /jobs lists those there are`, "id");
		if (!second) return first;
		throw new Problem(409, "ambiguous-job", `several jobs have the id "${id}" (${found.map(({ world, collection }) => `${collection} of ${world.provider.id}`).join(" and ")}); name the profile`, "profile");
	}
	#checked(found, { state, endsInMs }, now) {
		const { world, collection, item } = found;
		const life = world.provider.collections.get(collection).life;
		if (state === void 0 && endsInMs === void 0) throw new Problem(400, "nothing-to-set", "give state or endsInMs; GET /jobs tells how it stands");
		const known = [life.running, ...endStates(life)];
		if (state !== void 0 && !known.includes(state)) throw new Problem(400, "unknown-state", `${collection} of ${world.provider.id} know no state "${state}"; ${oneOf(known)}`, "state");
		if (endsInMs !== void 0) checkMilliseconds(endsInMs, "endsInMs", now);
		if (!isRunning(item.job, now)) throw new Problem(409, "job-ended", `it has ended (${item.job.outcome}), and what has ended stays as it is; start another`, "id");
		const ends = state !== void 0 && state !== life.running;
		return {
			endsAt: endsInMs !== void 0 ? now + Math.round(endsInMs) : ends ? now : null,
			...ends && { outcome: state }
		};
	}
};
function shown$1({ world, collection, item }, now) {
	const { provider } = world;
	const { endsAt, holds, outcome } = item.job;
	return {
		id: item.id,
		profile: provider.id,
		collection,
		state: stateOf(provider.collections.get(collection), item, now),
		outcome,
		createdAt: new Date(item.createdAt).toISOString(),
		endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
		holds: (isRunning(item.job, now) ? holds : []).flatMap(({ policy: id, partition }) => {
			const names = provider.policy.get(id)?.partitionBy ?? [];
			const values = splitPartition(partition, names.length);
			const facts = Object.fromEntries(names.map((name, i) => [name, values[i]]));
			return {
				policy: id,
				partition: maskFacts(provider, facts)
			};
		})
	};
}
function livesOf({ collections }) {
	return [...collections].flatMap(([id, { life }]) => life ? [[id, life]] : []);
}
function checkMilliseconds(ms, field, now) {
	if (typeof ms !== "number" || !(ms >= 0 && ms <= LONGEST_MS)) throw new Problem(400, "bad-duration", `${JSON.stringify(ms)} is no time; use milliseconds from 0 to ${LONGEST_MS} (a year)`, field);
	checkInstant(now + ms, field);
}
function oneOf(known) {
	return `there are ${known.map((one) => `"${one}"`).join(", ")}`;
}
const USUAL_WAIT_MS = 5e3;
function compileQuery(filter, journal, worlds) {
	const { operation, profile, since, limit } = filter;
	const status = statusTest(filter.status);
	const hash = filter.key === void 0 ? void 0 : shortHash(filter.key);
	if (profile !== void 0) findWorld(worlds, profile, 400);
	if (operation !== void 0 && !journal.entries().some((entry) => entry.operation === operation)) checkOperation(worlds, operation, profile, "operation");
	if (limit !== void 0) checkCount(limit, "limit", Number.POSITIVE_INFINITY);
	const instant = instantOf(since, journal);
	const fits = (entry) => status(entry.status) && (operation === void 0 || entry.operation === operation) && (profile === void 0 || entry.profile === profile) && (hash === void 0 || entry.keyHash === hash) && (instant === void 0 || entry.at >= instant);
	const all = () => {
		const entries = journal.entries();
		const known = instant === void 0 ? entries.findIndex(({ id }) => id === since) : -1;
		return entries.slice(known + 1).filter(fits);
	};
	return {
		fits,
		select: () => all().slice(limit === void 0 ? 0 : -limit),
		count: () => all().length
	};
}
function findEntry(journal, id) {
	const entry = journal.entries().find((one) => one.id === id);
	if (entry) return entry;
	throw new Problem(404, "unknown-request", `the journal has no request "${id}", or no longer; GET /requests lists those it has, with their ids`, "request");
}
function checkWait({ count = 1, wait = USUAL_WAIT_MS }, journal) {
	checkCount(count, "count", journal.capacity);
	const ms = typeof wait === "number" ? wait : parseDuration(wait);
	if (ms === void 0 || !(ms >= 0 && ms <= 6e4)) throw new Problem(400, "bad-duration", `${JSON.stringify(wait)} is not a time to wait; write a duration of at most 60s, such as 5s or 500ms`, "wait");
	return {
		count,
		ms
	};
}
function checkCount(value, field, most) {
	if (!Number.isInteger(value) || value < 1) throw new Problem(400, "bad-value", `${value} is not a number of requests; give a whole number from 1 up`, field);
	if (value > most) throw new Problem(400, "bad-value", `the journal keeps ${most} requests, so ${value} will never be there; start with a larger journal size, or wait for fewer`, field);
}
function statusTest(status) {
	if (status === void 0) return () => true;
	if (!/^(?:0|[1-5](?:\d\d|[xX]{2}))$/.test(String(status))) throw new Problem(400, "bad-value", `${JSON.stringify(status)} is not a status; write 429, or a class such as 4xx`, "status");
	const pattern = new RegExp(`^${String(status).replace(/x/gi, "\\d")}$`);
	return (one) => pattern.test(String(one));
}
function instantOf(since, journal) {
	if (since === void 0) return void 0;
	if (typeof since === "number") return parseInstant(since, "since");
	if (!/^\d{4}-\d\d-\d\d(?:T.*)?$/.test(since) || journal.entries().some(({ id }) => id === since)) return void 0;
	return parseInstant(since, "since");
}
// src/sandbox/window-start.ts
function startFor({ id, algorithm, window }, resetsInMs, now) {
	if (resetsInMs === void 0 || algorithm.windows.length === 0) return void 0;
	const problem = (code, detail) => new Problem(400, code, detail, "resetsInMs");
	if (window.kind !== "first-request") throw problem("clock-window", `the windows of ${id} go by the clock, and this one resets at ${new Date(boundsAt(window, now).end).toISOString()}; leave it out, and move the clock (PUT /clock) to some time before that`);
	if (!algorithm.opens) throw problem("no-window", `${id} has no window that opens: when it is whole again follows from what is used; leave it out, and say by used or remaining how much is to drain`);
	const { lengthMs } = window;
	if (!Number.isInteger(resetsInMs) || resetsInMs < 1 || resetsInMs > lengthMs) throw problem("bad-amount", `must be ${`a whole number from 1 to ${lengthMs}, the milliseconds of the window of ${id}`}, not ${resetsInMs}`);
	return now + resetsInMs - lengthMs;
}
// src/sandbox/quotas.ts
function listQuotas(world, instant) {
	const quotas = [];
	for (const policy of world.provider.policies) for (const [partition, state] of world.store.entries(policy)) {
		const quota = bucketQuota(world, policy, partition);
		const params = paramsFor(policy, quota);
		if (!policy.algorithm.isLive(params, state, instant.now)) continue;
		const { used, remaining, resetAt } = policy.algorithm.peek(params, state, 0, instant.now);
		quotas.push(shown(world, policy, partition, quota, used, remaining, resetAt));
	}
	return quotas;
}
function changeQuota(worlds, change, instant) {
	const { id } = change;
	if (id === void 0) return seedQuota(namedOrOnly(worlds, change.profile), change, instant);
	const other = ["policy", "partition"].find((name) => change[name] !== void 0);
	if (other !== void 0) throw new Problem(400, "id-or-policy", `the id names the bucket already; leave out ${other}, or the id`, other);
	const all = [...worlds.values()];
	const known = all.find((world) => listQuotas(world, instant).some((quota) => quota.id === id));
	return seedQuota(change.profile === void 0 ? known ?? all[0] : findWorld(worlds, change.profile, 400), change, instant);
}
function seedQuota(world, change, instant) {
	const { policy, partition } = change.id === void 0 ? namedBucket(world, change) : bucketOfId(world, change.id);
	if (change.remaining === void 0 === (change.used === void 0)) throw new Problem(400, "remaining-or-used", "give either remaining or used, and only one of them", "remaining");
	const field = change.remaining === void 0 ? "used" : "remaining";
	const amount = change[field];
	if (!Number.isFinite(amount) || amount < 0) throw new Problem(400, "bad-amount", `must be a number of units from 0 up, not ${amount}`, field);
	const quota = bucketQuota(world, policy, partition);
	const params = paramsFor(policy, quota);
	const before = world.store.get(policy, partition);
	const standing = policy.algorithm.peek(params, before, 0, instant.now);
	const scaled = Math.round(amount * policy.scale);
	const carried = standing.used - countable(policy, params, before, instant.now);
	const used = field === "used" ? scaled : Math.max(0, quota - scaled - carried);
	if (field === "remaining" && scaled > quota) throw new Problem(400, "bad-amount", `is more than the quota of ${quota / policy.scale}; raise that first (PUT /accounts)`, field);
	const start = startFor(policy, change.resetsInMs, instant.now);
	const state = policy.algorithm.seed(params, before, used, instant.now, {
		...instant,
		start
	});
	if (state === void 0) throw new Problem(400, "not-seedable", `${policy.id} counts what is running, which cannot be set; start or end requests or jobs instead`, "policy");
	const after = policy.algorithm.peek(params, state, 0, instant.now);
	if (start !== void 0 && !policy.algorithm.isLive(params, state, instant.now)) throw new Problem(400, "nothing-to-reset", `${policy.id} resets what is used, and that is to be nothing; leave it out, or say that some is used`, "resetsInMs");
	world.store.transact([{
		policy,
		partition
	}], () => [state], instant);
	return shown(world, policy, partition, quota, after.used, after.remaining, after.resetAt);
}
function countable(policy, params, state, now) {
	const { used } = policy.algorithm.peek(params, state, 0, now);
	if (state === void 0) return used;
	const zeroed = policy.algorithm.seed(params, state, 0, now, { horizon: Number.NEGATIVE_INFINITY });
	return zeroed === void 0 ? used : used - policy.algorithm.peek(params, zeroed, 0, now).used;
}
function namedBucket(world, change) {
	const ids = world.provider.policies.map(({ id }) => id);
	if (change.policy === void 0) throw new Problem(400, "missing-policy", `name a policy (${ids.join(", ")}) or a bucket's id`, "policy");
	const policy = world.provider.policy.get(change.policy);
	if (!policy) throw new Problem(400, "unknown-policy", `${world.provider.id} has no policy "${change.policy}"; ${suggest(change.policy, ids)}`, "policy");
	const given = change.partition ?? {};
	const unknown = Object.keys(given).find((name) => !policy.partitionBy.includes(name));
	if (unknown !== void 0) throw new Problem(400, "unknown-partition", `${policy.id} is counted by ${policy.partitionBy.join(" and ") || "nothing"}, not by ${unknown}`, `partition.${unknown}`);
	const missing = policy.partitionBy.find((name) => given[name] === void 0);
	if (missing !== void 0) throw new Problem(400, "missing-partition", `${policy.id} is counted by ${policy.partitionBy.join(" and ")}; give it`, `partition.${missing}`);
	return {
		policy,
		partition: joinPartition(policy.partitionBy.map((name) => given[name]))
	};
}
function bucketOfId(world, id) {
	for (const policy of world.provider.policies) for (const [partition] of world.store.entries(policy)) if (bucketId(world.provider.id, policy, partition) === id) return {
		policy,
		partition
	};
	throw new Problem(400, "unknown-bucket", `there is no live bucket with the id "${id}"; GET /quotas lists them`, "id");
}
function bucketQuota(world, policy, partition) {
	const { profile } = world.provider;
	const values = splitPartition(partition, policy.partitionBy.length);
	const named = Object.fromEntries(policy.partitionBy.map((name, i) => [name, values[i]]));
	const account = named[profile.accounts.fact] ?? accountOfKey(world, named) ?? profile.accounts.default;
	return quotaOf(world, policy, account, world.accounts.get(account)?.plan ?? profile.accounts.plan) ?? 0;
}
function accountOfKey(world, named) {
	for (const [name, value] of Object.entries(named)) if (world.provider.secretFacts.has(name)) return world.accounts.ownerOf(value) ?? world.resources.credentials.get(value)?.account;
}
function shown(world, policy, partition, quota, used, remaining, resetAt) {
	return {
		id: bucketId(world.provider.id, policy, partition),
		profile: world.provider.id,
		policy: policy.id,
		partition: shownPartition(world.provider, policy, partition),
		limit: quota / policy.scale,
		used: used / policy.scale,
		remaining: remaining / policy.scale,
		resetAt: resetAt === null ? null : new Date(resetAt).toISOString()
	};
}
// src/state/accounts.ts
var Accounts = class {
	defaultPlan;
	#accounts = new Map();
	#owners = new Map();
	constructor(defaultPlan) {
		this.defaultPlan = defaultPlan;
	}
	ownerOf(key) {
		return this.#owners.get(key);
	}
	get(id) {
		return this.#accounts.get(id);
	}
	list() {
		return [...this.#accounts.values()];
	}
	put(id, change) {
		const account = this.#accounts.get(id) ?? {
			id,
			plan: this.defaultPlan,
			quotas: {},
			keys: []
		};
		this.#accounts.set(id, account);
		if (change.plan !== void 0) account.plan = change.plan;
		if (change.quotas !== void 0) account.quotas = {
			...account.quotas,
			...change.quotas
		};
		for (const key of change.keys ?? []) {
			const former = this.#owners.get(key);
			if (former !== void 0 && former !== id) {
				const owner = this.#accounts.get(former);
				owner.keys = owner.keys.filter((other) => other !== key);
			}
			this.#owners.set(key, id);
			if (!account.keys.includes(key)) account.keys.push(key);
		}
		return account;
	}
	load(accounts) {
		this.#accounts.clear();
		this.#owners.clear();
		for (const account of accounts) this.put(account.id, account);
	}
};
// src/state/partition-index.ts
const MOST_TAKEN = 4 / 5;
var PartitionIndex = class {
	#partitions;
	#cells = new Uint32Array(32);
	#mask = 15;
	#size = 0;
	constructor(partitions) {
		this.#partitions = partitions;
	}
	find(partition) {
		const hash = hashOf(partition);
		const cells = this.#cells;
		const mask = this.#mask;
		for (let place = hash & mask;; place = place + 1 & mask) {
			const row = cells[2 * place + 1];
			if (row === 0 || cells[2 * place] === hash && this.#partitions[row] === partition) return row;
		}
	}
	add(partition, row) {
		this.#size += 1;
		if (this.#size > MOST_TAKEN * (this.#mask + 1)) this.#grow();
		this.#put(hashOf(partition), row);
	}
	remove(partition, row) {
		const cells = this.#cells;
		const mask = this.#mask;
		let gap = hashOf(partition) & mask;
		while (cells[2 * gap + 1] !== row) gap = gap + 1 & mask;
		for (let place = gap + 1 & mask; cells[2 * place + 1] !== 0; place = place + 1 & mask) {
			const home = cells[2 * place] & mask;
			if ((place - home & mask) < (place - gap & mask)) continue;
			cells[2 * gap] = cells[2 * place];
			cells[2 * gap + 1] = cells[2 * place + 1];
			gap = place;
		}
		cells[2 * gap + 1] = 0;
		this.#size -= 1;
	}
	#put(hash, row) {
		const cells = this.#cells;
		const mask = this.#mask;
		let place = hash & mask;
		while (cells[2 * place + 1] !== 0) place = place + 1 & mask;
		cells[2 * place] = hash;
		cells[2 * place + 1] = row;
	}
	#grow() {
		const before = this.#cells;
		this.#cells = new Uint32Array(2 * before.length);
		this.#mask = before.length - 1;
		for (let at = 0; at < before.length; at += 2) if (before[at + 1] !== 0) this.#put(before[at], before[at + 1]);
	}
};
function hashOf(text) {
	let hash = 2166136261;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
	hash = Math.imul(hash ^ hash >>> 16, 2246822507);
	return (hash ^ hash >>> 13) >>> 0;
}
// src/state/rows.ts
const FIRST = 2;
const SMALLEST = 8;
const LARGE = 4096;
const WRITES_PER_LOOK = 8;
var Rows = class {
	lanes = [];
	#partitions = new Array(FIRST).fill(0);
	#index = new PartitionIndex(this.#partitions);
	#capacity = SMALLEST;
	#free = 0;
	#hand = 0;
	#writes = 0;
	#lastPartition;
	#lastRow = 0;
	get capacity() {
		return this.#capacity;
	}
	get isFull() {
		return this.#free === 0;
	}
	find(partition) {
		if (partition === this.#lastPartition) return this.#lastRow;
		return this.#found(partition, this.#index.find(partition));
	}
	add(partition) {
		let row = this.#free;
		if (row !== 0) this.#free = this.#partitions[row];
		else {
			row = this.#partitions.length;
			if (row === this.#capacity) this.#capacity = row < LARGE ? 2 * row : Math.ceil(1.25 * row);
		}
		this.#partitions[row] = partition;
		this.#index.add(partition, row);
		return this.#found(partition, row);
	}
	partition(row) {
		return this.#partitions[row];
	}
	release(row) {
		for (const lane of this.lanes) if (lane.has(row)) return;
		if (row === this.#lastRow) this.#found(void 0, 0);
		this.#index.remove(this.partition(row), row);
		this.#partitions[row] = this.#free;
		this.#free = row;
	}
	written(horizon) {
		this.#writes += 1;
		if (this.#writes < WRITES_PER_LOOK * this.lanes.length) return;
		this.#writes = 0;
		this.lookAtNext(horizon);
	}
	lookAtNext(horizon) {
		this.#hand = this.#hand + 1 < this.#partitions.length ? Math.max(FIRST, this.#hand + 1) : FIRST;
		this.lookAt(this.#hand, horizon);
	}
	lookAt(row, horizon) {
		for (const lane of this.lanes) lane.dropEnded(row, horizon);
		return row !== 0 && this.#free === row;
	}
	#found(partition, row) {
		this.#lastPartition = partition;
		this.#lastRow = row;
		return row;
	}
};
// src/state/columns.ts
function createColumn(width) {
	return width > 0 ? new NumberColumn(width) : new ObjectColumn();
}
var ObjectColumn = class {
	#states = [void 0];
	get(row) {
		return this.#states[row];
	}
	set(row, state) {
		this.#states[row] = state;
	}
	clear(row) {
		this.#states[row] = void 0;
	}
	reserve() {}
};
const NONE = NaN;
var NumberColumn = class {
	width;
	#cells = new Float64Array(0);
	#others = new Map();
	constructor(width) {
		this.width = width;
	}
	get(row) {
		const { width } = this;
		const cells = this.#cells;
		const at = row * width;
		let length = 0;
		while (length < width && !Number.isNaN(cells[at + length])) length += 1;
		switch (length) {
			case 0: return this.#others.get(row);
			case 2: return [cells[at], cells[at + 1]];
			case 3: return [
				cells[at],
				cells[at + 1],
				cells[at + 2]
			];
			case 4: return [
				cells[at],
				cells[at + 1],
				cells[at + 2],
				cells[at + 3]
			];
			default: return Array.from(cells.subarray(at, at + length));
		}
	}
	set(row, state) {
		const { width } = this;
		const cells = this.#cells;
		const at = row * width;
		if (this.#others.size > 0) this.#others.delete(row);
		if (!Array.isArray(state) || state.length > width || !copy(state, cells, at)) {
			cells[at] = NONE;
			this.#others.set(row, state);
		} else if (state.length < width) cells[at + state.length] = NONE;
	}
	clear(row) {
		this.#cells[row * this.width] = NONE;
		if (this.#others.size > 0) this.#others.delete(row);
	}
	reserve(capacity) {
		const longer = new Float64Array(capacity * this.width);
		longer.set(this.#cells);
		this.#cells = longer;
	}
};
function copy(state, cells, at) {
	for (let i = 0; i < state.length; i++) {
		const one = state[i];
		if (typeof one !== "number" || Number.isNaN(one)) return false;
		cells[at + i] = one;
	}
	return state.length > 0;
}
// src/state/recency.ts
const ENDS = 1;
var Recency = class {
	#links = new Uint32Array([
		0,
		0,
		ENDS,
		ENDS
	]);
	#size = 0;
	get size() {
		return this.#size;
	}
	has(row) {
		return this.#links[2 * row] > 0;
	}
	get oldest() {
		return this.after(ENDS);
	}
	after(row) {
		const newer = this.#links[2 * row + 1];
		return newer === ENDS ? 0 : newer;
	}
	add(row) {
		this.#size += 1;
		this.#append(row);
	}
	touch(row) {
		if (this.#links[2] === row) return;
		this.#unlink(row);
		this.#append(row);
	}
	remove(row) {
		this.#unlink(row);
		this.#links[2 * row] = 0;
		this.#size -= 1;
	}
	reserve(capacity) {
		const longer = new Uint32Array(2 * capacity);
		longer.set(this.#links);
		this.#links = longer;
	}
	#append(row) {
		const links = this.#links;
		const newest = links[2];
		links[2 * newest + 1] = row;
		links[2 * row] = newest;
		links[2 * row + 1] = ENDS;
		links[2] = row;
	}
	#unlink(row) {
		const links = this.#links;
		const older = links[2 * row];
		const newer = links[2 * row + 1];
		links[2 * older + 1] = newer;
		links[2 * newer] = older;
	}
};
// src/state/table.ts
const LOOKS_BEFORE_GROWTH = 2;
var Table = class Table {
	rows;
	most;
	#order = new Recency();
	#states;
	#policy;
	#params;
	#capacity = 0;
	constructor(policy, rows, most) {
		this.rows = rows;
		this.most = most;
		this.#policy = policy;
		this.#params = paramsFor(policy, 0);
		this.#states = createColumn(policy.algorithm.numbers?.(policy.window) ?? 0);
		rows.lanes.push(this);
	}
	get size() {
		return this.#order.size;
	}
	has(row) {
		return row < this.#capacity && this.#order.has(row);
	}
	read(partition) {
		const row = this.rows.find(partition);
		return this.has(row) ? this.#states.get(row) : void 0;
	}
	touch(partition) {
		const row = this.rows.find(partition);
		if (this.has(row)) this.#order.touch(row);
	}
	write(partition, state, horizon) {
		const row = this.rows.find(partition);
		const known = this.has(row);
		if (state === void 0) {
			if (known) this.#remove(row);
			return;
		}
		if (known) {
			this.#states.set(row, state);
			this.#order.touch(row);
		} else this.#states.set(this.#add(partition, horizon), state);
		this.rows.written(horizon);
	}
	*entries() {
		for (let row = this.#order.oldest; row !== 0; row = this.#order.after(row)) yield [this.rows.partition(row), this.#states.get(row)];
	}
	dropEnded(row, horizon) {
		if (!this.has(row)) return;
		if (this.#policy.algorithm.expiresAt(this.#params, this.#states.get(row)) <= horizon) this.#remove(row);
	}
	apart() {
		const { rows } = this;
		const other = new Table(this.#policy, new Rows(), this.most);
		for (const [partition, state] of this.entries()) other.write(partition, state, Number.NEGATIVE_INFINITY);
		while (this.size > 0) this.#remove(this.#order.oldest);
		rows.lanes.splice(rows.lanes.indexOf(this), 1);
		return other;
	}
	#add(partition, horizon) {
		const { rows } = this;
		const order = this.#order;
		if (rows.isFull && rows.find(partition) === 0) {
			for (let i = 0; i < LOOKS_BEFORE_GROWTH; i++) if (!rows.lookAt(order.oldest, horizon)) break;
			for (let i = 0; i < LOOKS_BEFORE_GROWTH; i++) rows.lookAtNext(horizon);
		}
		if (order.size >= Math.max(1, this.most)) this.#remove(order.oldest);
		const row = rows.find(partition) || rows.add(partition);
		if (row >= this.#capacity) {
			this.#capacity = rows.capacity;
			order.reserve(this.#capacity);
			this.#states.reserve(this.#capacity);
		}
		order.add(row);
		return row;
	}
	#remove(row) {
		this.#states.clear(row);
		this.#order.remove(row);
		this.rows.release(row);
	}
};
// src/state/memory-store.ts
var MemoryStore = class MemoryStore {
	#tables = new Map();
	#rows = new Map();
	#maxBuckets;
	#lastPolicies = [];
	#lastTables = [];
	constructor(maxBuckets = 1e6) {
		this.#maxBuckets = maxBuckets;
	}
	transact(buckets, change, { horizon }) {
		const count = buckets.length;
		const states = new Array(count);
		for (let i = 0; i < count; i++) states[i] = this.#tableAt(i, buckets[i].policy).read(buckets[i].partition);
		const next = change(states);
		for (let i = 0; i < count; i++) {
			const { policy, partition } = buckets[i];
			const table = this.#tableAt(i, policy);
			if (next[i] !== states[i]) table.write(partition, next[i], horizon);
			else table.touch(partition);
		}
	}
	get(policy, partition) {
		return this.#tables.get(policy.id)?.read(partition);
	}
	entries(policy) {
		return this.#tables.get(policy.id)?.entries() ?? [];
	}
	get size() {
		let size = 0;
		for (const table of this.#tables.values()) size += table.size;
		return size;
	}
	sharing(policies) {
		const other = new MemoryStore(this.#maxBuckets);
		const shared = new Set();
		for (const policy of policies) {
			const table = this.#tableOf(policy);
			other.#tables.set(policy.id, table);
			other.#rows.set(factsOf(policy), table.rows);
			shared.add(table.rows);
		}
		for (const [id, table] of this.#tables) if (!other.#tables.has(id) && shared.has(table.rows)) this.#tables.set(id, table.apart());
		this.#rows.clear();
		this.#forget();
		return other;
	}
	dump() {
		const used = [...this.#tables].filter(([, table]) => table.size > 0);
		return Object.fromEntries(used.map(([policy, table]) => [policy, [...table.entries()]]));
	}
	load(policies, tables) {
		this.#tables.clear();
		this.#rows.clear();
		this.#forget();
		for (const policy of policies) {
			const buckets = tables[policy.id] ?? [];
			for (const [partition, state] of buckets.slice(Math.max(0, buckets.length - this.#maxBuckets))) this.#tableOf(policy).write(partition, state, Number.NEGATIVE_INFINITY);
		}
	}
	#tableAt(place, policy) {
		if (this.#lastPolicies[place] === policy) return this.#lastTables[place];
		this.#lastPolicies[place] = policy;
		this.#lastTables[place] = this.#tableOf(policy);
		return this.#lastTables[place];
	}
	#tableOf(policy) {
		let table = this.#tables.get(policy.id);
		if (!table) {
			table = new Table(policy, this.#rowsOf(policy), this.#maxBuckets);
			this.#tables.set(policy.id, table);
		}
		return table;
	}
	#rowsOf(policy) {
		const facts = factsOf(policy);
		const rows = this.#rows.get(facts) ?? new Rows();
		this.#rows.set(facts, rows);
		return rows;
	}
	#forget() {
		this.#lastPolicies.length = 0;
		this.#lastTables.length = 0;
	}
};
function factsOf({ partitionBy }) {
	return JSON.stringify(partitionBy);
}
// src/sandbox/world.ts
function createWorld(sandbox, provider, plan, maxBuckets) {
	return {
		provider,
		origin: {
			sandbox,
			profile: provider.id,
			secretFacts: provider.secretFacts
		},
		lastSkipped: [],
		accounts: initialAccounts(provider, plan),
		jobDefaults: {},
		...empty(maxBuckets)
	};
}
function clearWorld(world, maxBuckets) {
	for (const request of [...world.inFlight.values()]) request.abort();
	for (const { cancel } of world.webhooks.values()) cancel();
	Object.assign(world, empty(maxBuckets));
	world.jobDefaults = {};
}
function empty(maxBuckets) {
	return {
		store: new MemoryStore(maxBuckets),
		resources: new Resources(),
		ids: new Ids(),
		cache: new Map(),
		idempotency: new Map(),
		warned: new Set(),
		webhooks: new Map(),
		inFlight: new Map(),
		asked: new Map(),
		lastAsked: {
			arrival: [],
			caller: []
		}
	};
}
function initialAccounts({ profile }, plan) {
	const accounts = new Accounts(profile.accounts.plan);
	accounts.put(profile.accounts.default, { plan: plan ?? profile.accounts.plan });
	for (const fixture of profile.fixtures) if (fixture.account !== void 0) accounts.put(fixture.account, {
		plan: fixture.plan ?? profile.accounts.plan,
		keys: [fixture.key]
	});
	return accounts;
}
// src/sandbox/replace.ts
function forgotten(before, after) {
	return {
		policies: after.policies.filter(({ id }) => before.policy.has(id)).filter((policy) => !sameBuckets(before.policy.get(policy.id), policy)).map(({ id }) => id),
		collections: Object.entries(before.profile.collections).filter(([id, spec]) => !isDeepStrictEqual(spec, after.profile.collections[id])).map(([id]) => id)
	};
}
function sameBuckets(a, b) {
	return a.algorithm === b.algorithm && a.scale === b.scale && a.options["holds"] === b.options["holds"] && isDeepStrictEqual(a.window, b.window) && isDeepStrictEqual(a.partitionBy, b.partitionBy);
}
function succeed(world, provider, plan) {
	const { policies, collections } = forgotten(world.provider, provider);
	const kept = provider.policies.map(({ id }) => id).filter((id) => !policies.includes(id));
	for (const id of collections) world.resources.forget(id);
	for (const { item } of world.resources.jobs()) item.job.holds = item.job.holds.filter(({ policy }) => kept.includes(policy));
	return {
		...world,
		provider,
		origin: {
			...world.origin,
			secretFacts: provider.secretFacts
		},
		store: world.store.sharing(provider.policies.filter(({ id }) => kept.includes(id))),
		accounts: succeedAccounts(world, provider, plan),
		cache: new Map()
	};
}
function succeedAccounts({ provider: before, accounts }, after, plan) {
	const [old, fresh] = [initialAccounts(before, plan), initialAccounts(after, plan)];
	const { plans, accounts: settings } = after.profile;
	const added = fresh.list().filter(({ id }) => accounts.get(id) === void 0);
	const next = new Accounts(settings.plan);
	next.load([...accounts.list(), ...added].map((account) => {
		const [was, is] = [old.get(account.id), fresh.get(account.id)];
		const untouched = is !== void 0 && account.plan === was?.plan;
		const fallback = is?.plan ?? settings.plan;
		const keys = account.keys.filter((key) => !was?.keys.includes(key));
		return {
			id: account.id,
			plan: untouched || !Object.hasOwn(plans, account.plan) ? fallback : account.plan,
			quotas: Object.fromEntries(Object.entries(account.quotas).filter(([policy]) => after.policy.has(policy))),
			keys: [...new Set([...keys, ...is?.keys.filter((key) => mayTake(key, account.id)) ?? []])]
		};
	}));
	return next;
	function mayTake(key, account) {
		const owner = accounts.ownerOf(key);
		return owner === void 0 || owner === account || owner === old.ownerOf(key);
	}
}
// src/sandbox/snapshot/format.ts
const SNAPSHOT_FORMAT = "mock429-snapshot";
// src/sandbox/snapshot/json.ts
const NUMBER = "$number";
const MAP = "$map";
function toPlain(value) {
	if (typeof value === "number") return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
	if (value === null || typeof value !== "object") return value;
	if (Array.isArray(value)) return value.map((one) => one === void 0 ? null : toPlain(one));
	if ("toJSON" in value && typeof value.toJSON === "function") return toPlain(value.toJSON());
	const plain = mapValues(value, toPlain);
	return Object.hasOwn(plain, NUMBER) || Object.hasOwn(plain, MAP) ? { [MAP]: plain } : plain;
}
function fromPlain(value) {
	if (value === null || typeof value !== "object") return value;
	if (Array.isArray(value)) return value.map(fromPlain);
	const { [NUMBER]: number, [MAP]: map } = ownOnly(value);
	if (typeof number === "string") return Number(number);
	if (map !== null && typeof map === "object") return mapValues(map, fromPlain);
	return mapValues(value, fromPlain);
}
function ownOnly(value) {
	return Object.keys(value).length === 1 ? value : {};
}
function mapValues(map, change) {
	const entries = Object.entries(map).filter(([, value]) => value !== void 0);
	return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}
// src/sandbox/snapshot/node.ts
const LATEST_DATE_MS = 864e13;
var Node = class Node {
	value;
	path;
	constructor(value, path = "") {
		this.value = value;
		this.path = path;
	}
	wrong(detail, code = "bad-snapshot") {
		throw new Problem(400, code, detail, this.path);
	}
	fields(required, optional = []) {
		const known = [...required, ...optional];
		const map = this.map();
		for (const [key, node] of map) if (!known.includes(key)) node.wrong(`unknown key "${key}"; ${suggest(key, known)}`, "unknown-key");
		for (const key of required) if (!map.has(key)) this.#at(key, void 0).wrong("is missing; add it, or save the snapshot again", "missing-value");
		return Object.fromEntries(map);
	}
	map() {
		const { value } = this;
		if (value === null || typeof value !== "object" || Array.isArray(value)) return this.#expected("a JSON object");
		return new Map(Object.entries(value).map(([key, inner]) => [key, this.#at(key, inner)]));
	}
	list() {
		return Array.isArray(this.value) ? this.value.map((one, i) => this.#at(i, one)) : this.#expected("a list");
	}
	tuple(length) {
		const nodes = this.list();
		return nodes.length === length ? nodes : this.#expected(`a list of ${length}`);
	}
	text() {
		return typeof this.value === "string" ? this.value : this.#expected("a string");
	}
	flag() {
		return typeof this.value === "boolean" ? this.value : this.#expected("true or false");
	}
	number() {
		return typeof this.value === "number" && Number.isFinite(this.value) ? this.value : this.#expected("a number");
	}
	count() {
		const { value } = this;
		return Number.isSafeInteger(value) && value >= 0 ? value : this.#expected("a whole number from 0 up");
	}
	instant() {
		const { value } = this;
		return typeof value === "number" && Math.abs(value) <= LATEST_DATE_MS ? value : this.#expected("an instant (epoch milliseconds)");
	}
	oneOf(...values) {
		return values.includes(this.value) ? this.value : this.#expected(values.join(" or "));
	}
	orNull(read) {
		return this.value === null ? null : read(this);
	}
	#expected(what) {
		const text = JSON.stringify(this.value) ?? "nothing";
		const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
		this.wrong(`must be ${what}, not ${shown}; mend it, or save the snapshot again`);
	}
	#at(key, value) {
		return new Node(value, this.path === "" ? String(key) : `${this.path}.${key}`);
	}
};
// src/sandbox/snapshot/read-journal.ts
function readJournal(node, profiles) {
	return node.list().map((one) => {
		const read = one.fields([
			"id",
			"sandbox",
			"profile",
			"method",
			"path",
			"status",
			"admitted",
			"decisions",
			"skipped",
			"warnings",
			"at",
			"sentAt",
			"realAt",
			"durationMs",
			"told",
			"conditional",
			"beganAt",
			"leftAt"
		], [
			"operation",
			"caller",
			"keyHash",
			"error",
			"refusedBy",
			"retryAfter",
			"bodyHash",
			"items",
			"idempotencyKey",
			"etag",
			"cache"
		]);
		const profile = read.profile.text();
		if (!profiles.includes(profile)) read.profile.wrong(`no profile "${profile}" is served; ${suggest(profile, profiles)}`, "unknown-profile");
		return {
			id: read.id.text(),
			sandbox: read.sandbox.text(),
			profile,
			method: read.method.text(),
			path: read.path.text(),
			operation: read.operation?.text(),
			caller: read.caller && readFacts(read.caller),
			keyHash: read.keyHash?.text(),
			status: read.status.count(),
			error: read.error?.text(),
			admitted: read.admitted.flag(),
			refusedBy: read.refusedBy?.text(),
			decisions: read.decisions.list().map(readDecision),
			skipped: read.skipped.list().map((skip) => {
				const { policy, why } = skip.fields(["policy", "why"]);
				return {
					policy: policy.text(),
					why: why.oneOf("applies", "no-limit", "no-partition")
				};
			}),
			warnings: read.warnings.list().map((warning) => warning.text()),
			retryAfter: read.retryAfter?.number(),
			told: read.told.list().map(readTold),
			bodyHash: read.bodyHash?.text(),
			items: read.items?.count(),
			idempotencyKey: read.idempotencyKey?.text(),
			conditional: read.conditional.flag(),
			etag: read.etag?.text(),
			cache: read.cache?.oneOf("HIT", "MISS", "BYPASS"),
			at: read.at.instant(),
			sentAt: read.sentAt.instant(),
			realAt: read.realAt.instant(),
			durationMs: read.durationMs.number(),
			beganAt: read.beganAt.instant(),
			leftAt: read.leftAt.orNull((one) => one.instant())
		};
	});
}
function readTold(node) {
	const { policy, remaining, resetAt } = node.fields([
		"policy",
		"remaining",
		"resetAt"
	]);
	return {
		policy: policy.text(),
		remaining: remaining.number(),
		resetAt: resetAt.orNull((one) => one.instant())
	};
}
function readDecision(node) {
	const read = node.fields([
		"policy",
		"bucket",
		"partition",
		"allowed",
		"cost",
		"used",
		"limit",
		"remaining",
		"resetAt",
		"retryAt",
		"charged",
		"refunded"
	]);
	return {
		policy: read.policy.text(),
		bucket: read.bucket.text(),
		partition: readFacts(read.partition),
		allowed: read.allowed.flag(),
		cost: read.cost.number(),
		used: read.used.number(),
		limit: read.limit.number(),
		remaining: read.remaining.number(),
		resetAt: read.resetAt.orNull((one) => one.instant()),
		retryAt: read.retryAt.orNull((one) => one.instant()),
		charged: read.charged.number(),
		refunded: read.refunded.number()
	};
}
function readFacts(node) {
	return Object.fromEntries([...node.map()].map(([name, value]) => [name, value.text()]));
}
// src/sandbox/snapshot/read-items.ts
function readCollections(node, provider) {
	return [...node.map()].flatMap(([collection, shelves]) => {
		const known = provider.collections.get(collection);
		if (!known) {
			const fix = suggest(collection, [...provider.collections.keys()]);
			return shelves.wrong(`${provider.id} has no collection "${collection}"; ${fix}`, "unknown-collection");
		}
		return shelves.list().map((one) => {
			const { scope, items, shared } = one.fields([
				"scope",
				"items",
				"shared"
			]);
			const read = items.list().map((item) => readItem(item, known.life !== void 0, provider));
			if (new Set(read.map(({ id }) => id)).size < read.length) items.wrong("two items have the same id; leave out one, or save the snapshot again");
			return {
				collection,
				scope: scope.text(),
				items: read,
				shared: shared.list().map((key) => readShared(key, read))
			};
		});
	});
}
function readItem(node, lives, provider) {
	const { id, createdAt, serial, data, updatedAt, uniqueKeys, job } = node.fields([
		"id",
		"createdAt",
		"serial",
		"data",
		"updatedAt",
		"uniqueKeys"
	], ["job"]);
	if (job && !lives) job.wrong("the items of this collection are no jobs; leave it out");
	data.map();
	return {
		id: id.text(),
		createdAt: createdAt.instant(),
		serial: serial.count(),
		data: data.value,
		updatedAt: updatedAt.instant(),
		uniqueKeys: uniqueKeys.list().map((key) => key.text()),
		...job ? { job: readJob(job, provider) } : {}
	};
}
function readJob(node, { policy: policies, id }) {
	const { endsAt, outcome, holds, webhook } = node.fields([
		"endsAt",
		"outcome",
		"holds"
	], ["webhook"]);
	const told = webhook?.fields(["url", "base"]);
	return {
		endsAt: endsAt.orNull((one) => one.instant()),
		outcome: outcome.text(),
		holds: holds.list().map((hold) => {
			const { policy, partition } = hold.fields(["policy", "partition"]);
			const name = policy.text();
			if (!policies.has(name)) policy.wrong(`${id} has no policy "${name}"; ${suggest(name, [...policies.keys()])}`, "unknown-policy");
			return {
				policy: name,
				partition: readPartition(partition, policies.get(name))
			};
		}),
		...told ? { webhook: {
			url: told.url.text(),
			base: told.base.text()
		} } : {}
	};
}
function readShared(node, items) {
	const [key, ids] = node.tuple(2);
	const name = key.text();
	const read = ids.list().map((id) => id.text());
	const owners = items.filter(({ uniqueKeys }) => uniqueKeys.includes(name)).map(({ id }) => id);
	if ([...read].sort().join("\n") !== owners.sort().join("\n")) ids.wrong("must be the ids of the items that have this key; save the snapshot again");
	return [name, read];
}
function readPartition(node, { id, partitionBy }) {
	const text = node.text();
	const sound = () => {
		const values = splitPartition(text, partitionBy.length);
		return Array.isArray(values) && values.length === partitionBy.length && values.every((one) => typeof one === "string");
	};
	try {
		if (sound()) return text;
	} catch {}
	node.wrong(`${id} counts by ${partitionBy.join(" and ")}, and this is no such partition; save the snapshot again`);
}
// src/sandbox/snapshot/save.ts
function saveSandbox({ clock, faults, journal }, worlds, requests, options) {
	const { made, list } = faults.dump();
	return toPlain({
		format: SNAPSHOT_FORMAT,
		version: 1,
		clock: clock.dump(),
		requests,
		faults: {
			made,
			list: list.map(orderedFault)
		},
		profiles: Object.fromEntries([...worlds].map(([id, world]) => [id, saveWorld(world, clock.horizon(clock.now()))])),
		...options.journal ? { journal: journal.entries() } : {}
	});
}
function saveWorld(world, horizon) {
	const { runTimeMs, outcome } = world.jobDefaults;
	return {
		accounts: world.accounts.list().map(({ id, plan, quotas, keys }) => ({
			id,
			plan,
			quotas,
			keys
		})),
		jobDefaults: {
			...runTimeMs === void 0 ? {} : { runTimeMs },
			...outcome === void 0 ? {} : { outcome }
		},
		ids: world.ids.dump(),
		counters: saveCounters(world, horizon),
		resources: saveResources(world.resources),
		cache: [...world.cache].map(saveStored),
		idempotency: [...world.idempotency].map(saveStored),
		warned: [...world.warned]
	};
}
function countingOf({ algorithm, window, partitionBy, scale, options }) {
	return {
		algorithm: algorithm.name,
		window: sorted(window),
		partitionBy,
		scale,
		holds: options["holds"] ?? null
	};
}
function saveCounters({ provider, store, resources }, horizon) {
	const tables = store.dump();
	const jobs = new Set([...resources.jobs()].map(({ item }) => item.id));
	return Object.fromEntries(provider.policies.flatMap((policy) => {
		const { algorithm, id } = policy;
		const params = paramsFor(policy, 0);
		const buckets = (tables[id] ?? []).map(([partition, state]) => [partition, algorithm.kept ? algorithm.kept(state, (lease) => jobs.has(lease)) : state]).filter(([, state]) => algorithm.expiresAt(params, state) > horizon);
		return buckets.length === 0 ? [] : [[id, {
			counts: countingOf(policy),
			buckets
		}]];
	}));
}
function saveResources(resources) {
	const collections = {};
	for (const { collection, scope, shelf } of resources.shelves()) {
		collections[collection] ??= [];
		collections[collection].push({
			scope,
			items: [...shelf.items.values()].map(orderedItem),
			shared: shelf.shared
		});
	}
	return {
		serial: resources.serial,
		collections,
		credentials: [...resources.credentials].map(([key, { account, revoked }]) => ({
			key,
			account,
			revoked
		}))
	};
}
function orderedItem({ id, createdAt, serial, data, updatedAt, uniqueKeys, job }) {
	const item = {
		id,
		createdAt,
		serial,
		data,
		updatedAt,
		uniqueKeys
	};
	return job ? {
		...item,
		job: orderedJob(job)
	} : item;
}
function orderedJob({ endsAt, outcome, holds, webhook }) {
	return {
		endsAt,
		outcome,
		holds: holds.map(({ policy, partition }) => ({
			policy,
			partition
		})),
		...webhook ? { webhook: {
			url: webhook.url,
			base: webhook.base
		} } : {}
	};
}
function saveStored([key, stored]) {
	const { status, body, contentType, storedAt, fingerprint } = stored;
	return [key, {
		status,
		body,
		contentType,
		storedAt,
		fingerprint
	}];
}
function orderedFault(fault) {
	return sorted({
		...fault,
		match: sorted(fault.match)
	});
}
function sorted(map) {
	return Object.fromEntries(Object.entries(map).sort(([a], [b]) => a < b ? -1 : 1));
}
// src/sandbox/snapshot/read-world.ts
function readWorld(node, world, now) {
	const { provider } = world;
	const { accounts, jobDefaults, ids, counters, resources, cache, idempotency, warned } = node.fields([
		"accounts",
		"jobDefaults",
		"ids",
		"counters",
		"resources",
		"cache",
		"idempotency",
		"warned"
	]);
	const { runTimeMs, outcome } = jobDefaults.fields([], ["runTimeMs", "outcome"]);
	const [state, made] = ids.tuple(2);
	const { serial, collections, credentials } = resources.fields([
		"serial",
		"collections",
		"credentials"
	]);
	return {
		accounts: accounts.list().map((one) => readAccount(one, world)),
		jobDefaults: {
			...runTimeMs ? { runTimeMs: runTimeMs.number() } : {},
			...outcome ? { outcome: outcome.text() } : {}
		},
		ids: [state.count(), made.count()],
		counters: Object.fromEntries([...counters.map()].map(([id, counter]) => {
			return [id, readCounter(counter, provider.policy.get(id) ?? unknown(counter, "policy", id, [...provider.policy.keys()], world), now)];
		})),
		serial: serial.count(),
		shelves: readCollections(collections, provider),
		credentials: credentials.list().map((one) => {
			const { key, account, revoked } = one.fields([
				"key",
				"account",
				"revoked"
			]);
			return [key.text(), {
				account: account.text(),
				revoked: revoked.flag()
			}];
		}),
		cache: cache.list().map(readStored),
		idempotency: idempotency.list().map(readStored),
		warned: warned.list().map((one) => one.text())
	};
}
function unknown(node, what, name, known, { provider }) {
	node.wrong(`${provider.id} has no ${what} "${name}"; ${suggest(name, known)}`, `unknown-${what}`);
}
function readAccount(node, world) {
	const { id, plan, quotas, keys } = node.fields([
		"id",
		"plan",
		"quotas",
		"keys"
	]);
	const { profile, policy: policies } = world.provider;
	const name = plan.text();
	if (!Object.hasOwn(profile.plans, name)) unknown(plan, "plan", name, Object.keys(profile.plans), world);
	return {
		id: id.text(),
		plan: name,
		quotas: Object.fromEntries([...quotas.map()].map(([policy, amount]) => {
			if (!policies.has(policy)) unknown(amount, "policy", policy, [...policies.keys()], world);
			if (amount.number() < 0) amount.wrong(`must be a number from 0 up, not ${amount.number()}; mend it`);
			return [policy, amount.number()];
		})),
		keys: keys.list().map((key) => key.text())
	};
}
function readCounter(node, policy, now) {
	const { counts, buckets } = node.fields(["counts", "buckets"]);
	const current = countingOf(policy);
	const then = counts.fields([
		"algorithm",
		"window",
		"partitionBy",
		"scale",
		"holds"
	]);
	for (const [name, here] of Object.entries(current)) {
		const there = then[name];
		if (canonical(there.value) === canonical(here)) continue;
		const detail = `${policy.id} counts otherwise now (${name} ${canonical(here)}, not ${canonical(there.value)}); serve the profile with the variants, settings and compression that it was saved with`;
		there.wrong(detail, "counts-otherwise");
	}
	return buckets.list().map((bucket) => {
		const [partition, state] = bucket.tuple(2);
		return [readPartition(partition, policy), readState(state, policy, now)];
	});
}
function canonical(value) {
	if (!(value !== null && typeof value === "object" && !Array.isArray(value))) return JSON.stringify(value);
	return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)));
}
function readState(node, policy, now) {
	const { id, algorithm } = policy;
	const state = algorithm.revive(node.value);
	const resetAt = state === void 0 ? NaN : algorithm.peek(paramsFor(policy, 0), state, 0, now).resetAt ?? now;
	if (Number.isNaN(new Date(resetAt).getTime())) node.wrong(`is not what ${id} (${algorithm.name}) keeps of a bucket; save the snapshot again`);
	return state;
}
function readStored(node) {
	const [key, stored] = node.tuple(2);
	const { status, body, contentType, storedAt, fingerprint } = stored.fields([
		"status",
		"storedAt",
		"fingerprint"
	], ["body", "contentType"]);
	if (status.count() < 200 || status.count() > 599) status.wrong("must be a status from 200 to 599; mend it");
	return [key.text(), {
		status: status.count(),
		body: body?.value,
		contentType: contentType?.text(),
		storedAt: storedAt.instant(),
		fingerprint: fingerprint.text()
	}];
}
// src/sandbox/snapshot/read.ts
function checkVersion(snapshot) {
	const { format, version } = snapshot ?? {};
	if (format !== "mock429-snapshot") throw new Problem(400, "not-a-snapshot", `this is no snapshot, whose format is "${SNAPSHOT_FORMAT}"; save one (GET /snapshot) and give that`, "format");
	if (version === 1) return;
	const newer = Number.isSafeInteger(version) && version > 1;
	const detail = newer ? `the snapshot is of version ${version}, and this mock429 reads 1; restore it with a newer mock429, or save it anew with this one` : `must be 1, not ${JSON.stringify(version) ?? "nothing"}; save the snapshot again`;
	throw new Problem(400, newer ? "newer-version" : "bad-version", detail, "version");
}
function readSnapshot(snapshot, worlds, real, checkFault) {
	checkVersion(snapshot);
	const { clock, requests, faults, profiles, journal } = new Node(fromPlain(snapshot)).fields([
		"format",
		"version",
		"clock",
		"requests",
		"faults",
		"profiles"
	], ["journal"]);
	const state = readClock(clock, real);
	return {
		clock: state,
		requests: requests.count(),
		faults: readFaults(faults, worlds, checkFault),
		worlds: new Map([...profiles.map()].map(([id, node]) => [id, readWorld(node, findWorld(worlds, id, 400, node.path), state.now ?? real)])),
		journal: journal ? readJournal(journal, [...worlds.keys()]) : []
	};
}
function readClock(node, real) {
	const { mode, now, realNow, rate } = node.fields([
		"mode",
		"now",
		"realNow",
		"rate"
	]);
	const state = {
		mode: mode.oneOf("system", "frozen", "offset"),
		now: now.orNull((one) => one.instant()),
		realNow: realNow.orNull((one) => one.instant()),
		rate: rate.number()
	};
	if (state.rate < 0 || state.rate > 1e6) rate.wrong(`must be from 0 to 1000000, not ${state.rate}; mend it`);
	if (state.now === null !== (state.mode === "system")) now.wrong(`a clock whose mode is ${state.mode} ${state.now === null ? "shows an instant; give it" : "has none; write null"}`);
	if (state.realNow === null !== (state.mode !== "offset")) realNow.wrong(`is for a clock that runs by itself (offset), not for one that is ${state.mode}; mend either`);
	const shown = state.now === null ? real : state.now + (real - (state.realNow ?? real)) * state.rate;
	if (shown < EARLIEST_MS || shown > LATEST_MS) now.wrong("the clock would have run beyond what it can show; freeze it before saving, or mend it", "clock-out-of-range");
	return state;
}
function readFaults(node, worlds, checkFault) {
	const { made, list } = node.fields(["made", "list"]);
	return {
		made: made.count(),
		list: list.list().map((one) => {
			const { id, matched, used, expiresAt, ...spec } = Object.fromEntries(one.map());
			const field = (name, found) => found ?? new Node(void 0, `${one.path}.${name}`);
			const checked = checkedFault(one, spec, checkFault);
			const { profile } = checked.match ?? {};
			if (profile !== void 0) findWorld(worlds, profile, 400, `${one.path}.match.profile`);
			if (expiresAt && Number.isNaN(Date.parse(expiresAt.text()))) expiresAt.wrong("is not an instant; write ISO 8601 (2026-05-12T08:00:00Z)");
			return {
				...checked,
				match: checked.match ?? {},
				id: field("id", id).text(),
				matched: field("matched", matched).count(),
				used: field("used", used).count(),
				...expiresAt ? { expiresAt: expiresAt.text() } : {}
			};
		})
	};
}
function checkedFault(one, spec, checkFault) {
	const input = Object.fromEntries(Object.entries(spec).map(([name, { value }]) => [name, value]));
	try {
		return checkFault(input);
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		const path = [one.path, error.field].filter((part) => part !== void 0 && part !== "").join(".");
		throw new Problem(400, error.code, error.detail, path);
	}
}
// src/sandbox/snapshot/restore.ts
function restoreSandbox(core, worlds, { clock, faults, worlds: saved, journal }, beginning) {
	for (const world of worlds.values()) {
		clearWorld(world, beginning.maxBuckets);
		world.accounts.load(beginning.accounts(world).list());
	}
	core.jobs.restart(worlds.values());
	core.faults.load(faults);
	core.journal.load(journal);
	core.clock.load(clock);
	for (const [id, world] of saved) fill(worlds.get(id), world);
	core.jobs.restart(worlds.values());
	for (const world of worlds.values()) resumeWebhooks(core, world);
	core.emit({
		type: "reset",
		at: core.clock.now(),
		data: {
			clock: true,
			accounts: true
		}
	});
}
function fill(world, saved) {
	const { store, resources, ids, accounts, cache, idempotency, warned } = world;
	accounts.load(saved.accounts);
	world.jobDefaults = saved.jobDefaults;
	ids.load(saved.ids);
	store.load(world.provider.policies, saved.counters);
	resources.serial = saved.serial;
	for (const { collection, scope, items, shared } of saved.shelves) (resources.find(collection, scope) ?? resources.open(collection, scope, [])).load(items, shared);
	for (const [key, issued] of saved.credentials) resources.credentials.set(key, issued);
	for (const [key, stored] of saved.cache) cache.set(key, stored);
	for (const [key, stored] of saved.idempotency) idempotency.set(key, stored);
	for (const window of saved.warned) warned.add(window);
}
// src/sandbox/waits.ts
var Waits = class {
	journal;
	#open = new Set();
	constructor(journal) {
		this.journal = journal;
	}
	get size() {
		return this.#open.size;
	}
	until({ count, already, fits, ms, signal }) {
		if (already >= count || signal?.aborted) return Promise.resolve();
		return new Promise((resolve) => {
			let seen = already;
			const finish = () => {
				clearTimeout(timer);
				unwatch();
				signal?.removeEventListener("abort", finish);
				this.#open.delete(finish);
				resolve();
			};
			const timer = setTimeout(finish, ms);
			const unwatch = this.journal.watch({
				added(entry) {
					if (fits(entry)) seen += 1;
					if (seen >= count) finish();
				},
				cleared() {
					seen = 0;
				}
			});
			signal?.addEventListener("abort", finish);
			this.#open.add(finish);
		});
	}
	end() {
		for (const finish of [...this.#open]) finish();
	}
};
// src/sandbox/sandbox.ts
var Sandbox = class {
	name;
	clock;
	journal;
	faults;
	events;
	jobs;
	#waits;
	#worlds = new Map();
	#core;
	#options;
	#requests = 0;
	#held = 0;
	constructor(name, options) {
		this.name = name;
		this.#options = options;
		this.clock = new Clock(options.clock);
		this.journal = new Journal(rowShape(options.providers.map(({ policies }) => policies.length)), options.journalSize);
		this.faults = new Faults(this.clock);
		this.#waits = new Waits(this.journal);
		const jobs = new JobWatch(this.clock, (event) => this.events.emit(event));
		this.events = new Events((error) => options.log("warn", `a listener failed: ${String(error)}`), (listeners) => jobs.listen(listeners > 0), (row) => this.journal.entry(row));
		this.journal.onForget(() => this.events.settle());
		for (const provider of options.providers) this.#worlds.set(provider.id, createWorld(name, provider, options.plans[provider.id], options.maxBuckets));
		this.#core = {
			name,
			clock: this.clock,
			journal: this.journal,
			faults: this.faults,
			jobs,
			prefer: options.prefer ?? true,
			log: options.log,
			deliver: options.deliver,
			nextRequest: () => {
				this.#requests += 1;
				return this.#requests;
			},
			emit: (event) => {
				jobs.catchUp();
				this.events.emit(event);
			}
		};
		this.jobs = new Jobs(this.#core, this.#worlds);
		this.clock.onMove((reading) => this.#core.emit({
			type: "clock",
			at: reading.epochMs,
			data: reading
		}));
	}
	get profiles() {
		return [...this.#worlds.keys()];
	}
	handle(profile, arrival, port) {
		return exchange(this.#core, this.#worlds.get(profile), arrival, port);
	}
	get seen() {
		return this.#requests;
	}
	hold(port) {
		this.#held += 1;
		port.onDone(() => {
			this.#held -= 1;
		});
	}
	get inUse() {
		return this.#held > 0 || this.#waits.size > 0 || this.events.listeners > 0;
	}
	async setClock(change) {
		await this.clock.set(checkClockChange(change));
		return this.clock.read();
	}
	async advanceClock(by) {
		await this.clock.advance(checkAdvance(by, this.clock.now()));
		return this.clock.read();
	}
	reset({ clock = false, accounts = false } = {}) {
		for (const world of this.#worlds.values()) {
			clearWorld(world, this.#options.maxBuckets);
			if (accounts) world.accounts.load(initialAccounts(world.provider, this.#options.plans[world.provider.id]).list());
		}
		this.#core.jobs.restart(this.#worlds.values());
		this.faults.remove();
		this.journal.clear();
		if (clock) this.clock.reset();
		this.#core.emit({
			type: "reset",
			at: this.clock.now(),
			data: {
				clock,
				accounts
			}
		});
	}
	quotas() {
		return [...this.#worlds.values()].flatMap((world) => listQuotas(world, instantOf$1(this.#core)));
	}
	setQuota(change) {
		return changeQuota(this.#worlds, change, instantOf$1(this.#core));
	}
	defaultQuota(profile, policy) {
		return defaultQuota(this.#world(profile), policy);
	}
	setAccount(profile, id, change) {
		return changeAccount(this.#world(profile), id, change);
	}
	accounts(profile) {
		return this.#world(profile).accounts.list();
	}
	addFault({ match = {}, ...spec }) {
		const { profile, operationId } = match;
		if (profile !== void 0) this.#world(profile, 400, "match.profile");
		if (operationId !== void 0) checkOperation(this.#worlds, operationId, profile, "match.operationId");
		return this.faults.add({
			...spec,
			match
		});
	}
	inFlight() {
		return [...this.#worlds.values()].flatMap(listInFlight);
	}
	requests(filter = {}) {
		return compileQuery(filter, this.journal, this.#worlds).select();
	}
	async waitForRequests(wait, signal) {
		const query = compileQuery(wait, this.journal, this.#worlds);
		await this.#waits.until({
			...checkWait(wait, this.journal),
			already: query.count(),
			fits: query.fits,
			signal
		});
		return query.select();
	}
	explain(request) {
		const entry = findEntry(this.journal, request);
		return explainRequest(entry, this.#world(entry.profile).provider);
	}
	snapshot(options = {}) {
		return saveSandbox(this.#core, this.#worlds, this.#requests, options);
	}
	restore(snapshot, checkFault) {
		const read = readSnapshot(snapshot, this.#worlds, this.clock.real(), checkFault);
		this.#requests = read.requests;
		const { maxBuckets, plans } = this.#options;
		const accounts = ({ provider }) => initialAccounts(provider, plans[provider.id]);
		restoreSandbox(this.#core, this.#worlds, read, {
			maxBuckets,
			accounts
		});
	}
	provider(profile) {
		return this.#world(profile).provider;
	}
	replaceProvider(provider) {
		this.#worlds.set(provider.id, succeed(this.#world(provider.id), provider, this.#options.plans[provider.id]));
	}
	async close() {
		await this.clock.flush();
		this.clock.stop();
		this.#waits.end();
		this.events.end();
	}
	end() {
		this.reset();
		this.clock.stop();
		this.#waits.end();
		this.events.end();
	}
	#world(profile, status = 404, field = "profile") {
		return findWorld(this.#worlds, profile, status, field);
	}
};
// ../../tmp/hot/live-entry.ts
const filter = process.argv[2] ?? "";
const P = 1e9;
const J = "application/json";
const S = new Session();
S.connect();
const cases = [
	[
		"klinky 200",
		"klinky",
		["account-hour"],
		"GET",
		"/api/v1/public/links/550e8400-e29b-41d4-a716-446655440000",
		"",
		{ "x-api-key": "klinky_live_bench" }
	],
	[
		"klinky 429",
		"klinky",
		[],
		"GET",
		"/api/v1/public/links/550e8400-e29b-41d4-a716-446655440000",
		"",
		{ "x-api-key": "klinky_live_bench" }
	],
	[
		"aiclicks 200",
		"aiclicks",
		["key-minute"],
		"GET",
		"/api/v1/domains",
		"",
		{ authorization: "Bearer ak_live_bench" }
	],
	[
		"acrely 200",
		"acrely",
		["key-hour"],
		"GET",
		"/api/v1/leads",
		"campaignId=bench",
		{ "x-api-key": "sk_test_bench" }
	],
	[
		"fulldom 200",
		"full-domination",
		[
			"token-minute",
			"workspace-minute",
			"token-day",
			"workspace-day",
			"token-in-flight"
		],
		"GET",
		"/v1/audits/aud_01HSXX",
		"",
		{ authorization: "Bearer ad_live_bench" }
	],
	[
		"fulldom 429",
		"full-domination",
		["token-in-flight"],
		"GET",
		"/v1/audits/aud_01HSXX",
		"",
		{ authorization: "Bearer ad_live_bench" }
	],
	[
		"prediction 200",
		"prediction",
		["key-minute"],
		"GET",
		"/v1/models/flux-kontext-max",
		"",
		{ authorization: "Bearer sk_live_bench" }
	],
	[
		"klinky POST",
		"klinky",
		["account-hour"],
		"POST",
		"/api/v1/public/links",
		"",
		{
			"x-api-key": "klinky_live_bench",
			"content-type": J
		},
		JSON.stringify({
			name: "Headline test",
			variants: [{
				label: "control",
				destination_url: "https://example.com/home",
				weight: 50
			}, {
				label: "new",
				destination_url: "https://example.com/home-v2",
				weight: 50
			}]
		})
	],
	[
		"acrely POST",
		"acrely",
		["key-hour"],
		"POST",
		"/api/v1/leads",
		"",
		{
			"x-api-key": "sk_test_bench",
			"content-type": J
		},
		JSON.stringify({
			campaignId: "bench",
			phoneNumber: "+1555{n}",
			metadata: { source: "bench" },
			priority: 1
		})
	],
	[
		"fulldom POST",
		"full-domination",
		[
			"token-minute",
			"workspace-minute",
			"token-day",
			"workspace-day",
			"token-in-flight"
		],
		"POST",
		"/v1/content/draft",
		"",
		{
			authorization: "Bearer ad_live_bench",
			"content-type": J
		},
		JSON.stringify({ briefs: [{
			title: "A brief",
			targetPrompt: "best CRM",
			outlineAngle: "prices"
		}] })
	],
	[
		"prediction POST",
		"prediction",
		["key-minute"],
		"POST",
		"/v1/estimate",
		"",
		{
			authorization: "Bearer sk_live_bench",
			"content-type": J
		},
		JSON.stringify({
			owner: "black-forest-labs",
			model: "flux-kontext-max",
			input: { prompt: "a cat" }
		})
	]
];
for (const [name, id, raised, method, path, rawQuery, headers, body] of cases) {
	if (!new RegExp(filter).test(name)) continue;
	const providers = await loadProviders({
		profile: id,
		set: raised.map((p) => `policies.${p}.quota=${P}`)
	});
	const make = () => new Sandbox("", {
		providers,
		plans: {},
		clock: {},
		log: () => {},
		journalSize: +(process.env.JS ?? 1e4),
		deliver: async () => {}
	});
	let sandbox = make();
	let n = 0;
	const one = () => {
		n++;
		const text = body === void 0 ? "" : body.includes("{n}") ? body.replace("{n}", String(1e8 + n)) : body;
		const done = [];
		const arrival = {
			method,
			path,
			rawQuery,
			header: (k) => headers[k.toLowerCase()],
			ip: "127.0.0.1",
			beganAt: 1.5 + n,
			body: {
				text,
				tooLarge: false
			}
		};
		const a = sandbox.handle(id, arrival, { onDone: (f) => done.push(f) });
		for (const f of done) f();
		return a;
	};
	for (let i = 0; i < 2e4; i++) one();
	S.post("HeapProfiler.enable");
	S.post("HeapProfiler.startSampling", { samplingInterval: 2048 });
	const N = 6e4;
	for (let i = 0; i < N; i++) one();
	globalThis.gc();
	S.post("HeapProfiler.getSamplingProfile", (e, { profile }) => {
		const m = new Map();
		const walk = (n) => {
			const k = n.callFrame.functionName + " :" + n.callFrame.lineNumber;
			m.set(k, (m.get(k) ?? 0) + n.selfSize);
			n.children.forEach(walk);
		};
		walk(profile.head);
		const tot = [...m.values()].reduce((a, b) => a + b, 0);
		console.log(name, "bytes per request", (tot / N).toFixed(0));
		console.log([...m].sort((x, y) => y[1] - x[1]).slice(0, 16).map(([k, v]) => (v / N).toFixed(0).padStart(6) + " B " + k).join("\n"));
	});
	S.post("HeapProfiler.stopSampling");
}
export {};
