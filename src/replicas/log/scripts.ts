/**
 * The scripts that run in the server. Each is one atomic step, and the only code that writes the keys of the log.
 *
 * Keys, in this order, all with one hash tag:
 * - head (hash): `run`: run_id of the server in which the members last agreed; `history`, `ancestors`: see `branch`; `seq`: newest batch; `at`: newest time, in µs;
 *   `trimmed`: batches up to this one are in the checkpoint only; `checkpoint`, `parts`, `checkpointBytes`: its key, its number of parts, its size;
 *   `bytes`: estimated size of the batches in the log; `member`: newest number of a member; `version`, `configuration`: identity
 * - log (stream): entry `<seq>-0` with the fields m (member), a (time in µs), n (number of the append, 0: the end of the member), p (payload)
 * - members (sorted set): living members by the time at which they are removed, in µs
 * - appends (hash): member → number, seq and time of its last append, and `gone` if a replica knew that the member was removed
 * - offers (hash): exists during a recovery. member → seq, newest known time, when it was last made, and history; `since`, `chosen`, `chosenAt`
 *
 * Every script returns a list whose first element is `ok` or what the caller must do.
 * @module
 */

const COMMON = `
local HEAD, LOG, MEMBERS, APPENDS, OFFERS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')

local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000000 + t[2]
end

-- Lua's own conversion keeps 14 digits only.
local function text(n) return string.format('%.0f', n) end

local function load_head()
  local v = redis.call('HMGET', HEAD, 'run', 'history', 'seq', 'at', 'trimmed', 'bytes', 'ancestors', 'checkpoint', 'parts', 'member')
  if not v[1] then return nil end
  return {
    run = v[1], history = v[2], seq = tonumber(v[3]), at = tonumber(v[4]), trimmed = tonumber(v[5]), bytes = tonumber(v[6]),
    ancestors = v[7], checkpoint = v[8], parts = tonumber(v[9]), member = tonumber(v[10]),
  }
end

-- Whether the members have agreed on the state since the server started, and all batches are there.
local function is_usable(h)
  return h and h.run == run and redis.call('XLEN', LOG) == h.seq - h.trimmed
end

-- Whether nothing is missing: also used where the server has restarted.
local function is_complete(h)
  return h and redis.call('XLEN', LOG) == h.seq - h.trimmed
    and (h.parts == 0 or redis.call('LLEN', h.checkpoint) == h.parts)
end

-- The time of a call. It never falls. Time in which no member was heard, as while the server was away, is no member's silence.
local function advance(h, silence)
  local at = math.max(h.at, clock())
  if h.at > 0 and at - h.at > silence / 3 then
    for _, member in ipairs(redis.call('ZRANGE', MEMBERS, 0, -1)) do
      redis.call('ZINCRBY', MEMBERS, text(at - h.at), member)
    end
  end
  h.at = at
  return at
end

local function push(h, member, number, payload)
  h.seq = h.seq + 1
  h.bytes = h.bytes + #payload + 40
  redis.call('XADD', LOG, text(h.seq) .. '-0', 'm', member, 'a', text(h.at), 'n', number, 'p', payload)
end

-- The batches from one position to another, until the payloads exceed the limit.
local function range(from, to, limit)
  local found, size = {}, 0
  while from <= to do
    local chunk = redis.call('XRANGE', LOG, text(from), text(to), 'COUNT', 16)
    if #chunk == 0 then break end
    for _, entry in ipairs(chunk) do
      found[#found + 1] = entry
      size = size + #entry[2][8]
      from = from + 1
      if size > limit then return found, from <= to and 1 or 0 end
    end
  end
  return found, 0
end

local function last_append(member)
  local last = redis.call('HGET', APPENDS, member)
  if not last then return 0 end
  local number, seq, at = string.match(last, '(%d+) (%d+) (%d+)')
  return tonumber(number), tonumber(seq), at
end
`;

