import { $ as parseDuration, A as TemplateError, B as OpenApiDocument, F as FACT_ROOTS, K as findProfile, M as FORMAT_NAMES, Q as formatDuration, S as listOf$1, V as isObject, X as nearest, Y as ProfileError, Z as suggest, b as duration$1, d as behaviour, f as behaviours, g as exampleNames, h as globPattern, j as compileTemplate, n as compileWindow, o as algorithm, q as shownPath, s as algorithms, t as compileProvider, v as conditionSchema$1, x as json$1, y as cost$1, z as DocumentError } from "./provider-_HVhLIKw.js";
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
// src/openapi/references.ts
const DATA = new Set([
	"example",
	"default",
	"enum",
	"const",
	"value"
]);
const NAMES = new Set([
	"properties",
	"patternProperties",
	"schemas",
	"$defs",
	"definitions"
]);
function checkReferences(document) {
	walk$1(document, document.root, []);
}
function walk$1(document, value, path) {
	if (Array.isArray(value)) {
		if (path.at(-1) === "examples") return;
		for (const [i, item] of value.entries()) if (isNested(item)) walk$1(document, item, [...path, String(i)]);
		return;
	}
	if (!isObject(value)) return;
	if (typeof value["$ref"] === "string") document.follow(value, [], path);
	const named = NAMES.has(path.at(-1) ?? "");
	for (const [key, inner] of Object.entries(value)) {
		if (!isNested(inner) || DATA.has(key) && !named || key.startsWith("x-")) continue;
		walk$1(document, inner, [...path, key]);
	}
}
function isNested(value) {
	return value !== null && typeof value === "object";
}
function knows(later, earlier) {
	const { leftAt } = earlier.entry;
	return leftAt !== null && leftAt <= later.entry.beganAt;
}
function waited(later, earlier) {
	return later.entry.at - earlier.entry.sentAt;
}
function toldUntil({ entry: { sentAt, retryAfter } }) {
	return retryAfter === void 0 ? void 0 : sentAt + retryAfter * 1e3;
}
function dueAt(call) {
	const until = toldUntil(call);
	const reset = call.entry.told.find(({ policy }) => policy === call.entry.refusedBy)?.resetAt;
	return until !== void 0 && reset != null && reset < until && until - reset < 1e3 ? reset : until;
}
function refusing({ entry: { decisions, refusedBy } }) {
	return refusedBy === void 0 ? void 0 : decisions.find(({ policy }) => policy === refusedBy);
}
function attempts(last) {
	const chain = [];
	for (let call = last; call; call = call.repeats) chain.push(call);
	return chain.reverse();
}
function takenFrom({ entry: { decisions } }) {
	return decisions.filter(({ cost }) => cost > 0);
}
function standing(call, bucket) {
	return `${bucket} ${call.caller}`;
}
// src/verdict/group.ts
function listIn(lists, key) {
	const known = lists.get(key);
	if (known) return known;
	const made = [];
	lists.set(key, made);
	return made;
}
function groupBy(all, keyOf) {
	const lists = new Map();
	for (const one of all) listIn(lists, keyOf(one)).push(one);
	return lists;
}
// src/verdict/check.ts
function defineCheck(check) {
	return check;
}
function perCaller(incidents, says, weight = () => 0) {
	return [...groupBy(incidents, ({ call }) => call.caller).values()].map((all) => {
		const gravest = all.reduce((most, one) => weight(one) > weight(most) ? one : most);
		const calls = new Set(all.flatMap((incident) => [...incident.with ?? [], incident.call]));
		return {
			caller: gravest.call.who,
			says: says(gravest, all),
			times: all.length,
			calls: [...calls].sort((a, b) => a.number - b.number)
		};
	});
}
// src/verdict/limited.ts
const FEW = 10;
const SMALL_SHARE = .1;
function waitsForLimits(calls) {
	const ends = new Map();
	for (const call of calls) for (const end of endsTold(call)) listIn(ends, call.caller).push(end);
	for (const all of ends.values()) all.sort((a, b) => a - b);
	return (caller, from, to) => {
		const all = ends.get(caller) ?? [];
		const next = all[firstAfter(all, from)];
		return next !== void 0 && next <= to;
	};
}
function endsTold(call) {
	const { decisions, told } = call.entry;
	const due = refusing(call) && dueAt(call);
	const resets = told.flatMap(({ policy, remaining, resetAt }) => {
		const limit = decisions.find((one) => one.policy === policy)?.limit ?? 0;
		return resetAt !== null && (remaining < FEW || remaining <= SMALL_SHARE * limit) ? [resetAt] : [];
	});
	return due === void 0 ? resets : [...resets, due];
}
function firstAfter(sorted, at) {
	let [low, high] = [0, sorted.length];
	while (low < high) {
		const middle = low + high >> 1;
		if (sorted[middle] > at) high = middle;
		else low = middle + 1;
	}
	return low;
}
// src/verdict/view.ts
function chains({ calls }) {
	return calls.filter((call) => !call.repeatedBy && call.repeats).map(attempts);
}
// src/verdict/words.ts
function time(ms) {
	if (Math.round(ms) < 1e3) return formatDuration(Math.round(ms));
	return formatDuration(ms < 59950 ? Math.round(ms / 100) * 100 : Math.round(ms / 1e3) * 1e3);
}
function times(all) {
	return all.length === 1 ? "" : `, ${all.length} times`;
}
function count(n, noun) {
	return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
function on({ who }) {
	return who === "no credential" ? "without a credential" : `on ${who}`;
}
function what({ entry: { method, path } }) {
	return `${method} ${pathOf(path)}`;
}
function pathOf(path) {
	return path.split("?", 1)[0];
}
function named(names, noun) {
	if (names.length > 3) return count(names.length, noun);
	return names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
// src/verdict/checks/conflated-backoff.ts
const GROWS_FROM = 1.6;
const GROWS_TO = 2.6;
const JITTER_MS = 2e3;
const JITTER = .25;
const TELLING_MS = 5e3;
const conflatedBackoff = defineCheck({
	title: "Waited for a refusal as for a failure, or the other way round",
	severity: "warn",
	options: (z) => z.strictObject({}),
	find(view) {
		const waitedForLimit = waitsForLimits(view.calls);
		return perCaller(chains(view).flatMap((chain) => judge(chain, waitedForLimit)), ({ call, says }, all) => `${says}, ${on(call)}${times(all)}`);
	}
});
function judge(chain, waitedForLimit) {
	let told;
	let backoff;
	for (const [i, call] of chain.entries()) {
		const before = chain[i - 1];
		if (!before) continue;
		const wait = waited(call, before);
		const { retryAfter } = before.entry;
		let says;
		if (before.outcome === "refused") {
			told = retryAfter === void 0 ? void 0 : retryAfter * 1e3;
			if (chain[i - 2]?.outcome === "failed") says = likeAFailure(wait, told, backoff);
		} else if (before.outcome === "failed" && !waitedForLimit(call.caller, before.entry.sentAt, call.entry.at)) {
			if (retryAfter === void 0) says = likeARefusal(wait, told, backoff);
			backoff = wait;
		}
		if (says !== void 0) return [{
			call,
			with: chain.slice(0, i + 1),
			says
		}];
	}
	return [];
}
function likeAFailure(wait, told, backoff) {
	if (told === void 0 || !grows(wait, backoff)) return void 0;
	if (wait >= told && wait - told <= Math.max(JITTER_MS, JITTER * told)) return void 0;
	return `told to wait ${time(told)}, it waited ${time(wait)}, about twice the ${time(backoff)} that it had waited after a failure`;
}
function likeARefusal(wait, told, backoff) {
	if (told === void 0 || wait < TELLING_MS || grows(wait, backoff)) return void 0;
	return Math.abs(wait - told) <= Math.max(50, .05 * told) ? `after a failure, it waited ${time(wait)}, as it had been told for a refusal` : void 0;
}
function grows(wait, backoff) {
	return backoff !== void 0 && backoff > 0 && wait >= GROWS_FROM * backoff && wait <= GROWS_TO * backoff;
}
// src/verdict/checks/gave-up.ts
const gaveUp = defineCheck({
	title: "Gave up",
	severity: "warn",
	options: (z, duration) => z.strictObject({ slack: duration.prefault("1m").describe("So long beyond what was told it is taken to have given up, while a client may still come") }),
	find(view, { slack }) {
		const done = new Map();
		for (const call of view.calls) if (call.outcome !== "refused") for (const name of namesOf$1(call)) done.set(name, call.number);
		const last = new Map();
		for (const call of view.calls) if (canComeBack(call) && !call.repeatedBy && !namesOf$1(call).some((name) => (done.get(name) ?? -1) > call.number)) last.set(call.same, call);
		return perCaller([...last.values()].filter((call) => isOver(view, call, slack)).map((call) => {
			const all = attempts(call);
			return {
				call,
				with: all,
				tried: all.length
			};
		}), ({ call, tried }, all) => {
			const others = all.length === 1 ? "" : `, and on ${count(all.length - 1, "other request")}`;
			return `gave up on ${what(call)} after ${tried === 1 ? "1 try" : `${tried} tries`}${others}, ${on(call)}`;
		}, ({ tried }) => tried);
	}
});
function namesOf$1({ same, account, entry: { method, path, bodyHash } }) {
	return account === "" ? [same] : [same, JSON.stringify([
		account,
		method,
		path,
		bodyHash
	])];
}
function canComeBack({ outcome, entry: { status, retryAfter } }) {
	return outcome === "refused" && (status === 429 || retryAfter !== void 0);
}
function isOver({ ended, now }, call, slack) {
	return ended || now > (toldUntil(call) ?? call.entry.sentAt) + slack;
}
// src/verdict/checks/hammering.ts
const hammering = defineCheck({
	title: "Went on against a closed door",
	severity: "error",
	options: (z, duration) => z.strictObject({
		refusals: z.int().min(2).default(3).describe("So many in a row are too many"),
		pause: duration.prefault("1s").describe("A wait of so long is a pause, and so is whatever the refusal told to wait")
	}),
	find({ timeline }, { refusals, pause }) {
		const newest = new Map();
		const placed = new Map();
		const runs = [];
		for (const { call, answered } of timeline) if (answered) {
			if (call.outcome === "refused") newest.set(place(call), call);
			else for (const one of [call.same, ...bucketsOf(call)]) newest.delete(one);
		} else if (call.outcome === "refused") {
			const before = newest.get(place(call));
			const known = before && goesOn(call, before, pause) ? placed.get(before) : void 0;
			const run = known?.run ?? {
				first: call,
				all: [],
				last: call,
				length: 0
			};
			const length = (known?.length ?? 0) + 1;
			if (!known) runs.push(run);
			run.all.push(call);
			placed.set(call, {
				run,
				length
			});
			if (length > run.length) Object.assign(run, {
				last: call,
				length
			});
		}
		return perCaller(runs.filter(({ length }) => length >= refusals).map((run) => ({
			call: run.last,
			with: run.all,
			run
		})), ({ call, run: { first, length } }, all) => {
			const within = time(Math.max(0, call.entry.at - first.entry.at));
			const more = all.length === 1 ? "" : `, and in ${count(all.length - 1, "other row")}`;
			return `was refused ${length} times in a row within ${within}, ${on(call)}${more}`;
		}, ({ run }) => run.length);
	}
});
function place(call) {
	const bucket = refusing(call)?.bucket;
	return bucket === void 0 ? call.same : standing(call, bucket);
}
function bucketsOf(call) {
	return takenFrom(call).map(({ bucket }) => standing(call, bucket));
}
function goesOn(call, before, pause) {
	const gap = waited(call, before);
	const due = dueAt(before);
	return gap >= 0 && gap < pause && !(due !== void 0 && call.entry.at >= due);
}
// src/verdict/checks/ignored-remaining.ts
const ignoredRemaining = defineCheck({
	title: "Sent on although nothing was left",
	severity: "warn",
	options: (z) => z.strictObject({}),
	find({ timeline }) {
		const informed = new Map();
		const incidents = [];
		for (const { call, answered } of timeline) {
			if (answered) {
				for (const { policy } of call.entry.told) {
					const decision = call.entry.decisions.find((one) => one.policy === policy);
					if (decision) informed.set(standing(call, decision.bucket), call);
				}
				continue;
			}
			for (const { bucket, policy, allowed } of takenFrom(call)) {
				const last = informed.get(standing(call, bucket));
				const told = last?.entry.told.find((one) => one.policy === policy);
				if (!last || allowed || last.outcome === "refused" || told?.remaining !== 0 || told.resetAt === null) continue;
				const earlyMs = told.resetAt - call.entry.at;
				if (earlyMs <= 0 || waited(call, last) < 0) continue;
				incidents.push({
					call,
					with: [last],
					earlyMs
				});
				break;
			}
		}
		return perCaller(incidents, ({ call, earlyMs }, all) => `sent on with 0 left, ${time(earlyMs)} before the reset, and was refused, ${on(call)}${times(all)}`, ({ earlyMs }) => earlyMs);
	}
});
// src/verdict/checks/turns.ts
const AT_ONCE_MS = 1e3;
const IN_TURN = .9;
function takenByTurns(calls, policy) {
	const windows = groupBy(calls.filter(({ account, entry }) => account !== "" && entry.admitted), (call) => `${decisionOf$1(call, policy)?.resetAt} ${call.account}`);
	const first = firstOfEach(calls);
	return [...windows.values()].flatMap((all) => {
		const takings = shared(all).flatMap((call) => {
			const decision = decisionOf$1(call, policy);
			if (!decision || decision.charged === 0) return [];
			const { charged: units, limit, remaining } = decision;
			return [{
				call,
				units,
				limit,
				remaining
			}];
		});
		const keys = new Map(takings.map(({ call: { caller, who } }) => [caller, who]));
		const taken = takings.reduce((sum, { units }) => sum + units, 0);
		const limit = takings.reduce((most, one) => Math.max(most, one.limit), 0);
		if (keys.size < 2 || taken <= limit) return [];
		if (!inRotation(takings, keys.size) && !inSuccession(takings, first)) return [];
		return [{
			keys: [...keys.values()],
			calls: takings.map(({ call }) => call),
			taken,
			limit
		}];
	});
}
function firstOfEach(calls) {
	const first = new Map();
	for (const call of calls) if (!first.has(call.caller)) first.set(call.caller, call);
	return new Set(first.values());
}
function shared(calls) {
	const tasks = groupBy(calls, taskOf$1);
	const own = new Set([...tasks.values()].filter((all) => all.length > 1 && all.every(({ caller }) => caller === all[0].caller)).flat());
	return calls.filter((call) => !own.has(call));
}
function inRotation(takings, keys) {
	const following = takings.slice(keys);
	const inTurn = following.filter(({ call }, i) => call.caller === takings[i].call.caller);
	return new Set(takings.slice(0, keys).map(({ call }) => call.caller)).size === keys && following.length > 0 && inTurn.length >= IN_TURN * following.length;
}
function inSuccession(takings, first) {
	return takings.some(({ call }, i) => {
		const before = takings[i - 1];
		if (!first.has(call) || !before || before.remaining > 0 || !knows(call, before.call)) return false;
		const gap = waited(call, before.call);
		return gap >= 0 && gap < AT_ONCE_MS && !beginsAnew(takings, before.call.caller, call.caller);
	});
}
function beginsAnew(takings, first, second) {
	const tasksOf = (key) => groupBy(takings.filter(({ call }) => call.caller === key), ({ call }) => taskOf$1(call));
	const former = tasksOf(first);
	return [...tasksOf(second).keys()].some((task) => former.get(task)?.length === 1);
}
function taskOf$1({ entry: { method, path, bodyHash } }) {
	return JSON.stringify([
		method,
		path,
		bodyHash
	]);
}
function decisionOf$1({ entry }, policy) {
	return entry.decisions.find((one) => one.policy === policy);
}
// src/verdict/checks/key-spreading.ts
const keySpreading = defineCheck({
	title: "Used several keys to get round a limit",
	severity: "error",
	options: (z) => z.strictObject({ policy: z.string().describe("The policy that limits each key") }),
	references: ({ policy }) => ({ policies: [policy] }),
	find(view, { policy }) {
		return [...moved(view, policy), ...spread(view, policy)].slice(0, 1);
	}
});
function moved({ timeline, beheaded }, policy) {
	const refused = new Map();
	const asked = new Set();
	const moves = [];
	for (const { call, answered } of timeline) {
		if (call.account === "") continue;
		const task = taskOf(call);
		if (answered) {
			if (call.entry.refusedBy !== policy || !refusing(call)) continue;
			const others = (refused.get(task) ?? []).filter(({ caller }) => caller !== call.caller);
			refused.set(task, [...others.slice(-1), call]);
			continue;
		}
		const own = `${task} ${call.caller}`;
		const isNew = !asked.has(own) && !(beheaded && call.entry.method === "GET");
		asked.add(own);
		const first = refused.get(task)?.findLast(({ caller }) => caller !== call.caller);
		const due = first && dueAt(first);
		if (isNew && first && due !== void 0 && call.entry.at < due && waited(call, first) >= 0) moves.push({
			first,
			other: call
		});
	}
	const lasting = moves.filter(({ first }) => !first.repeatedBy);
	const [gravest] = lasting;
	if (!gravest) return [];
	const { first, other } = gravest;
	const gap = time(waited(other, first));
	const told = time(first.entry.retryAfter * 1e3);
	const more = lasting.length === 1 ? "" : `, and ${count(lasting.length - 1, "other request")} likewise`;
	return [{
		caller: `${first.who} and ${other.who}`,
		says: `asked ${what(other)} on ${other.who} ${gap} after it was refused on ${first.who} and told to wait ${told}${more}`,
		times: lasting.length,
		calls: ordered(lasting.flatMap((move) => [move.first, move.other]))
	}];
}
function taskOf({ account, entry: { method, path, bodyHash } }) {
	return JSON.stringify([
		account,
		method,
		path,
		bodyHash
	]);
}
function spread({ calls }, policy) {
	const windows = takenByTurns(calls, policy);
	if (windows.length === 0) return [];
	const { keys, taken, limit } = windows.reduce((most, one) => one.taken > most.taken ? one : most);
	const more = windows.length === 1 ? "" : `, and likewise in ${count(windows.length - 1, "other window")}`;
	return [{
		caller: named(keys, "key"),
		says: `took ${taken} in one window by turns on ${named(keys, "key")}, where one key may take ${limit}${more}`,
		times: windows.length,
		calls: ordered(windows.flatMap((one) => one.calls))
	}];
}
function ordered(calls) {
	return [...new Set(calls)].sort((a, b) => a.number - b.number);
}
// src/verdict/checks/missed-304.ts
const missed304 = defineCheck({
	title: "Read again what it had",
	severity: "warn",
	options: (z) => z.strictObject({ operations: z.array(z.string()).optional().describe("Those that are meant; every GET when left out") }),
	references: ({ operations = [] }) => ({ operations }),
	needs: () => "etag",
	find({ timeline }, { operations }) {
		const tagged = new Map();
		const incidents = [];
		for (const { call, answered } of timeline) {
			const { method, operation, conditional, etag, status } = call.entry;
			if (method !== "GET" || operations && !operations.includes(operation ?? "")) continue;
			const given = tagged.get(call.same);
			if (answered) {
				if (etag !== void 0 && status < 400) tagged.set(call.same, call);
			} else if (given && !conditional && call.outcome === "succeeded") incidents.push({
				call,
				with: [given]
			});
		}
		return perCaller(incidents, ({ call }, all) => `read ${what(call)} again without If-None-Match although it had the entity tag, ${on(call)}${times(all)}`);
	}
});
// src/verdict/checks/missed-cache.ts
const WRITES = new Set([
	"POST",
	"PUT",
	"PATCH",
	"DELETE"
]);
const missedCache = defineCheck({
	title: "Asked again for what it could have kept",
	severity: "warn",
	options: (z, duration) => z.strictObject({
		operations: z.array(z.string()).optional().describe("Those that are meant; every GET when left out"),
		within: duration.optional().describe("How long an answer is good; as long as the provider's own cache says HIT when left out")
	}),
	references: ({ operations = [] }) => ({ operations }),
	needs: ({ within }) => within === void 0 ? "cache" : void 0,
	find({ timeline }, { operations, within }) {
		const kept = new Map();
		const incidents = [];
		const missed = new Set();
		for (const { call, answered } of timeline) {
			const { method, operation, cache, conditional, at } = call.entry;
			if (WRITES.has(method) && (call.outcome === "succeeded" || call.outcome === "failed")) kept.delete(call.caller);
			if (method !== "GET" || call.outcome !== "succeeded") continue;
			if (operations && !operations.includes(operation ?? "")) continue;
			const own = kept.get(call.caller) ?? new Map();
			kept.set(call.caller, own);
			if (answered) {
				if (!missed.has(call)) own.set(call.same, call);
				continue;
			}
			const given = own.get(call.same);
			if (!given || conditional) continue;
			const age = at - given.entry.sentAt;
			if (age < 0 || !(within === void 0 ? cache === "HIT" : age < within)) continue;
			missed.add(call);
			incidents.push({
				call,
				with: [given],
				age
			});
		}
		return perCaller(incidents, ({ call, age }, all) => `asked for ${what(call)} again ${time(age)} after the same answer, ${on(call)}${times(all)}`, ({ age }) => -age);
	}
});
// src/verdict/checks/no-backoff.ts
const SAME = .1;
const SAME_MS = 20;
const noBackoff = defineCheck({
	title: "Retried failures without backing off",
	severity: "error",
	options: (z, duration) => z.strictObject({
		least: duration.prefault("50ms").describe("A retry that comes sooner is at once"),
		waits: z.int().min(2).default(3).describe("So many equal waits, from the first failure on, are a fixed interval")
	}),
	find(view, { least, waits }) {
		const waited = waitsForLimits(view.calls);
		const all = chains(view).map((chain) => ({
			chain,
			retries: retriesOf(chain, waited)
		}));
		const balance = new Map();
		for (const { retries } of all) {
			const [first] = retries;
			if (!first) continue;
			const { caller } = first.call;
			balance.set(caller, (balance.get(caller) ?? 0) + (first.ms >= least ? 1 : -1));
		}
		const begun = firsts(view);
		return perCaller(all.flatMap(({ chain, retries }) => {
			const immediate = atOnce(retries, least);
			const doubtful = immediate.length === 1 && (balance.get(chain[0].caller) ?? 0) >= 0;
			if (immediate.length > 0 && !doubtful) return immediate.map((one) => ({
				...one,
				kind: "at once",
				retries: 1
			}));
			return begun.has(chain[0]) ? [] : fixed(chain, retries, waits);
		}), ({ call, kind, ms, retries }, all) => {
			const alike = all.filter((one) => one.kind === kind);
			if (kind === "at once") return `retried ${what(call)} ${time(ms)} after a failure, ${on(call)}${times(alike)}`;
			const more = alike.length === 1 ? "" : `, and ${count(alike.length - 1, "other request")} likewise`;
			return `retried ${what(call)} ${retries} times, each time ${time(ms)} after a failure, ${on(call)}${more}`;
		}, ({ kind, retries }) => kind === "at once" ? Number.POSITIVE_INFINITY : retries);
	}
});
function retriesOf(chain, waitedForLimit) {
	return chain.flatMap((call, i) => {
		const before = chain[i - 1];
		if (before?.outcome !== "failed") return [];
		const ms = waited(call, before);
		const due = dueAt(before);
		const asTold = due !== void 0 && call.entry.at >= due;
		return ms >= 0 && !asTold && !waitedForLimit(call.caller, before.entry.sentAt, call.entry.at) ? [{
			call,
			with: [before],
			ms
		}] : [];
	});
}
function atOnce(retries, least) {
	const immediate = retries.filter(({ ms }) => ms < least);
	return immediate.length === 1 && retries.length > 1 ? [] : immediate;
}
function fixed(chain, retries, waits) {
	const first = retries[0];
	if (!first || retries.length < waits) return [];
	return retries.slice(0, waits).every(({ ms }) => Math.abs(ms - first.ms) <= Math.max(SAME_MS, SAME * first.ms)) ? [{
		call: chain.at(-1),
		with: chain,
		kind: "fixed",
		ms: first.ms,
		retries: retries.length
	}] : [];
}
function firsts({ calls, beheaded }) {
	if (!beheaded) return new Set();
	const first = new Map();
	for (const call of calls) if (!first.has(call.same)) first.set(call.same, call);
	return new Set(first.values());
}
// src/verdict/checks/no-headroom.ts
const noHeadroom = defineCheck({
	title: "Left no headroom",
	severity: "warn",
	options: (z) => z.strictObject({
		policy: z.string().describe("The policy that limits what is in flight"),
		most: z.int().positive().describe("So many at once leave headroom")
	}),
	references: ({ policy }) => ({ policies: [policy] }),
	find(view, { policy, most }) {
		const shared = sharedBuckets(view, policy);
		const own = new Map();
		const incidents = [];
		for (const { call, answered } of view.timeline) {
			const decision = decisionOf(call, policy);
			if (!decision) continue;
			const place = standing(call, decision.bucket);
			const inFlight = (own.get(place) ?? 0) + (answered ? -1 : 1);
			own.set(place, inFlight);
			if (answered) continue;
			const all = decision.used + (decision.allowed ? 0 : decision.cost);
			const used = shared.has(decision.bucket) ? Math.min(all, inFlight) : all;
			if (used > most) incidents.push({
				call,
				used,
				limit: decision.limit
			});
		}
		return perCaller(incidents, ({ call, used, limit }, all) => `had ${count(used, "request")} in flight at once, where at most ${most} of ${limit} leave headroom, ${on(call)}${times(all)}`, ({ used }) => used);
	}
});
function decisionOf(call, policy) {
	return call.entry.decisions.find((one) => one.policy === policy);
}
function sharedBuckets({ calls }, policy) {
	const first = new Map();
	const shared = new Set();
	for (const call of calls) {
		const bucket = decisionOf(call, policy)?.bucket;
		if (bucket === void 0) continue;
		if (!first.has(bucket)) first.set(bucket, call.caller);
		else if (first.get(bucket) !== call.caller) shared.add(bucket);
	}
	return shared;
}
// src/verdict/checks/no-jitter.ts
const WAITED_MS = 500;
const ON_TIME_MS = 50;
const noJitter = defineCheck({
	title: "Came back all at once",
	severity: "warn",
	options: (z, duration) => z.strictObject({
		requests: z.int().min(2).default(3).describe("So many at the same moment are too many"),
		within: duration.prefault("10ms").describe("What is the same moment")
	}),
	find({ calls }, { requests, within }) {
		const crowds = [...groupBy(calls.filter(({ repeats }) => repeats?.outcome === "refused" && toldUntil(repeats) !== void 0), occasion).values()].flatMap((all) => {
			const crowd = densest(all.filter(isOnTime), within);
			return crowd.length >= requests && crowd.length * 2 >= all.length ? [crowd] : [];
		});
		if (crowds.length === 0) return [];
		const largest = crowds.reduce((most, crowd) => crowd.length > most.length ? crowd : most);
		const who = named([...new Map(largest.map(({ caller, who }) => [caller, who])).values()], "caller");
		const ms = largest.at(-1).entry.at - largest[0].entry.at;
		const more = crowds.length === 1 ? "" : `, and ${count(crowds.length - 1, "other crowd")}`;
		return [{
			caller: who,
			says: `${largest.length} refused requests came back ${ms === 0 ? "at the same moment" : `within ${time(ms)} of each other`}, on ${who}${more}`,
			times: crowds.length,
			calls: crowds.flat().sort((a, b) => a.number - b.number)
		}];
	}
});
function occasion(call) {
	const refusal = call.repeats;
	const second = Math.floor((toldUntil(refusal) ?? 0) / 1e3);
	return `${refusing(refusal)?.policy} ${second}`;
}
function isOnTime(call) {
	const refusal = call.repeats;
	if (waited(call, refusal) < WAITED_MS) return false;
	const reset = dueAt(refusal);
	return [
		toldUntil(refusal),
		reset,
		Math.ceil(reset / 1e3) * 1e3
	].map((due) => call.entry.at - due).some((ms) => ms >= -5 && ms <= ON_TIME_MS);
}
function densest(calls, within) {
	const inOrder = [...calls].sort((a, b) => a.entry.at - b.entry.at);
	let [from, to] = [0, 0];
	for (let start = 0, end = 0; end < inOrder.length; end++) {
		while (inOrder[end].entry.at - inOrder[start].entry.at > within) start++;
		if (end + 1 - start > to - from) [from, to] = [start, end + 1];
	}
	return inOrder.slice(from, to);
}
// src/verdict/checks/one-by-one.ts
const oneByOne = defineCheck({
	title: "Made many things one by one",
	severity: "warn",
	options: (z, duration) => z.strictObject({
		operations: z.array(z.string()).min(1).describe("Those that make one; of the bulk operation itself, a call that lists no more than one"),
		bulk: z.string().describe("The operation that makes several"),
		most: z.int().min(2).describe("How many that takes"),
		atLeast: z.int().min(2).default(5).describe("So many one by one are many"),
		within: duration.prefault("1m").describe("What comes further apart could not have waited for each other")
	}),
	references: ({ operations, bulk }) => ({ operations: [...operations, bulk] }),
	find({ calls }, { operations, bulk, most, atLeast, within }) {
		return perCaller([...groupBy(calls.filter(({ entry: { operation, items }, outcome }) => outcome === "succeeded" && operations.includes(operation ?? "") && (operation !== bulk || items === void 0 || items <= 1)), ({ caller }) => caller).values()].flatMap((all) => {
			const close = crowded(all, atLeast, within);
			return close.length === 0 ? [] : [{
				call: close.at(-1),
				with: close,
				made: close.length
			}];
		}), ({ call, made }) => `made ${made} things with a call each, where ${count(Math.ceil(made / most), "call")} of ${bulk} would have done, ${on(call)}`);
	}
});
function crowded(calls, atLeast, within) {
	const inOrder = [...calls].sort((a, b) => a.entry.at - b.entry.at);
	const close = new Set();
	let next = 0;
	for (let end = atLeast - 1; end < inOrder.length; end++) {
		const start = end + 1 - atLeast;
		if (inOrder[end].entry.at - inOrder[start].entry.at > within) continue;
		for (next = Math.max(next, start); next <= end; next++) close.add(inOrder[next]);
	}
	return [...close];
}
// src/verdict/checks/polling-too-fast.ts
const pollingTooFast = defineCheck({
	title: "Polled too fast",
	severity: "error",
	options: (z, duration) => z.strictObject({
		operations: z.array(z.string()).min(1).describe("Those that read what takes time"),
		every: duration.describe("The least time from poll to poll of the same")
	}),
	references: ({ operations }) => ({ operations }),
	find({ calls }, { operations, every }) {
		const polls = calls.filter(({ entry }) => operations.includes(entry.operation ?? ""));
		const incidents = [];
		for (const all of groupBy(polls, ({ caller, entry }) => `${pathOf(entry.path)} ${caller}`).values()) for (const [i, call] of all.entries()) {
			const before = all[i - 1];
			if (!before || !knows(call, before)) continue;
			const gap = call.entry.at - before.entry.at;
			if (gap >= 0 && waited(call, before) >= 0 && gap < every * .95) incidents.push({
				call,
				with: [before],
				gap
			});
		}
		return perCaller(incidents, ({ call, gap }, all) => `polled ${pathOf(call.entry.path)} ${time(gap)} after the last time, where ${time(every)} is the least, ${on(call)}${times(all)}`, ({ gap }) => -gap);
	}
});
// src/verdict/checks/retry-too-early.ts
const retryTooEarly = defineCheck({
	title: "Came back before it was told to",
	severity: "error",
	options: (z) => z.strictObject({}),
	find({ timeline }) {
		const waits = new Map();
		const incidents = [];
		for (const { call, answered } of timeline) {
			if (answered) {
				remember$1(waits, call);
				continue;
			}
			const told = [...waitsFor(call, waits)].find((refusal) => isEarly(call, refusal));
			if (!told) continue;
			const toldMs = told.entry.retryAfter * 1e3;
			incidents.push({
				call,
				with: [told],
				waitedMs: waited(call, told),
				toldMs
			});
		}
		return perCaller(incidents, ({ call, waitedMs, toldMs }, all) => `came back ${time(waitedMs)} after being told to wait ${time(toldMs)}, ${on(call)}${times(all)}`, ({ waitedMs, toldMs }) => toldMs - waitedMs);
	}
});
function remember$1(waits, call) {
	const refused = refusing(call);
	for (const { bucket, cost } of takenFrom(call)) {
		const place = standing(call, bucket);
		const before = waits.get(place);
		if (before && before.number > call.number) continue;
		if (refused?.bucket === bucket && call.entry.retryAfter !== void 0) waits.set(place, call);
		else if (before && call.entry.admitted && cost >= refusing(before).cost) waits.delete(place);
	}
}
function* waitsFor(call, waits) {
	for (const { bucket, cost } of takenFrom(call)) {
		const refusal = waits.get(standing(call, bucket));
		const { cost: wanted, resetAt } = (refusal && refusing(refusal)) ?? {};
		const isMeant = cost >= (wanted ?? 0) && (resetAt !== null || !call.entry.admitted);
		if (refusal && isMeant) yield refusal;
	}
	if (call.repeats) yield call.repeats;
}
function isEarly(call, refusal) {
	const due = dueAt(refusal);
	if (due === void 0 || waited(call, refusal) < 0) return false;
	const { admitted, at } = call.entry;
	const { resetAt, retryAt } = refusing(refusal) ?? {};
	if (admitted && resetAt === null && retryAt != null && at < retryAt) return false;
	return due - at > (admitted ? 5 : 0);
}
// src/verdict/checks/small-pages.ts
const smallPages = defineCheck({
	title: "Walked through small pages",
	severity: "warn",
	options: (z) => z.strictObject({
		operations: z.array(z.string()).min(1).describe("The lists that are meant"),
		size: z.string().describe("The query parameter of a page's size"),
		page: z.string().describe("The query parameter of the page or cursor"),
		usual: z.int().positive().describe("The size of a page where the request says none"),
		most: z.int().positive().describe("The largest page there is")
	}),
	references: ({ operations }) => ({ operations }),
	find({ calls }, options) {
		const { operations, size: sizeName, page: pageName, usual, most } = options;
		return perCaller([...groupBy(calls.filter(({ entry, outcome }) => outcome === "succeeded" && operations.includes(entry.operation ?? "")), (call) => `${call.caller} ${withoutPage(call, pageName)}`).values()].flatMap((all) => {
			const size = Number(query(all[0]).get(sizeName) ?? usual);
			const pages = new Set(all.map((call) => query(call).get(pageName) ?? "1"));
			return pages.size > 1 && size < most ? [{
				call: all.at(-1),
				with: all,
				pages: pages.size,
				size
			}] : [];
		}), ({ call, pages, size }, all) => {
			const more = all.length === 1 ? "" : `, and ${count(all.length - 1, "other list")} likewise`;
			return `read ${pathOf(call.entry.path)} in ${count(pages, "page")} of ${size}, where ${most} fit on one, ${on(call)}${more}`;
		}, ({ pages }) => pages);
	}
});
function query({ entry }) {
	return new URLSearchParams(entry.path.split("?")[1] ?? "");
}
function withoutPage(call, page) {
	const rest = query(call);
	rest.delete(page);
	rest.sort();
	return `${pathOf(call.entry.path)}?${rest}`;
}
// src/verdict/checks/unsafe-retry.ts
const unsafeRetry = defineCheck({
	title: "Repeated a creation without an idempotency key",
	severity: "error",
	options: (z) => z.strictObject({ operations: z.array(z.string()).optional().describe("Those that take an idempotency key; every POST when left out") }),
	references: ({ operations = [] }) => ({ operations }),
	needs: () => "idempotency",
	find({ calls }, { operations }) {
		return perCaller(calls.flatMap((call) => {
			const { entry, failedBefore } = call;
			if (!(operations ? operations.includes(entry.operation ?? "") : entry.method === "POST") || !failedBefore || call.outcome === "refused") return [];
			const { idempotencyKey: first, status } = failedBefore.entry;
			const { idempotencyKey: second } = entry;
			if (first !== void 0 && first === second) return [];
			return [{
				call,
				with: [failedBefore],
				failure: status,
				why: second === void 0 ? "without an idempotency key" : first === void 0 ? "with an idempotency key that the first try lacked" : "with another idempotency key"
			}];
		}), ({ call, failure, why }, all) => {
			const after = failure === 0 ? "no answer" : `a ${failure}`;
			return `repeated ${what(call)} after ${after} ${why}, ${on(call)}${times(all)}`;
		});
	}
});
// src/verdict/checks/waited-too-long.ts
const waitedTooLong = defineCheck({
	title: "Stayed away longer than it had to",
	severity: "warn",
	options: (z, duration) => z.strictObject({ slack: duration.prefault("5s").describe("So long beyond what was told is no loss; as long again as was told is none either") }),
	find({ timeline }, { slack }) {
		const waiting = new Map();
		const rhythm = createRhythm();
		const incidents = [];
		for (const { call, answered } of timeline) {
			if (answered) {
				const refused = refusing(call);
				if (refused && toldUntil(call) !== void 0) waiting.set(standing(call, refused.bucket), call);
				continue;
			}
			rhythm.add(call);
			for (const { bucket } of takenFrom(call)) {
				const place = standing(call, bucket);
				const refusal = waiting.get(place);
				waiting.delete(place);
				if (!refusal || !call.repeats || refusing(call.repeats)?.bucket !== bucket) continue;
				const toldMs = refusal.entry.retryAfter * 1e3;
				const stayedMs = call.entry.at - refusal.entry.sentAt;
				if (stayedMs - toldMs <= Math.max(slack, toldMs) || stayedMs <= 2 * rhythm.of(refusal)) continue;
				incidents.push({
					call,
					with: [refusal],
					stayedMs,
					toldMs
				});
			}
		}
		return perCaller(incidents, ({ call, stayedMs, toldMs }, all) => `told to wait ${time(toldMs)}, it stayed away for ${time(stayedMs)}, ${on(call)}${times(all)}`, ({ stayedMs, toldMs }) => stayedMs - toldMs);
	}
});
function createRhythm() {
	const last = new Map();
	const gaps = new Map();
	return {
		add(call) {
			const { at } = call.entry;
			gaps.set(call, call.repeats ? gaps.get(call.repeats) ?? 0 : at - (last.get(call.same) ?? at));
			last.set(call.same, at);
		},
		of: (call) => gaps.get(call) ?? 0
	};
}
// src/verdict/checks/index.ts
const checks = {
	"retry-too-early": retryTooEarly,
	"ignored-remaining": ignoredRemaining,
	hammering,
	"no-backoff": noBackoff,
	"no-jitter": noJitter,
	"conflated-backoff": conflatedBackoff,
	"unsafe-retry": unsafeRetry,
	"polling-too-fast": pollingTooFast,
	"no-headroom": noHeadroom,
	"missed-304": missed304,
	"missed-cache": missedCache,
	"small-pages": smallPages,
	"one-by-one": oneByOne,
	"key-spreading": keySpreading,
	"waited-too-long": waitedTooLong,
	"gave-up": gaveUp
};
const checkNames = Object.keys(checks);
function checkNamed(name) {
	return checks[name];
}
// src/profile/check-advice.ts
function checkAdvice({ profile, add, named }) {
	const { without } = profile.advice;
	for (const name of checkNames) {
		const given = profile.advice[name];
		if (!given) continue;
		const path = ["advice", name];
		if (without.includes(name)) add("advice-left-out", path, `"${name}" is left out as well`, "take it from advice.without, or leave it out here");
		const check = checkNamed(name);
		const { operations = [], policies = [] } = check.references?.(given) ?? {};
		for (const id of operations) named("operation", id, placeOf(id, given, path));
		for (const id of policies) named("policy", id, placeOf(id, given, path));
		const needed = check.needs?.(given);
		if (needed && profile[needed] === void 0) add("advice-in-vain", path, `goes by ${needed}, of which the profile says nothing`, `add ${needed}, or leave this out`);
	}
}
function placeOf(id, options, path) {
	for (const [key, value] of Object.entries(options)) {
		if (value === id) return [...path, key];
		if (Array.isArray(value) && value.includes(id)) return [
			...path,
			key,
			value.indexOf(id)
		];
	}
	return [...path];
}
// src/profile/check-names.ts
const FIELDS = {
	request: [
		"id",
		"method",
		"path",
		"base"
	],
	new: [
		"uuid",
		"ulid",
		"serial",
		"lower12"
	],
	refusal: [
		"policy",
		"limit",
		"used",
		"remaining",
		"resetAt",
		"cost"
	],
	violation: [
		"in",
		"field",
		"keyword",
		"message",
		"index"
	]
};
const REPORT = [
	"policy",
	"limit",
	"used",
	"remaining",
	"resetAt",
	"windowSeconds",
	"unit",
	"partition"
];
function checkFactPath(fact, path, more, names, add) {
	const [root, second = ""] = fact.split(".");
	const roots = [...FACT_ROOTS, ...more];
	if (!roots.includes(root)) add("unknown-fact", path, `a request has no "${root}"`, suggest(root, roots));
	else if (root === "caller" && !names.fact.includes(second)) add("unknown-fact", path, `there is no fact "${second}"`, suggest(second, names.fact));
	else if (root === "params" && !names.parameter.includes(second)) add("unknown-fact", path, `no path has a parameter "${second}"`, suggest(second, names.parameter));
}
function checkTemplate(given, path, roots, names, add) {
	if (typeof given === "string") checkText(given, path, roots, names, add);
	else if (Array.isArray(given)) for (const [i, item] of given.entries()) checkTemplate(item, [...path, i], roots, names, add);
	else if (given !== null && typeof given === "object") for (const [key, item] of Object.entries(given)) checkTemplate(item, [...path, key], roots, names, add);
}
function checkText(text, path, roots, names, add) {
	try {
		for (const placeholder of compileTemplate(text).paths) checkPlaceholder(placeholder, path, roots, names, add);
	} catch (error) {
		if (!(error instanceof TemplateError)) throw error;
		const [problem, fix = "mend the placeholder"] = error.message.split("; ");
		add("bad-template", path, problem, fix);
	}
}
function checkPlaceholder([root, second = "", third = ""], path, roots, names, add) {
	const fields = FIELDS[root];
	if (!roots.includes(root)) add("unknown-placeholder", path, `templates here cannot name "${root}"`, suggest(root, roots));
	else if (root === "policies" && !names.policy.includes(second)) add("unknown-policy", path, `there is no policy "${second}"`, suggest(second, names.policy));
	else if (root === "policies" && !REPORT.includes(third)) add("unknown-placeholder", path, `a policy has no "${third}"`, suggest(third, REPORT));
	else if (root === "caller" && ![...names.fact, "account"].includes(second)) add("unknown-fact", path, `there is no fact "${second}"`, suggest(second, names.fact));
	else if (fields && !fields.includes(second) && !(root === "new" && /^lower\d+$/.test(second))) add("unknown-placeholder", path, `"${root}" has no "${second}"`, suggest(second, fields));
}
// src/profile/names.ts
function namesOf(profile, document) {
	const schemes = document.at("#/components/securitySchemes");
	const credentials = Object.values(profile.callers.credentials);
	const groups = credentials.flatMap(({ pattern }) => [...pattern.matchAll(/\(\?<([^>=!]+)>/g)].map((match) => match[1]));
	return {
		source: Object.keys(profile.sources),
		operation: document.operations.map(({ id }) => id),
		error: Object.keys(profile.errors),
		policy: Object.keys(profile.policies),
		plan: Object.keys(profile.plans),
		credential: Object.keys(profile.callers.credentials),
		collection: Object.keys(profile.collections),
		variant: Object.keys(profile.variants),
		security: isObject(schemes) ? Object.keys(schemes) : [],
		parameter: [...new Set(document.operations.flatMap(({ path }) => [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1])))],
		fact: [...new Set([
			"kind",
			"plan",
			profile.accounts.fact,
			...credentials.flatMap(({ fact, facts }) => [fact, ...Object.keys(facts)]),
			...groups,
			...profile.fixtures.flatMap(({ facts }) => Object.keys(facts))
		])]
	};
}
// src/profile/schema-basics.ts
const listOf = (item) => listOf$1(z, item);
const conditionSchema = conditionSchema$1(z);
const cost = cost$1(z);
const duration = duration$1(z);
const json = json$1(z);
const name = z.string().regex(/^[A-Za-z][\w.-]*$/, { error: "is not a name; use letters, digits, \"-\", \".\" and \"_\", starting with a letter" });
const kebab = z.string().regex(/^[a-z][a-z0-9-]*$/, { error: "is not an id; use lower-case letters, digits and \"-\", starting with a letter" });
const amount = z.number().nonnegative();
const evidence = z.strictObject({
	level: z.enum([
		"documented",
		"inferred",
		"assumed"
	]),
	source: z.string().optional().describe("One of the keys of sources"),
	note: z.string().optional()
}).describe("How sure this rule is: a page says it, it follows from one, or nobody says it and it was chosen");
// src/profile/schema-advice.ts
const common = {
	says: z.string().describe("What is asked of a client, in our own words"),
	severity: z.enum(["error", "warn"]).optional().describe("error fails a verdict; the check's own when left out"),
	evidence
};
const advice = z.strictObject({
	without: z.array(z.enum(checkNames)).default([]).describe("Checks that are left out although they are made for every profile"),
	...Object.fromEntries(checkNames.map((name) => [name, adviceSchema(name).optional()]))
}).prefault({}).describe("What a verdict judges clients by");
function adviceSchema(name) {
	const { title, options } = checkNamed(name);
	return z.strictObject({
		...common,
		...options(z, duration).shape
	}).describe(`Offence: ${title}`);
}
// src/profile/schema-operations.ts
const requirement = z.strictObject({
	when: conditionSchema.optional().describe("Requests of which it is asked; all when left out"),
	item: z.strictObject({
		collection: z.string(),
		id: z.string()
	}).optional().describe("An item that must exist"),
	sum: z.strictObject({
		list: z.string(),
		of: z.string(),
		equals: z.number()
	}).optional().describe("A field of a list whose values must add up"),
	distinct: z.strictObject({
		list: z.string(),
		of: z.string()
	}).optional().describe("A field of a list whose values must differ"),
	anyOf: z.array(z.string()).optional().describe("Paths of which one at least must be given"),
	same: z.array(z.string()).min(2).optional().describe("Paths, such as [caller.company, params.companyId], that must hold the same value; one that is not given holds any"),
	each: z.strictObject({
		list: z.string(),
		where: z.record(z.string(), listOf(z.string())).optional().describe("Field → values: the entries that are meant"),
		anyOf: z.array(z.string())
	}).optional().describe("Fields of which every entry of a list must have one; names detail.index"),
	error: name
});
const operationParts = {
	requires: z.array(requirement).default([]).describe("What must hold, asked in order once the request has been checked against the document"),
	evidence
};
const operation = z.discriminatedUnion("behaviour", operationVariants());
function operationVariants() {
	return Object.entries(behaviours).map(([key, { options }]) => operationVariant(key, options(z)));
}
function operationVariant(key, options) {
	return z.strictObject({
		behaviour: z.literal(key),
		...operationParts,
		...options.shape
	});
}
const life = z.strictObject({
	runTime: duration,
	running: z.string().describe("State while it runs"),
	outcome: z.string().describe("State that it ends in"),
	views: z.record(z.string(), json).describe("State → template of the item; names item, job.state, job.createdAt, job.endsAt, job.seconds")
});
const collection = z.strictObject({
	scope: z.array(z.string()).default([]).describe("Templates of what its items are apart by, such as ${caller.account}"),
	id: z.string().default("${item.id}").describe("Template of an item’s id"),
	seed: z.union([z.array(json), z.strictObject({
		count: z.int().nonnegative(),
		item: json.describe("A template; names index")
	})]).default([]).describe("What is there to begin with"),
	order: z.enum(["oldest-first", "newest-first"]).default("oldest-first"),
	unique: z.array(z.strictObject({
		fields: z.array(z.string()).min(1),
		unless: z.array(z.string()).default([]).describe("An item that has one of these fields may repeat the values of another; one without them may not"),
		error: name
	})).default([]).describe("Fields whose values no two items of the same scope share"),
	life: life.optional(),
	credential: z.string().optional().describe("Template of the credential that an item is, such as ${item.key}: what collection.create makes is its maker’s account’s, and is invalid once collection.delete has taken it away or collection.update has renewed it"),
	evidence
});
// src/profile/schema-policies.ts
const windowLength = z.union([z.enum([
	"second",
	"minute",
	"hour",
	"day",
	"week",
	"month"
]), z.string().refine((text) => parseDuration(text) !== void 0 && parseDuration(text) > 0, { error: "is not a window length; write a duration (60s, 1h) or second, minute, hour, day, week, month" })]);
const windowSchema = z.strictObject({
	length: windowLength,
	start: z.string().refine((text) => text === "first-request" || text === "utc" || isTimeZone(text), { error: "is not a window start; use first-request, utc, or a time zone such as Europe/Berlin" }).describe("first-request: when the partition is first used; utc: on the UTC clock, laid end to end from the epoch; a time zone: on its calendar")
});
const refusal = z.strictObject({
	error: name.describe("The error that answers"),
	impossible: name.optional().describe("The error that answers when the cost is above the whole quota; the same when left out"),
	charges: z.union([z.enum(["self", "none"]), z.array(kebab)]).default("none").describe("What a refusal charges: this policy, nothing, or the listed policies"),
	final: z.boolean().default(false).describe("A refusal here ends the asking: policies below are neither asked nor charged"),
	retryAfter: z.union([z.enum(["truthful", "reset"]), z.int().positive()]).default("truthful").describe("Retry-After: the truth, the seconds to the reset, or a fixed number")
});
const policyParts = {
	quota: z.union([amount, z.literal("none")]).describe("Units per window; none: no limit unless a plan or an account sets one"),
	window: windowSchema.optional(),
	partitionBy: z.array(z.string()).describe("What is counted apart: caller facts (key), ip, operation, method, path, or paths such as params.id, header.x-team"),
	unit: z.string().default("requests").describe("What is counted: requests, concurrent-requests, tokens, points, usd …"),
	scale: z.int().positive().default(1).describe("Counted in fractions of 1/scale (100: cents of a dollar)"),
	asked: z.enum(["arrival", "caller"]).default("caller").describe("arrival: before the caller is known"),
	applies: z.union([conditionSchema.transform((one) => [one]), z.array(conditionSchema)]).optional().describe("Requests it speaks of; all when left out"),
	cost: cost.optional().describe("Units a request takes; 1 when left out. A request that costs 0 is never refused"),
	actualCost: cost.optional().describe("What it took after all, known from the response (paths response.…)"),
	free: z.array(conditionSchema).default([]).describe("Outcomes that cost nothing"),
	refusal,
	warnAbove: z.number().gt(0).lt(1).optional().describe("Records a warning, once per window, when more than this share is used"),
	evidence
};
const policySchema = z.discriminatedUnion("algorithm", [...policyVariants()]);
function policyVariants() {
	return Object.values(algorithms).map((algorithm) => policyVariant(algorithm.name, algorithm.params(z)));
}
function policyVariant(algorithm, params) {
	return z.strictObject({
		algorithm: z.literal(algorithm),
		...policyParts,
		...params.shape
	});
}
const header = z.strictObject({
	policy: z.union([kebab, z.array(kebab)]).optional().describe("The policy it reports; of several, the one with the smallest share left"),
	value: z.enum([
		"limit",
		"remaining",
		"used",
		"reset",
		"retry-after",
		"policy",
		"window-seconds",
		"ratelimit",
		"ratelimit-policy"
	]).optional(),
	format: z.enum(FORMAT_NAMES).optional().describe("How an instant is written; epoch-seconds when left out"),
	text: z.string().optional().describe("A template, in place of policy and value"),
	on: z.enum([
		"every-response",
		"refusal",
		"success"
	]).default("every-response"),
	when: conditionSchema.optional(),
	below: z.number().gt(0).lte(1).optional().describe("Only when less than this share is left"),
	evidence
});
function isTimeZone(text) {
	try {
		new Intl.DateTimeFormat("en-US", { timeZone: text });
		return true;
	} catch {
		return false;
	}
}
// src/profile/schema.ts
const source = z.strictObject({
	title: z.string(),
	url: z.url().optional(),
	date: z.string().optional().describe("Date of the page, or the day it was read")
});
const error = z.strictObject({
	status: z.int().min(400).max(599).or(z.literal(200)),
	when: conditionSchema.optional().describe("Requests for which a fault with this status gives this error, where several errors have it; any when left out"),
	headers: z.record(z.string(), z.string()).optional(),
	contentType: z.string().optional(),
	body: json.optional().describe("A template"),
	evidence
});
const credential = z.strictObject({
	header: z.string().optional(),
	query: z.string().optional(),
	scheme: z.string().optional().describe("What stands in front of the credential in the header, such as Bearer"),
	pattern: z.string().describe("Regular expression of a well-formed credential; named groups become caller facts"),
	fact: kebab.describe("The caller fact that holds the credential; masked wherever it is shown"),
	facts: z.record(z.string(), z.string()).default({}).describe("Further facts of every caller with such a credential"),
	security: z.string().optional().describe("The security scheme of the OpenAPI document that it is"),
	missing: name.describe("The error when it is absent"),
	invalid: name.describe("The error when it is not well formed"),
	evidence
});
const fixture = z.strictObject({
	key: z.string(),
	credential: z.string(),
	pattern: z.string().optional().describe("Regular expression of the keys that are meant, where it is more than this one"),
	facts: z.record(z.string(), z.string()).default({}),
	account: z.string().optional(),
	plan: z.string().optional().describe("Plan of that account"),
	error: name.optional().describe("The error that it is refused with before anything is counted"),
	says: z.string().describe("What it is for")
});
const plan = z.strictObject({
	title: z.string().optional(),
	quotas: z.record(kebab, amount).default({}),
	denied: name.optional().describe("The error for callers on this plan, before anything is counted"),
	evidence
});
const guard = z.strictObject({
	when: conditionSchema,
	error: name,
	at: z.enum([
		"before-validation",
		"after-validation",
		"after-requirements"
	]).default("before-validation").describe("When it is asked; after-requirements: once what the operation requires holds"),
	evidence
});
const validationRule = z.strictObject({
	when: conditionSchema.optional(),
	in: listOf(z.enum([
		"query",
		"path",
		"header",
		"body"
	])).optional(),
	field: z.string().optional().describe("The field; * stands for any run of characters"),
	keyword: listOf(z.string()).optional().describe("JSON Schema keywords; json for a body that does not parse"),
	error: name
});
const claim = z.strictObject({
	says: z.string().describe("What the documents claim, in our own words"),
	...evidence.shape,
	rule: z.string().optional().describe("Where in this profile: policies.<id>, headers.<name> …"),
	variants: z.array(kebab).default([]).describe("Variants that read it otherwise")
});
const variant = z.strictObject({
	says: z.string().describe("How it differs from the default, and who says so"),
	patch: z.record(z.string(), json).describe("Merged over the profile, key by key; null removes a key, lists are replaced, and the key * speaks of every key that is there"),
	evidence
});
const profileSchema = z.strictObject({
	id: kebab,
	title: z.string(),
	baseUrl: z.url().describe("Where the real provider answers"),
	openapi: z.string().describe("The OpenAPI document, relative to this file"),
	sources: z.record(kebab, source),
	callers: z.strictObject({
		under: z.array(z.string()).default([]).describe("Path prefixes under which even unknown paths need a caller"),
		credentials: z.record(kebab, credential)
	}),
	accounts: z.strictObject({
		fact: kebab.describe("The caller fact that names the account: account, workspace, team …"),
		default: z.string().default("default").describe("The account of keys that belong to no other"),
		plan: z.string().describe("The plan of accounts that have no other"),
		evidence
	}),
	plans: z.record(kebab, plan),
	fixtures: z.array(fixture).default([]),
	policies: z.record(kebab, policySchema).describe("In the order in which they are asked"),
	headers: z.record(z.string(), header).default({}),
	errors: z.record(name, error),
	answers: z.strictObject({
		notFound: name,
		methodNotAllowed: name,
		tooLarge: name,
		clientError: name.describe("For a 4xx that is asked for by a fault"),
		serverError: name.describe("For a 5xx that is asked for by a fault")
	}).describe("Which error answers what no operation speaks of"),
	validation: z.array(validationRule).describe("Which error answers a request that does not fit the document; the first rule that fits a violation"),
	guards: z.array(guard).default([]).describe("Errors for some admitted requests, before their behaviour"),
	requestId: z.strictObject({
		template: z.string().describe("Such as ${new.uuid}"),
		header: z.string().optional(),
		echo: z.boolean().default(false).describe("Takes the caller's own from that header"),
		evidence
	}).optional(),
	cache: z.strictObject({
		ttl: duration,
		header: z.string(),
		operations: z.union([z.literal("all"), z.array(z.string())]).default("all"),
		bypass: z.array(z.string()).default([]),
		except: z.array(z.int()).default([]).describe("Statuses whose responses do not carry the header"),
		evidence
	}).optional().describe("A cache on the server: same caller, path and query, byte for byte"),
	etag: z.strictObject({
		methods: z.array(z.string()).default(["GET"]),
		evidence
	}).optional(),
	idempotency: z.strictObject({
		header: z.string(),
		operations: z.array(z.string()),
		ttl: duration,
		replay: z.enum(["stored-response", "conflict"]).default("stored-response"),
		conflict: name,
		evidence
	}).optional(),
	collections: z.record(kebab, collection).default({}),
	operations: z.record(z.string(), operation).default({}).describe("operationId → what it does; one that is not listed answers with the document’s example"),
	advice,
	variants: z.record(kebab, variant).default({}),
	claims: z.record(kebab, claim).default({}).describe("What the documents claim, for the fidelity table")
});
// src/profile/schema-walk.ts
function keysAt(schema, path, value) {
	return schemasAt(schema, path, value).flatMap((found) => Object.keys(definition(found).shape ?? {}));
}
function optionsAt(schema, path, value) {
	for (const found of rawAt(schema, path, value)) {
		const { discriminator, options } = definition(found);
		if (discriminator === void 0) continue;
		return {
			key: discriminator,
			names: (options ?? []).flatMap((option) => definition(definition(option).shape[discriminator]).values ?? []).map(String)
		};
	}
}
function rawAt(schema, path, value) {
	let found = [unwrap(schema)];
	let at = value;
	for (const key of path) {
		found = found.flatMap((one) => branches(one, at)).flatMap((one) => step(one, key));
		at = at !== null && typeof at === "object" ? at[key] : void 0;
	}
	return found.map(unwrap);
}
function schemasAt(schema, path, value) {
	let at = value;
	for (const key of path) at = at !== null && typeof at === "object" ? at[key] : void 0;
	return rawAt(schema, path, value).flatMap((one) => branches(one, at));
}
function step(schema, key) {
	const { shape, valueType, element } = definition(schema);
	const next = shape?.[String(key)] ?? valueType ?? element;
	return next ? [unwrap(next)] : [];
}
function branches(schema, value) {
	const { options, discriminator } = definition(schema);
	if (!options) return [schema];
	return (discriminator === void 0 ? options : options.filter((option) => definition(definition(option).shape[discriminator]).values?.includes(value?.[discriminator]))).map(unwrap).flatMap((option) => branches(option, value));
}
function unwrap(schema) {
	const { innerType, in: input } = definition(schema);
	const inner = innerType ?? input;
	return inner ? unwrap(inner) : schema;
}
function definition(schema) {
	return schema.def;
}
// src/profile/complaints.ts
function complaints(issue, value) {
	const { path } = issue;
	const given = valueAt(value, path);
	switch (issue.code) {
		case "unrecognized_keys": return issue.keys.map((key) => unknownKey(key, path, value));
		case "invalid_type":
		case "invalid_value": return [unsuitable(path, value, [issue])];
		case "invalid_union": return union(issue, value);
		case "invalid_key": {
			const [problem, fix] = halves(issue.issues[0]?.message ?? "is not a good name");
			return [[
				"bad-name",
				path,
				`${show(path.at(-1))} ${problem}`,
				fix ?? "rename it"
			]];
		}
		case "too_big":
		case "too_small": return [[
			"bad-value",
			path,
			...outOfBounds(issue, given)
		]];
		case "invalid_format": if (issue.format === "url") return [[
			"bad-value",
			path,
			`${show(given)} is not a URL`,
			"write it in full, such as https://api.example.com"
		]];
	}
	const [problem, fix] = halves(issue.message);
	return [[
		"bad-value",
		path,
		`${show(given)} ${problem}`,
		fix ?? "change it"
	]];
}
function unknownKey(key, path, value) {
	const given = valueAt(value, path);
	const known = keysAt(profileSchema, path, value);
	const near = nearest(key, known);
	const there = near !== void 0 && isRecord$1(given) && Object.hasOwn(given, near);
	const absent = known.filter((other) => !isRecord$1(given) || !Object.hasOwn(given, other));
	return [
		"unknown-key",
		[...path, key],
		`unknown key "${key}"`,
		there ? `did you mean "${near}", which is there already?` : suggest(key, absent)
	];
}
function union(issue, value) {
	const { path } = issue;
	const { discriminator } = issue;
	if (discriminator !== void 0) return [undecided(discriminator, path, value)];
	const deep = issue.errors.filter((branch) => branch.some(isDeep));
	if (deep.length > 0) return closest(deep).flatMap((inner) => complaints({
		...inner,
		path: [...path, ...inner.path]
	}, value));
	const shallow = flatten(issue.errors);
	const close = shallow.find(({ code }) => code !== "invalid_type" && code !== "invalid_value");
	return close ? complaints({
		...close,
		path
	}, value) : [unsuitable(path, value, shallow)];
}
function undecided(key, path, value) {
	const owner = path.at(-1) === key ? path.slice(0, -1) : path;
	const names = optionsAt(profileSchema, owner, value)?.names ?? [];
	const map = valueAt(value, owner);
	const name = isRecord$1(map) ? map[key] : void 0;
	if (name === void 0) return [
		"missing-key",
		[...owner, key],
		"is missing",
		`add it: ${names.join(", ")}`
	];
	return [
		`unknown-${key}`,
		[...owner, key],
		`${show(name)} is not ${article(key)}`,
		suggest(String(name), names)
	];
}
function unsuitable(path, value, issues) {
	const given = valueAt(value, path);
	const types = issues.flatMap((issue) => issue.code === "invalid_type" ? [issue.expected] : []);
	const values = issues.flatMap((issue) => issue.code === "invalid_value" ? issue.values.map(String) : []);
	const wanted = [...new Set([...types.map(noun), ...values])];
	if (given === void 0) {
		const keys = types.length === 1 && types[0] === "object" ? keysAt(profileSchema, path, value) : [];
		const map = keys.length > 0 ? ` of ${keys.join(", ")}` : "";
		return [
			"missing-key",
			path,
			"is missing",
			`add it${types.length > 0 ? ` (${either(wanted)}${map})` : `: ${values.join(", ")}`}`
		];
	}
	if (types.length === 0 || typeof given === "string" && nearest(given, values) !== void 0) return [
		"unknown-value",
		path,
		`${show(given)} is not known here`,
		suggest(String(given), values)
	];
	return [
		"wrong-type",
		path,
		`must be ${either(wanted)}, not ${show(given)}`,
		remedy(given, types, wanted)
	];
}
function remedy(given, types, wanted) {
	if (types.includes("string") && (typeof given === "number" || typeof given === "boolean")) return `put it in quotes: '${given}'`;
	if (types.includes("array") && given !== null && typeof given !== "object") return `make it a list: [${given}]`;
	if ((types.includes("number") || types.includes("int")) && typeof given === "string" && Number.isFinite(Number(given))) return `remove the quotes: ${given}`;
	return `write ${either(wanted)}`;
}
function outOfBounds(issue, given) {
	const { origin, inclusive } = issue;
	const big = issue.code === "too_big";
	const bound = String(big ? issue.maximum : issue.minimum);
	if (origin === "array" || origin === "set" || origin === "map") return [`has too ${big ? "many" : "few"} entries`, `give ${bound} at ${big ? "most" : "least"}`];
	if (origin === "string") return [`${show(given)} is too ${big ? "long" : "short"}`, `write ${bound} characters at ${big ? "most" : "least"}`];
	if (inclusive === false) return [`${show(given)} is not ${big ? "below" : "above"} ${bound}`, `write ${big ? "less" : "more"} than ${bound}`];
	return [`${show(given)} is ${big ? "more" : "less"} than ${bound}`, `write ${bound} at ${big ? "most" : "least"}`];
}
function isDeep(issue) {
	return issue.path.length > 0 || issue.code === "unrecognized_keys";
}
function flatten(branches) {
	return branches.flat().flatMap((issue) => issue.code === "invalid_union" ? flatten(issue.errors) : [issue]);
}
function closest(branches) {
	const depth = (issues) => Math.max(...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
	return [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
}
function halves(message) {
	const end = message.indexOf("; ");
	const problem = end < 0 ? message : message.slice(0, end);
	return [problem.charAt(0).toLowerCase() + problem.slice(1), end < 0 ? void 0 : message.slice(end + 2)];
}
const NOUNS = {
	string: "text",
	number: "a number",
	int: "a whole number",
	boolean: "true or false",
	array: "a list",
	object: "a map",
	record: "a map",
	null: "nothing"
};
function noun(type) {
	return NOUNS[type] ?? article(type);
}
function article(word) {
	return /^[aeio]/.test(word) ? `an ${word}` : `a ${word}`;
}
function either(words) {
	return words.length < 2 ? words[0] ?? "something else" : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
function show(value) {
	if (value === null || value === void 0) return "nothing";
	const text = JSON.stringify(value);
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
function valueAt(value, path) {
	let at = value;
	for (const key of path) at = at !== null && typeof at === "object" ? at[key] : void 0;
	return at;
}
function isRecord$1(value) {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}
// src/profile/parse.ts
function parseProfile(source, overlay = {}) {
	const { file } = source;
	if (!isRecord(source.value)) throw oneIssue(source, [], "profile/not-a-map", "a profile is a map of keys", "start with id:, title:, baseUrl: …");
	const known = isRecord(source.value["variants"]) ? source.value["variants"] : {};
	const rank = Object.keys(known);
	const variants = [...overlay.variants ?? []].sort((a, b) => rank.indexOf(a) - rank.indexOf(b));
	let value = source.value;
	for (const name of variants) {
		const variant = Object.hasOwn(known, name) ? known[name] : void 0;
		if (!isRecord(variant)) throw oneIssue(source, ["variants"], "profile/unknown-variant", `there is no variant "${name}"`, suggest(name, Object.keys(known)));
		value = patchProfile(value, variant["patch"]);
	}
	for (const { path, value: replacement } of overlay.set ?? []) value = setAt(source, value, path, replacement);
	const position = (path) => {
		const candidates = variants.map((name) => patchPath(source, [
			"variants",
			name,
			"patch"
		], path)).reverse();
		const depth = source.depth(path);
		const patched = candidates.find((candidate) => source.depth(candidate) - 3 >= depth && source.depth(candidate) > 3);
		return source.position(patched ?? path);
	};
	const result = profileSchema.safeParse(value);
	if (!result.success) {
		const all = result.error.issues.flatMap((issue) => complaints(issue, value));
		throw new ProfileError(all.map(([code, path, problem, fix]) => ({
			code: `profile/${code}`,
			file,
			...position(path),
			path: pathText(path),
			problem,
			fix
		})));
	}
	return {
		profile: result.data,
		position
	};
}
function setAt(source, value, path, replacement) {
	const keys = path.split(".");
	let at = value;
	for (const [i, key] of keys.slice(0, -1).entries()) {
		const next = isRecord(at) && Object.hasOwn(at, key) ? at[key] : void 0;
		if (!isRecord(next)) {
			const known = isRecord(at) ? Object.keys(at) : [];
			const near = nearest(key, known);
			const fix = near === void 0 ? `known here: ${known.join(", ")}` : `did you mean "${near}"?`;
			throw oneIssue(source, keys.slice(0, i), "profile/unknown-setting", `--set ${path}: there is no "${key}"`, fix);
		}
		at = next;
	}
	return mergePatch(value, keys.reduceRight((inner, key) => ({ [key]: inner }), replacement));
}
function mergePatch(target, patch) {
	if (!isRecord(patch)) return patch;
	const merged = isRecord(target) ? { ...target } : {};
	for (const [key, value] of Object.entries(patch)) if (value === null) delete merged[key];
	else merged[key] = mergePatch(merged[key], value);
	return merged;
}
function patchProfile(target, patch) {
	if (!isRecord(patch)) return patch;
	const merged = isRecord(target) ? { ...target } : {};
	for (const [key, value] of Object.entries(patch)) for (const at of key === "*" ? Object.keys(merged) : [key]) if (value === null) delete merged[at];
	else merged[at] = patchProfile(merged[at], value);
	return merged;
}
function patchPath(source, patch, path) {
	const at = [...patch];
	for (const key of path) {
		const [named, every] = [at.concat(key), at.concat("*")];
		const patched = source.depth(named) < named.length && source.depth(every) === every.length;
		at.push(patched ? "*" : key);
	}
	return at;
}
function oneIssue(source, path, code, problem, fix) {
	return new ProfileError([{
		code,
		file: source.file,
		...source.position(path),
		path: pathText(path),
		problem,
		fix
	}]);
}
function pathText(path) {
	return path.reduce((text, key) => typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`, "");
}
function isRecord(value) {
	return value !== null && typeof value === "object" && !Array.isArray(value);
}
// src/profile/checker.ts
const COMMON_ROOTS = [
	"request",
	"caller",
	"body",
	"query",
	"params",
	"header",
	"ip",
	"now",
	"new",
	"policies"
];
const ERROR_ROOTS = [
	...COMMON_ROOTS,
	"refusal",
	"retryAfter",
	"retryAt",
	"violation",
	"detail"
];
const BEHAVIOUR_ROOTS = [
	...COMMON_ROOTS,
	"item",
	"page",
	"entry",
	"index",
	"created",
	"skipped",
	"deleted",
	"missing",
	"jobs",
	"job",
	"batch",
	"rows",
	"days",
	"cost"
];
function createChecker(profile, document, place) {
	const issues = [];
	const add = (code, path, problem, fix) => {
		issues.push({
			code: `profile/${code}`,
			file: place.file,
			...place.position(path),
			path: pathText(path),
			problem,
			fix
		});
	};
	const names = namesOf(profile, document);
	const named = (kind, name, path) => {
		if (name === void 0 || names[kind].includes(name)) return;
		add(`unknown-${kind}`, path, `there is no ${kind} "${name}"`, suggest(name, names[kind]));
	};
	const factPath = (fact, path, more = []) => checkFactPath(fact, path, more, names, add);
	const condition = (given, path) => {
		if (!given) return;
		for (const id of given.operation ?? []) named("operation", id, [...path, "operation"]);
		for (const name of given.error ?? []) named("error", name, [...path, "error"]);
		for (const fact of Object.keys(given.caller ?? {})) named("fact", fact, [
			...path,
			"caller",
			fact
		]);
		for (const fact of Object.keys(given.fact ?? {})) factPath(fact, [
			...path,
			"fact",
			fact
		]);
		condition(given.not, [...path, "not"]);
	};
	const template = (given, path, roots) => checkTemplate(given, path, roots, names, add);
	const regExp = (pattern, path) => {
		if (pattern === void 0) return;
		try {
			new RegExp(pattern);
		} catch (error) {
			const problem = error.message.replace(/^Invalid regular expression: /, "");
			add("bad-pattern", path, `is no regular expression: ${problem}`, "mend it");
		}
	};
	return {
		profile,
		document,
		issues,
		names,
		add,
		named,
		condition,
		template,
		factPath,
		regExp
	};
}
// src/profile/check-operations.ts
function checkLibrary({ profile, named, template }) {
	const { cache, idempotency, requestId } = profile;
	for (const id of cache && cache.operations !== "all" ? cache.operations : []) named("operation", id, ["cache", "operations"]);
	for (const id of cache?.bypass ?? []) named("operation", id, ["cache", "bypass"]);
	for (const id of idempotency?.operations ?? []) named("operation", id, ["idempotency", "operations"]);
	named("error", idempotency?.conflict, ["idempotency", "conflict"]);
	template(requestId?.template, ["requestId", "template"], COMMON_ROOTS);
	for (const [id, collection] of Object.entries(profile.collections)) {
		const path = ["collections", id];
		for (const [i, { error }] of collection.unique.entries()) named("error", error, [
			...path,
			"unique",
			i,
			"error"
		]);
		template(collection.scope, [...path, "scope"], BEHAVIOUR_ROOTS);
		template(collection.id, [...path, "id"], BEHAVIOUR_ROOTS);
		template(collection.credential, [...path, "credential"], BEHAVIOUR_ROOTS);
		template(Array.isArray(collection.seed) ? collection.seed : collection.seed.item, [...path, "seed"], BEHAVIOUR_ROOTS);
		template(collection.life?.views, [
			...path,
			"life",
			"views"
		], BEHAVIOUR_ROOTS);
	}
}
function checkOperations({ profile, document, add, named, condition, template }) {
	for (const [id, spec] of Object.entries(profile.operations)) {
		const path = ["operations", id];
		named("operation", id, path);
		const { behaviour: name, requires, evidence: _, ...options } = spec;
		const used = behaviour(name);
		const references = used.references?.(options) ?? {};
		const place = (value) => [...path, ...locate(options, value) ?? []];
		for (const collection of references.collections ?? []) named("collection", collection, place(collection));
		for (const error of references.errors ?? []) named("error", error, place(error));
		for (const collection of references.lives ?? []) if (profile.collections[collection] && !profile.collections[collection].life) add("no-life", place(collection), `the items of "${collection}" have no life, as ${name} needs`, "give the collection a life");
		const operation = document.operations.find((one) => one.id === id);
		const examples = operation ? exampleNames(document, operation) : [];
		for (const example of references.examples ?? []) if (operation && !examples.includes(example)) add("unknown-example", place(example), `the document has no example "${example}" for it`, suggest(example, examples));
		for (const given of used.templates?.(options) ?? []) template(given, place(given), BEHAVIOUR_ROOTS);
		for (const [i, requirement] of requires.entries()) {
			condition(requirement.when, [
				...path,
				"requires",
				i,
				"when"
			]);
			named("error", requirement.error, [
				...path,
				"requires",
				i,
				"error"
			]);
			named("collection", requirement.item?.collection, [
				...path,
				"requires",
				i,
				"item",
				"collection"
			]);
			template(requirement.item?.id, [
				...path,
				"requires",
				i,
				"item",
				"id"
			], BEHAVIOUR_ROOTS);
			for (const key of ["same", "anyOf"]) for (const [j, at] of (requirement[key] ?? []).entries()) template(`\${${at}}`, [
				...path,
				"requires",
				i,
				key,
				j
			], BEHAVIOUR_ROOTS);
		}
	}
}
function locate(options, value) {
	if (options === value) return [];
	if (options === null || typeof options !== "object") return void 0;
	for (const [key, inner] of Object.entries(options)) {
		const path = locate(inner, value);
		if (path) return [Array.isArray(options) ? Number(key) : key, ...path];
	}
}
// src/profile/check-policies.ts
function checkPolicy({ profile, document, names, add, named, condition, factPath }, id, spec) {
	const path = ["policies", id];
	const algorithm$1 = algorithm(spec.algorithm);
	if (algorithm$1.windows.length === 0) {
		if (spec.window) add("window", [...path, "window"], `${spec.algorithm} has no window`, "remove it");
	} else if (!spec.window) add("missing-key", [...path, "window"], `is missing (${spec.algorithm} needs one)`, "add it: { length: 60s, start: utc }");
	else {
		const window = compileWindow(spec.window, 1);
		if (!window) add("window", [
			...path,
			"window",
			"length"
		], `a calendar in ${spec.window.start} has no such unit`, "use hour, day, week or month, or start: utc");
		else if (!algorithm$1.windows.includes(window.kind)) add("window", [
			...path,
			"window",
			"start"
		], `${spec.algorithm} cannot count by such a window`, `use ${algorithm$1.windows.map(windowStart).join(" or ")}`);
	}
	for (const [i, fact] of spec.partitionBy.entries()) {
		const at = [
			...path,
			"partitionBy",
			i
		];
		const plain = [...names.fact, ...REQUEST_FACTS];
		if (fact.includes(".")) factPath(fact, at);
		else if (!plain.includes(fact)) add("unknown-fact", at, `there is no fact "${fact}"`, suggest(fact, plain));
	}
	named("error", spec.refusal.error, [
		...path,
		"refusal",
		"error"
	]);
	named("error", spec.refusal.impossible, [
		...path,
		"refusal",
		"impossible"
	]);
	if (typeof spec.refusal.charges !== "string") for (const other of spec.refusal.charges) named("policy", other, [
		...path,
		"refusal",
		"charges"
	]);
	for (const [i, free] of spec.free.entries()) condition(free, [
		...path,
		"free",
		i
	]);
	checkCost(spec.cost ?? [], [...path, "cost"], []);
	checkCost(spec.actualCost ?? [], [...path, "actualCost"], ["response"]);
	for (const [i, one] of (spec.applies ?? []).entries()) condition(one, [
		...path,
		"applies",
		i
	]);
	const mistaken = (spec.applies ?? []).flatMap(({ operation }) => operation ?? []).some((id) => !names.operation.includes(id));
	if (spec.applies && !mistaken && !spec.applies.some((one) => reachable(one, document, profile))) add("unreachable-policy", [...path, "applies"], "no operation of the document ever meets this policy", "widen the condition, or remove the policy");
	function checkCost(rules, at, more) {
		for (const [i, rule] of rules.entries()) {
			condition(rule.when, [
				...at,
				i,
				"when"
			]);
			const roots = rule.each === void 0 ? more : [...more, "item"];
			for (const key of [
				"units",
				"times",
				"count"
			]) {
				const amount = rule[key];
				if (typeof amount === "string") factPath(amount, [
					...at,
					i,
					key
				], roots);
			}
			if (rule.each !== void 0) factPath(rule.each, [
				...at,
				i,
				"each"
			], more);
			if (rule.price) factPath(rule.price.by, [
				...at,
				i,
				"price",
				"by"
			], roots);
		}
	}
}
const REQUEST_FACTS = [
	"ip",
	"operation",
	"method",
	"path"
];
function reachable({ operation, method, path, tag }, document, profile) {
	const patterns = path?.map(globPattern);
	const operations = document.operations.some((one) => (!operation || operation.includes(one.id)) && (!method || method.includes(one.method)) && (!tag || one.tags.some((name) => tag.includes(name))) && (!patterns || patterns.some((pattern) => pattern.test(one.path))));
	const wild = !operation && !tag && (path ?? []).some((glob) => profile.callers.under.some((prefix) => glob.startsWith(prefix)));
	return operations || wild;
}
function windowStart(kind) {
	return kind === "first-request" ? "start: first-request" : kind === "aligned" ? "start: utc" : "start: <time zone>";
}
// src/profile/checks.ts
function checkProfile(profile, document, place) {
	const checker = createChecker(profile, document, place);
	const { issues, add, named, condition, template, regExp } = checker;
	walkEvidence(profile, [], (source, path) => named("source", source, path));
	for (const [id, spec] of Object.entries(profile.policies)) checkPolicy(checker, id, spec);
	for (const [name, header] of Object.entries(profile.headers)) {
		for (const id of [header.policy ?? []].flat()) named("policy", id, [
			"headers",
			name,
			"policy"
		]);
		if (header.text === void 0 && header.value !== "retry-after" && (header.policy === void 0 || header.value === void 0)) add("incomplete-header", ["headers", name], "says neither what it shows nor a text", "give policy and value, or text");
		condition(header.when, [
			"headers",
			name,
			"when"
		]);
		template(header.text, [
			"headers",
			name,
			"text"
		], COMMON_ROOTS);
	}
	for (const [name, { body, headers, when }] of Object.entries(profile.errors)) {
		condition(when, [
			"errors",
			name,
			"when"
		]);
		template(body, [
			"errors",
			name,
			"body"
		], ERROR_ROOTS);
		template(headers, [
			"errors",
			name,
			"headers"
		], ERROR_ROOTS);
	}
	for (const [key, name] of Object.entries(profile.answers)) named("error", name, ["answers", key]);
	for (const [id, plan] of Object.entries(profile.plans)) {
		for (const policy of Object.keys(plan.quotas)) named("policy", policy, [
			"plans",
			id,
			"quotas",
			policy
		]);
		named("error", plan.denied, [
			"plans",
			id,
			"denied"
		]);
	}
	named("plan", profile.accounts.plan, ["accounts", "plan"]);
	for (const [i, fixture] of profile.fixtures.entries()) {
		named("credential", fixture.credential, [
			"fixtures",
			i,
			"credential"
		]);
		named("plan", fixture.plan, [
			"fixtures",
			i,
			"plan"
		]);
		named("error", fixture.error, [
			"fixtures",
			i,
			"error"
		]);
		regExp(fixture.pattern, [
			"fixtures",
			i,
			"pattern"
		]);
		const { pattern } = profile.callers.credentials[fixture.credential] ?? {};
		if (pattern !== void 0 && isRegExp(pattern) && !new RegExp(pattern).test(fixture.key)) add("fixture-key", [
			"fixtures",
			i,
			"key"
		], `"${fixture.key}" is no ${fixture.credential}, so nobody can show it`, `write one that matches ${pattern}`);
	}
	for (const [id, credential] of Object.entries(profile.callers.credentials)) {
		const path = [
			"callers",
			"credentials",
			id
		];
		named("error", credential.missing, [...path, "missing"]);
		named("error", credential.invalid, [...path, "invalid"]);
		named("security", credential.security, [...path, "security"]);
		regExp(credential.pattern, [...path, "pattern"]);
		if (credential.header === void 0 === (credential.query === void 0)) add("credential-place", path, "must say where the credential stands", "give header or query, one of them");
	}
	for (const [i, rule] of profile.validation.entries()) {
		named("error", rule.error, [
			"validation",
			i,
			"error"
		]);
		condition(rule.when, [
			"validation",
			i,
			"when"
		]);
	}
	for (const [i, guard] of profile.guards.entries()) {
		named("error", guard.error, [
			"guards",
			i,
			"error"
		]);
		condition(guard.when, [
			"guards",
			i,
			"when"
		]);
	}
	checkLibrary(checker);
	checkOperations(checker);
	checkAdvice(checker);
	for (const [id, claim] of Object.entries(profile.claims)) {
		for (const variant of claim.variants) named("variant", variant, [
			"claims",
			id,
			"variants"
		]);
		if (claim.rule !== void 0 && !exists(profile, claim.rule) && !exists(place.base ?? profile, claim.rule)) add("unknown-rule", [
			"claims",
			id,
			"rule"
		], `this profile has no "${claim.rule}"`, "name a rule such as policies.<id>, headers.<name>, errors.<name>");
	}
	return issues;
}
function isRegExp(pattern) {
	try {
		return new RegExp(pattern) !== void 0;
	} catch {
		return false;
	}
}
function walkEvidence(value, path, visit) {
	if (value === null || typeof value !== "object") return;
	for (const [key, inner] of Object.entries(value)) {
		const at = [...path, Array.isArray(value) ? Number(key) : key];
		if ((key === "evidence" || path[0] === "claims" && path.length === 1) && typeof inner?.source === "string") visit(inner.source, [...at, "source"]);
		if (path.length < 6) walkEvidence(inner, at, visit);
	}
}
function exists(profile, rule) {
	let at = profile;
	let rest = rule;
	while (rest !== "") {
		if (at === null || typeof at !== "object") return false;
		const key = Object.keys(at).filter((one) => rest === one || rest.startsWith(`${one}.`)).sort((a, b) => b.length - a.length)[0];
		if (key === void 0) return false;
		at = at[key];
		rest = rest.slice(key.length + 1);
	}
	return true;
}
// src/profile/quick.ts
const require$1 = createRequire(import.meta.url);
const LARGE = 5e5;
function quickValue(text) {
	if (/^\s*\{/.test(text)) {
		const json = jsonValue(text);
		if (json) return json;
	}
	return text.length >= LARGE ? yamlValue(text) : void 0;
}
function jsonValue(text) {
	try {
		const value = JSON.parse(text);
		return keysIn(value) === keysWritten(text) ? { value } : void 0;
	} catch {
		return;
	}
}
function yamlValue(text) {
	if (/<<["']?\s*:|!!|^%/m.test(text)) return void 0;
	try {
		const { load } = require$1("js-yaml");
		const value = load(text, { maxAliases: 0 });
		return isDoubtful(value) ? void 0 : { value };
	} catch {
		return;
	}
}
function keysIn(value) {
	if (value === null || typeof value !== "object") return 0;
	let keys = Array.isArray(value) ? 0 : Object.keys(value).length;
	for (const inner of Object.values(value)) keys += keysIn(inner);
	return keys;
}
function keysWritten(text) {
	let keys = 0;
	for (let at = text.indexOf("\""); at >= 0; at = text.indexOf("\"", at + 1)) {
		do
			at = text.indexOf("\"", at + 1);
		while (isEscaped(text, at));
		let next = at + 1;
		while (" 	\r\n".includes(text[next] ?? ":")) next += 1;
		if (text[next] === ":") keys += 1;
	}
	return keys;
}
function isEscaped(text, at) {
	let backslashes = 0;
	while (text[at - backslashes - 1] === "\\") backslashes += 1;
	return backslashes % 2 === 1;
}
const OVERFLOWS = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)e\+?\d{3,}$/i;
function isDoubtful(value) {
	if (typeof value === "string") return value.length < 400 && OVERFLOWS.test(value);
	if (value === null || typeof value !== "object") return false;
	if (Array.isArray(value)) return value.some(isDoubtful);
	for (const [key, inner] of Object.entries(value)) if (key === "null" || isDoubtful(key) || isDoubtful(inner)) return true;
	return false;
}
// src/profile/source.ts
const require = createRequire(import.meta.url);
const yaml = () => require("yaml");
function parseSource(file, text) {
	const quick = quickValue(text);
	return quick ? knownSource(file, text, quick.value) : readInFull(file, text);
}
function knownSource(file, text, value) {
	let places;
	const placed = () => {
		places ??= placesIn(parseWithLines(text, false));
		return places;
	};
	return {
		file,
		value,
		position: (path) => placed().position(path),
		depth: (path) => placed().depth(path)
	};
}
function parseWithLines(text, uniqueKeys) {
	const { LineCounter, parseDocument } = yaml();
	const lines = new LineCounter();
	return {
		document: parseDocument(text, {
			lineCounter: lines,
			prettyErrors: false,
			uniqueKeys,
			merge: true
		}),
		lines
	};
}
function readInFull(file, text) {
	const parsed = parseWithLines(text, true);
	const { document, lines } = parsed;
	const fail = (offset, code, problem, fix) => {
		const { line, col } = lines.linePos(offset);
		return new ProfileError([{
			code: `profile/${code}`,
			file,
			line,
			col,
			path: "",
			problem,
			fix
		}]);
	};
	const [error] = document.errors;
	if (error?.code === "DUPLICATE_KEY") {
		const key = /^["']?([^"':\s]+)/.exec(text.slice(error.pos[0]))?.[1];
		throw fail(error.pos[0], "duplicate-key", `the key "${key}" is there twice`, "remove one");
	}
	if (error) {
		const problem = `this is not valid YAML: ${error.message.replace(/\s+/g, " ").replace(/\.$/, "")}`;
		throw fail(error.pos[0], "yaml", problem, "mend the line (indentation, quotes and colons are the usual causes)");
	}
	let value;
	try {
		value = document.toJS({ maxAliasCount: 1e3 });
	} catch (cause) {
		const [alias, anchors] = unknownAlias(document);
		if (!alias) throw fail(0, "yaml", `this cannot be read: ${cause.message}`, "use fewer aliases");
		const problem = `there is no anchor "&${alias.source}" above`;
		throw fail(start(alias), "unknown-anchor", problem, suggest(alias.source, anchors));
	}
	return {
		file,
		value,
		...placesIn(parsed)
	};
}
function placesIn({ document, lines }) {
	return {
		position(path) {
			const { line, col } = lines.linePos(walk(document, path).offset);
			return {
				line: Math.max(1, line),
				col: Math.max(1, col)
			};
		},
		depth: (path) => walk(document, path).depth
	};
}
function walk(document, path) {
	const { isMap, isPair, isScalar, isSeq } = yaml();
	let node = document.contents;
	let offset = start(node);
	let depth = 0;
	for (const key of path) {
		if (isMap(node)) {
			const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
			if (!isPair(pair)) break;
			offset = start(pair.key);
			node = pair.value;
		} else if (isSeq(node)) {
			const item = node.items[Number(key)];
			if (item === void 0) break;
			offset = start(item);
			node = item;
		} else break;
		depth += 1;
	}
	return {
		offset,
		depth
	};
}
function start(node) {
	return node?.range?.[0] ?? 0;
}
function unknownAlias(document) {
	const { visit } = yaml();
	const anchors = [];
	let unknown;
	visit(document, {
		Alias(_key, node) {
			if (anchors.includes(node.source)) return void 0;
			unknown = node;
			return visit.BREAK;
		},
		Value(_key, node) {
			if (node.anchor !== void 0) anchors.push(node.anchor);
		}
	});
	return [unknown, anchors];
}
// src/profile/load.ts
function loadProvider(reference, options = {}, checksOf = () => void 0) {
	const file = findProfile(reference);
	const shown = shownPath(file);
	const source = readSource(file, shown);
	const parsed = parseProfile(source, options);
	const document = loadDocument(resolve(dirname(file), parsed.profile.openapi), shown, () => parsed.position(["openapi"]));
	const issues = checkProfile(parsed.profile, document, {
		file: shown,
		base: source.value,
		position: parsed.position
	});
	if (issues.length > 0) throw new ProfileError(issues);
	return compileProvider(parsed.profile, document, {
		file,
		variants: options.variants ?? [],
		compress: options.compress ?? 1,
		checks: checksOf(document)
	});
}
function loadDocument(file, profileFile, at) {
	const shown = shownPath(file);
	if (!existsSync(file)) {
		const problem = `there is no file ${shown}`;
		const fix = "give the path of an OpenAPI document, relative to the profile";
		throw new ProfileError([{
			code: "profile/no-document",
			file: profileFile,
			...at(),
			path: "openapi",
			problem,
			fix
		}]);
	}
	return openDocument(file);
}
function openDocument(file) {
	const source = readSource(file, shownPath(file));
	return telling(file, () => {
		const document = new OpenApiDocument(source.value);
		checkReferences(document);
		return document;
	});
}
function telling(file, work) {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof DocumentError)) throw error;
		const { code, at, message } = error;
		const source = readSource(file, shownPath(file));
		const [problem, fix = "mend the document"] = message.split("; ");
		const issue = {
			code,
			file: source.file,
			...source.position(at),
			path: at.join("."),
			problem,
			fix
		};
		throw new ProfileError([issue]);
	}
}
const parsedFiles = new Map();
function readSource(file, shown) {
	const text = readText(file, shown);
	const known = parsedFiles.get(file);
	if (known && known.text === text && known.source.file === shown) return known.source;
	const source = parseSource(shown, text);
	parsedFiles.set(file, {
		text,
		source
	});
	return source;
}
function remember(file, text, value) {
	parsedFiles.set(file, {
		text,
		source: knownSource(shownPath(file), text, value)
	});
}
function readText(file, shown) {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		const { code = String(error) } = error;
		const issue = {
			code: "profile/unreadable",
			file: shown,
			line: 1,
			col: 1,
			path: "",
			problem: code === "EISDIR" ? "this is a folder" : `this cannot be read (${code})`
		};
		throw new ProfileError([{
			...issue,
			fix: "give the path of a file that may be read"
		}]);
	}
}
export { loadProvider, remember };
