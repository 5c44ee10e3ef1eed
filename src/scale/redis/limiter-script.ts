import {
  COARSENESS_MS,
  COLD_MARGIN_MS,
  MARGIN_MS,
  MAX_DELAY_MS,
  RECOVERY_PER_SECOND,
  SECOND_MS,
  SLOWEST_SHARE,
} from "../../engine/account/pace-rules.js";
import { ACCOUNT_EXPIRY_MS, BEAT_MS, COMPLETE_SINCE, DEAD_AFTER_MS, LOST_PAUSE_MS } from "./limiter-state.js";

/**
 * One exchange of a process with the state of one account. The process sends the state of all its requests: those that wait, those that hold
 * a permit, and those that have ended since its last exchange. The script corrects the state by that, so a lost or repeated exchange does no harm. It then
 * grants permits in the order of the requests, also ahead of time, and to requests of other processes, which it notifies.
 *
 * KEYS: the state of the account; the heartbeats of the processes; the time since which the state is complete.
 * ARGV: the exchange in JSON (`Exchange` in limiter-server.ts); the prefix of the processes' channels; "1" after a restart of Redis, else "0".
 *
 * The state has the requests in their order. Each is a table with the number `id` of the process `p`, and its kind `k`: "w" waits, "g" has a permit from the
 * time `t`, "s" was sent at the time `t`. `h`: the process has handed out the permit. `r`: it has ended. `u`: it has no response yet. `a`: what its delay adds to its
 * second. `s`: the shortest round trip of its process, or 0; `c`: whether that is not reliable yet.
 *
 * A response shows an upper limit of the arrival at the vendor: half of the round trip may be the way there, all of it, or nothing. Where two processes are
 * at different distances, a permit of the near one after a request of the far one is later by the difference, which holds for each of these shares.
 */