const RECOVERY = `
-- Begins a new history at a position of an earlier one. "ancestors" lists earlier histories, and the position up to which each is the beginning of this one.
local function branch(h, from, seq)
  local ancestors = {}
  for history, last in string.gmatch(h.ancestors, '([^=,]+)=(%d+)') do
    if history ~= from and history ~= h.history then
      ancestors[#ancestors + 1] = history .. '=' .. text(math.min(tonumber(last), seq))
    end
  end
  if h.history ~= '' and h.history ~= from then ancestors[#ancestors + 1] = h.history .. '=0' end
  ancestors[#ancestors + 1] = from .. '=' .. text(seq)
  while #ancestors > 16 do table.remove(ancestors, 1) end
  h.ancestors = table.concat(ancestors, ',')
  h.history = string.sub(run, 1, 8) .. '-' .. text(clock())
  redis.call('HSET', HEAD, 'run', run, 'history', h.history, 'ancestors', h.ancestors, 'at', text(h.at))
end

-- Up to which position a history leads to the present one.
local function common(h, history)
  if history == h.history then return h.seq end
  for ancestor, last in string.gmatch(h.ancestors, '([^=,]+)=(%d+)') do
    if ancestor == history then return tonumber(last) end
  end
  return nil
end

local function adopt(h, history)
  return {'ok', h.seq, h.history, common(h, history) or 0}
end

local function read_offers()
  local offers, flat = {}, redis.call('HGETALL', OFFERS)
  for i = 1, #flat, 2 do
    local seq, at, seen, history = string.match(flat[i + 1], '^(%d+) (%d+) (%d+) (.+)$')
    if seq then
      offers[#offers + 1] = {member = flat[i], seq = tonumber(seq), at = tonumber(at), seen = tonumber(seen), history = history}
    end
  end
  return offers
end

-- The members that took part live, and the recovery is over.
local function close_recovery(h, offers, silence)
  for _, offer in ipairs(offers) do redis.call('ZADD', MEMBERS, text(h.at + silence), offer.member) end
  redis.call('DEL', OFFERS)
  redis.call('SPUBLISH', HEAD, '0')
end
`;

/** ARGV: version, configuration, silence in µs, history to which the caller's state belongs (empty: it has none). → member, history */
export const JOIN = `${COMMON}
local version, configuration, silence = ARGV[1], ARGV[2], tonumber(ARGV[3])
local h = load_head()
local now = clock()
if not h then
  -- Who has a state restores it. Only who has none may begin with nothing.
  if ARGV[4] ~= '' then return {'restarted'} end
  if redis.call('EXISTS', OFFERS) == 1 then return {'recovering'} end
  redis.call('DEL', LOG, MEMBERS, APPENDS)
  h = {seq = 0, at = now, member = 0, history = string.sub(run, 1, 8) .. '-' .. text(now)}
  redis.call('HSET', HEAD, 'run', run, 'history', h.history, 'ancestors', '', 'seq', 0, 'at', text(now), 'trimmed', 0, 'checkpoint', '',
    'parts', 0, 'checkpointBytes', 0, 'bytes', 0, 'member', 0, 'version', version, 'configuration', configuration)
else
  local identity = redis.call('HMGET', HEAD, 'version', 'configuration')
  if identity[1] ~= version or identity[2] ~= configuration then
    return {'unfit', identity[1], identity[2], redis.call('ZRANGE', MEMBERS, 0, -1)}
  end
end
-- Milliseconds since 2026: a number is not used again, even if the store has lost the newest one.
local member = math.max(h.member + 1, math.floor(now / 1000) - 1767225600000)
local at = advance(h, silence)
redis.call('HSET', HEAD, 'member', text(member), 'at', text(at))
redis.call('ZADD', MEMBERS, text(at + silence), text(member))
return {'ok', member, h.history}
`;