export const LIMITER_SCRIPT = `
local accountKey, beatsKey, completeKey = KEYS[1], KEYS[2], KEYS[3]
local exchange, channelPrefix, restarted = cjson.decode(ARGV[1]), ARGV[2], ARGV[3] == '1'
local me = exchange.process
${COMPLETE_SINCE}
redis.call('ZADD', beatsKey, now, me)
redis.call('PEXPIRE', beatsKey, ${ACCOUNT_EXPIRY_MS})

local packed = redis.call('GET', accountKey)
local state = packed and cmsgpack.unpack(packed)
-- The clock of Redis may also have been set back.
if state and (state.complete ~= complete or now < state.now - ${SECOND_MS}) then state = false end
if not state then
  state = { epoch = math.floor(now), version = 0, pause = 0, lost = 0, share = 1, since = 0, requests = {} }
  if exchange.isKnown or packed or now - tonumber(complete) < ${LOST_PAUSE_MS} then state.lost = now + ${LOST_PAUSE_MS} end
end
state.complete, state.version, state.now = complete, state.version + 1, now
if exchange.rate > 0 then state.rate, state.concurrency = exchange.rate, exchange.concurrency end

-- 1. Refusals of the vendor. Requests that were in flight together are refused together, and count as one refusal.
local function shareNow()
  return math.min(1, state.share + math.max(0, now - state.since) / ${SECOND_MS} * ${RECOVERY_PER_SECOND})
end
for _, pauseMs in ipairs(exchange.pauses) do
  if now >= state.pause then
    state.share, state.since = math.max(${SLOWEST_SHARE}, shareNow() / 2), now + pauseMs
  end
  state.pause = math.max(state.pause, now + pauseMs)
end
local perSecond = (state.rate or 1) * shareNow()
local allowance = math.max(1, math.floor(perSecond))
local periodMs = ${SECOND_MS} / math.min(1, perSecond)

-- 2. What the process knows of its requests.
local known = {}
for _, id in ipairs(exchange.waiting) do known[id] = { kind = 'waiting' } end
for _, row in ipairs(exchange.held) do known[row[1]] = { kind = 'held', sentAgoMs = row[2], addedMs = row[3] } end
for _, row in ipairs(exchange.ended) do known[row[1]] = { kind = 'ended', sentAgoMs = row[2], addedMs = row[3] } end

local function learn(request, of)
  of.isSeen = true
  request.s, request.c = exchange.shortestMs, exchange.isCold
  if of.kind == 'waiting' then return end
  -- A process that was considered dead may still hold its permits.
  if of.kind == 'held' then request.h, request.r = true, nil else request.r = true end
  if of.sentAgoMs < 0 then
    if request.k == 'w' then request.k, request.t = 'g', now end
    return
  end
  local sentAt = now - of.sentAgoMs
  -- Each exchange takes some time, so each reports a time that is not too early.
  request.t = request.k == 's' and math.min(request.t, sentAt) or sentAt
  request.k = 's'
  if of.addedMs < 0 then request.u = true else request.u, request.a = nil, of.addedMs end
end

-- A process that was killed has sent nothing since its next heartbeat was due.
local beats = {}
local function lastBeat(process)
  if beats[process] == nil then beats[process] = tonumber(redis.call('ZSCORE', beatsKey, process) or 0) end
  return beats[process]
end
local function bury(request)
  local dueAt = lastBeat(request.p) > 0 and lastBeat(request.p) + ${BEAT_MS + COLD_MARGIN_MS} or now
  if request.k == 'w' or (request.k == 'g' and not request.h and request.t > dueAt) then return false end
  if request.k == 'g' then request.k, request.t, request.u = 's', math.max(request.t, dueAt), true end
  request.h, request.r = nil, true
  return true
end

-- Returns how long a request uses the quota, and whether its response will shorten that.
local function usedUntil(request)
  if request.k == 'g' then return math.huge, false end
  local from = request.t + periodMs
  if not request.u then return from + request.a, false end
  local margin = request.c and ${COLD_MARGIN_MS} or ${COARSENESS_MS}
  if request.s >= periodMs then return from + math.max(margin, ${MARGIN_MS}), false end
  return from + margin + ${MAX_DELAY_MS}, true
end

local kept, revoked = {}, {}
for _, request in ipairs(state.requests) do
  local keeps = true
  if request.p == me then
    local of = known[request.id]
    if of then learn(request, of)
    elseif not request.r then
      keeps = request.k == 's'
      request.r = true
    end
  elseif not request.r and now - lastBeat(request.p) > ${DEAD_AFTER_MS} then keeps = bury(request) end
  if keeps and #exchange.pauses > 0 and request.k == 'g' and not request.h and request.t > now then
    request.k, revoked[request] = 'w', true
  end
  if keeps and request.r and usedUntil(request) + request.s <= now then keeps = false end
  if keeps then kept[#kept + 1] = request end
end
local function add(id)
  local of = known[id]
  if of == nil or of.isSeen then return end
  local request = { id = id, p = me, k = 'w', a = 0 }
  learn(request, of)
  kept[#kept + 1] = request
end
for _, row in ipairs(exchange.ended) do add(row[1]) end
for _, row in ipairs(exchange.held) do add(row[1]) end
for _, id in ipairs(exchange.waiting) do add(id) end
state.requests = kept

-- 3. Permits, as many as have a known time.
local counted, pending, head, wakeAt = {}, 0, nil, nil
for _, request in ipairs(kept) do
  if request.k ~= 'w' then
    counted[#counted + 1] = request
    if not request.r then pending = pending + 1 end
  end
end
-- Returns the time at which the process of a request may send it; nil while that is not known, with the time at which it will be known at the latest.
local function startOf(request)
  -- The other processes have not reported their requests yet.
  if now < state.lost then return nil, state.lost end
  local start = math.max(now, state.pause)
  if #counted < allowance then return start end
  -- The first round trips of a process are longer than the later ones.
  local nearMs = request.c and math.max(0, request.s - ${COLD_MARGIN_MS}) or request.s
  local ends = {}
  for index, other in ipairs(counted) do
    local time, isUncertain = usedUntil(other)
    if other.p ~= request.p then time = time + math.max(0, other.s - nearMs) end
    ends[index] = { time, isUncertain }
  end
  table.sort(ends, function(one, other) return one[1] > other[1] end)
  local time, isUncertain = ends[allowance][1], ends[allowance][2]
  if time <= start then return start end
  if time == math.huge then return nil, nil end
  if isUncertain then return nil, time end
  return time
end
local news = {}
local function newsOf(process)
  news[process] = news[process] or { permits = {}, wakeAfterMs = -1 }
  return news[process]
end
for _, request in ipairs(kept) do
  if request.k == 'w' then
    if pending >= (state.concurrency or 1) then head = request break end
    local start, knownAt = startOf(request)
    if start == nil then head, wakeAt = request, knownAt break end
    request.k, request.t = 'g', start
    counted[#counted + 1] = request
    pending = pending + 1
    revoked[request] = nil
    table.insert(newsOf(request.p).permits, { request.id, start - now })
  elseif request.k == 'g' and not request.h and request.p == me then
    -- It was granted before, and the process may not have received the notification.
    table.insert(newsOf(me).permits, { request.id, math.max(0, request.t - now) })
  end
end
for request in pairs(revoked) do table.insert(newsOf(request.p).permits, { request.id, -1 }) end

-- 4. The first request that waits needs a further exchange when time alone provides its permit.
if wakeAt and (head.p == me or state.wakeAt ~= wakeAt or state.wakes ~= head.p) then
  newsOf(head.p).wakeAfterMs = wakeAt - now
  state.wakeAt, state.wakes = wakeAt, head.p
end
redis.call('SET', accountKey, cmsgpack.pack(state), 'PX',
  math.ceil(${ACCOUNT_EXPIRY_MS} + math.max(0, state.pause - now) + periodMs))

local function encode(process)
  local of = newsOf(process)
  local row = { exchange.account, state.epoch, state.version, of.wakeAfterMs }
  for _, permit in ipairs(of.permits) do
    row[#row + 1] = permit[1]
    row[#row + 1] = permit[2]
  end
  return cjson.encode(row)
end
for process in pairs(news) do
  if process ~= me then redis.call('PUBLISH', channelPrefix .. process, encode(process)) end
end
return encode(me)
`;