/** ARGV: history, member, number (0: nothing to append), payload, after, silence in µs, limit in bytes. → seq, at, isPartial, batches */
export const APPEND = `${COMMON}
local history, member, number, payload = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local after, silence, limit = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local h = load_head()
if not is_usable(h) or h.history ~= history or after > h.seq then return {'restarted'} end
if after < h.trimmed then return {'trimmed'} end
if number > 0 then
  local last, seq, at = last_append(member)
  if last >= number then
    local others, partial = range(after + 1, seq - 1, limit)
    return {'ok', seq, at, partial, others}
  end
end
if not redis.call('ZSCORE', MEMBERS, member) then return {'removed'} end
local first = h.seq
local at = advance(h, silence)
redis.call('ZADD', MEMBERS, text(at + silence), member)
local silent = redis.call('ZRANGE', MEMBERS, '-inf', text(at), 'BYSCORE')
table.sort(silent, function(a, b) return tonumber(a) < tonumber(b) end)
for _, other in ipairs(silent) do
  redis.call('ZREM', MEMBERS, other)
  push(h, other, 0, '')
end
local last = h.seq
if number > 0 then
  push(h, member, number, payload)
  redis.call('HSET', APPENDS, member, number .. ' ' .. text(h.seq) .. ' ' .. text(at))
end
redis.call('HSET', HEAD, 'seq', text(h.seq), 'at', text(at), 'bytes', text(h.bytes))
if h.seq > first then redis.call('SPUBLISH', HEAD, member) end
local others, partial = range(after + 1, last, limit)
return {'ok', h.seq, text(at), partial, others}
`;

/** ARGV: history, after, limit in bytes. → batches */
export const READ = `${COMMON}
local h = load_head()
local after = tonumber(ARGV[2])
if not is_usable(h) or h.history ~= ARGV[1] or after > h.seq then return {'restarted'} end
if after < h.trimmed then return {'trimmed'} end
local batches = range(after + 1, h.seq, tonumber(ARGV[3]))
return {'ok', batches}
`;

/** → seq, key, number of parts, history, appends */
export const CHECKPOINT = `${COMMON}
local h = load_head()
if not is_usable(h) or not is_complete(h) then return {'restarted'} end
return {'ok', h.trimmed, h.checkpoint, h.parts, h.history, redis.call('HGETALL', APPENDS)}
`;

/** KEYS 6: where the parts are. ARGV: history, seq, number of parts, bytes */
export const SAVE = `${COMMON}
local h = load_head()
local seq = tonumber(ARGV[2])
if not is_usable(h) or h.history ~= ARGV[1] or seq > h.seq then
  redis.call('DEL', KEYS[6])
  return {'restarted'}
end
if seq <= h.trimmed then
  redis.call('DEL', KEYS[6])
  return {'ok'}
end
redis.call('PERSIST', KEYS[6])
-- Replicas that are reading the earlier one may finish.
if h.parts > 0 then redis.call('EXPIRE', h.checkpoint, 30) end
local bytes = math.floor(h.bytes * (h.seq - seq) / (h.seq - h.trimmed))
redis.call('XTRIM', LOG, 'MINID', text(seq + 1))
redis.call('HSET', HEAD, 'trimmed', text(seq), 'checkpoint', KEYS[6], 'parts', ARGV[3], 'checkpointBytes', ARGV[4], 'bytes', text(bytes))
for _, member in ipairs(redis.call('HKEYS', APPENDS)) do
  local _, last = last_append(member)
  if last <= seq and not redis.call('ZSCORE', MEMBERS, member) then redis.call('HDEL', APPENDS, member) end
end
return {'ok'}
`;

/** ARGV: member */
export const LEAVE = `${COMMON}
local h = load_head()
if redis.call('ZREM', MEMBERS, ARGV[1]) == 0 or not is_usable(h) then return {'ok'} end
h.at = math.max(h.at, clock())
push(h, ARGV[1], 0, '')
redis.call('HSET', HEAD, 'seq', text(h.seq), 'at', text(h.at), 'bytes', text(h.bytes))
redis.call('SPUBLISH', HEAD, ARGV[1])
return {'ok'}
`;

/**
 * Offers a state, and reports how the recovery stands. ARGV: history, member, seq, newest known time in µs, bound and silence in µs.
 * → `wait`: call again; `write`: write the state, then call INSTALL; `ok`: seq, history, position up to which the caller's history leads to it
 */
export const OFFER = `${COMMON}${RECOVERY}
local history, member, seq, bound, silence = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6])
local h = load_head()
local now = clock()
local complete = is_complete(h)
if complete and h.run == run and (h.seq >= seq or common(h, history)) then return adopt(h, history) end
redis.call('HSET', OFFERS, member, ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. text(now) .. ' ' .. history)
redis.call('PEXPIRE', OFFERS, 60000)
redis.call('HSETNX', OFFERS, 'since', text(now))
local state = redis.call('HMGET', OFFERS, 'chosen', 'chosenAt', 'since')
local chosen = state[1]
if chosen and now - tonumber(state[2]) > silence then
  redis.call('HDEL', OFFERS, chosen, 'chosen', 'chosenAt')
  chosen = nil
end
if chosen == member then return {'write'} end
if chosen then return {'wait'} end
local offers, offered = {}, {}
for _, offer in ipairs(read_offers()) do
  -- Each caller repeats its offer many times within the bound. One that does not is gone.
  if now - offer.seen <= bound then
    offers[#offers + 1] = offer
    offered[offer.member] = true
  end
end
local best
for _, offer in ipairs(offers) do
  if not best or offer.seq > best.seq or (offer.seq == best.seq and tonumber(offer.member) > tonumber(best.member)) then best = offer end
end
-- A store that has lost batches may have lost members as well, so the list of members does not say whether all have offered.
local waiting = not complete or h.seq < best.seq
for _, other in ipairs(redis.call('ZRANGE', MEMBERS, 0, -1)) do waiting = waiting or not offered[other] end
if waiting and now - tonumber(state[3]) < bound then return {'wait'} end
if complete and h.seq >= best.seq then
  for _, offer in ipairs(offers) do h.at = math.max(h.at, offer.at) end
  h.at = math.max(h.at, now)
  branch(h, h.history, h.seq)
  close_recovery(h, offers, silence)
  return adopt(h, history)
end
redis.call('HSET', OFFERS, 'chosen', best.member, 'chosenAt', text(now))
if best.member == member then return {'write'} end
return {'wait'}
`;

/**
 * Makes the state of the chosen member the store's. KEYS 6: where the parts are. ARGV: history, member, seq, number of parts, bytes, silence in µs, version, configuration,
 * then member and last append of each. → `lost`: the caller is not the chosen one any more; `ok`: as of OFFER
 */
export const INSTALL = `${COMMON}${RECOVERY}
local history, member, seq, silence = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[6])
if redis.call('HGET', OFFERS, 'chosen') ~= member then
  redis.call('DEL', KEYS[6])
  return {'lost'}
end
local offers = read_offers()
local h = load_head() or {history = '', ancestors = '', at = 0, parts = 0, member = 0}
h.seq = seq
h.at = math.max(h.at, clock())
for _, offer in ipairs(offers) do
  h.at = math.max(h.at, offer.at)
  h.member = math.max(h.member, tonumber(offer.member))
end
if h.parts > 0 and h.checkpoint ~= KEYS[6] then redis.call('DEL', h.checkpoint) end
redis.call('DEL', LOG, APPENDS)
redis.call('PERSIST', KEYS[6])
for i = 9, #ARGV, 2 do
  redis.call('HSET', APPENDS, ARGV[i], ARGV[i + 1])
  h.member = math.max(h.member, tonumber(ARGV[i]))
  -- A member that does not come back is removed in time, which ends its requests.
  if not string.find(ARGV[i + 1], 'gone') then redis.call('ZADD', MEMBERS, 'NX', text(h.at + silence), ARGV[i]) end
end
redis.call('HSET', HEAD, 'seq', text(seq), 'trimmed', text(seq), 'checkpoint', KEYS[6], 'parts', ARGV[4], 'checkpointBytes', ARGV[5],
  'bytes', 0, 'member', text(h.member), 'version', ARGV[7], 'configuration', ARGV[8])
branch(h, history, seq)
close_recovery(h, offers, silence)
return adopt(h, history)
`;
