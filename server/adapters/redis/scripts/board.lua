#!lua name=callboard_board

-- The live board: applied and installed atomically, fenced by number.
--
-- KEYS of every function, all with the board's hash tag:
--   1 m  hash    company, epoch, seq, sum (checksum of the open activities)
--   2 a  hash    activity id -> JSON; open activities only
--   3 t  hash    technician id -> JSON
--   4 o  hash    order id -> JSON; exactly the orders that an open activity of this board belongs to
--   5 v  hash    'a:ID' -> 'version orderId', 't:ID' -> 'version', 'o:ID' -> 'version'
--   6 c  hash    order id -> number of its open activities here
--   7 w  hash    order id -> JSON; orders told of while no open activity here belongs to them (they wait for one)
--   8 q  zset    order id scored by seq: the waiting orders, oldest first, at most 1,000
--   9 s  stream  the events, entry id = 'seq-0', field e = JSON of the event

local HEADS = 'board-heads'
local WAITING_MAX = 1000

-- The 31-polynomial hash of 'id:version' modulo 2^32; contract/board.ts has the same.
local function hash(id, version)
  local text = id .. ':' .. version
  local h = 0
  for i = 1, #text do
    h = (h * 31 + string.byte(text, i)) % 4294967296
  end
  return h
end

local function wait(keys, id, json, seq)
  redis.call('HSET', keys[7], id, json)
  redis.call('ZADD', keys[8], seq, id)
  while redis.call('ZCARD', keys[8]) > WAITING_MAX do
    local oldest = redis.call('ZPOPMIN', keys[8])
    redis.call('HDEL', keys[7], oldest[1])
    redis.call('HDEL', keys[5], 'o:' .. oldest[1])
  end
end

local function refer(keys, order)
  if redis.call('HINCRBY', keys[6], order, 1) > 1 then return end
  local json = redis.call('HGET', keys[7], order)
  if not json then return end
  redis.call('HSET', keys[4], order, json)
  redis.call('HDEL', keys[7], order)
  redis.call('ZREM', keys[8], order)
end

local function unrefer(keys, order, seq)
  if redis.call('HINCRBY', keys[6], order, -1) > 0 then return end
  redis.call('HDEL', keys[6], order)
  local json = redis.call('HGET', keys[4], order)
  if not json then return end
  redis.call('HDEL', keys[4], order)
  wait(keys, order, json, seq)
end

-- Version and order of a stored activity, or nil.
local function known(keys, id)
  local text = redis.call('HGET', keys[5], 'a:' .. id)
  if not text then return nil, nil end
  local space = string.find(text, ' ', 1, true)
  return string.sub(text, 1, space - 1), string.sub(text, space + 1)
end

local function newer(keys, field, version)
  local stored = redis.call('HGET', keys[5], field)
  return not stored or tonumber(stored) < tonumber(version)
end

-- Each step answers how much it changed the checksum.
local step = {}

step['activity put'] = function(keys, seq, id, version, order, json)
  local oldVersion, oldOrder = known(keys, id)
  if oldVersion and tonumber(oldVersion) >= tonumber(version) then return 0 end
  redis.call('HSET', keys[2], id, json)
  redis.call('HSET', keys[5], 'a:' .. id, version .. ' ' .. order)
  if oldOrder ~= order then
    refer(keys, order)
    if oldOrder then unrefer(keys, oldOrder, seq) end
  end
  return hash(id, version) - (oldVersion and hash(id, oldVersion) or 0)
end

step['activity drop'] = function(keys, seq, id)
  local oldVersion, oldOrder = known(keys, id)
  if not oldVersion then return 0 end
  redis.call('HDEL', keys[2], id)
  redis.call('HDEL', keys[5], 'a:' .. id)
  unrefer(keys, oldOrder, seq)
  return -hash(id, oldVersion)
end

step['technician put'] = function(keys, _, id, version, _, json)
  if newer(keys, 't:' .. id, version) then
    redis.call('HSET', keys[3], id, json)
    redis.call('HSET', keys[5], 't:' .. id, version)
  end
  return 0
end

step['technician drop'] = function(keys, _, id)
  redis.call('HDEL', keys[3], id)
  redis.call('HDEL', keys[5], 't:' .. id)
  return 0
end

step['order put'] = function(keys, seq, id, version, _, json)
  if not newer(keys, 'o:' .. id, version) then return 0 end
  redis.call('HSET', keys[5], 'o:' .. id, version)
  if redis.call('HGET', keys[6], id) then
    redis.call('HSET', keys[4], id, json)
  else
    wait(keys, id, json, seq)
  end
  return 0
end

step['order drop'] = function(keys, _, id)
  redis.call('HDEL', keys[4], id)
  redis.call('HDEL', keys[7], id)
  redis.call('ZREM', keys[8], id)
  redis.call('HDEL', keys[5], 'o:' .. id)
  return 0
end

-- Applies events in ascending order; those already there are skipped, so that applying twice is harmless.
-- ARGV: board id, epoch, length to keep of the stream,
--       then per event: seq, step ('activity put', ..., or 'none'), record id, version, order id, event JSON, record JSON
-- Replies: {'OK', head} | {'GAP', head} | {'EPOCH'} | {'NONE'}
local function board_apply(keys, args)
  local meta = redis.call('HMGET', keys[1], 'epoch', 'seq', 'sum')
  if not meta[1] then return { 'NONE' } end
  if meta[1] ~= args[2] then return { 'EPOCH' } end
  local before = tonumber(meta[2])
  local head = before
  local sum = tonumber(meta[3])
  local reply = 'OK'
  for i = 4, #args, 7 do
    local seq = tonumber(args[i])
    if seq > head + 1 then
      reply = 'GAP'
      break
    end
    if seq == head + 1 then
      local change = step[args[i + 1]]
      if change then
        sum = (sum + change(keys, seq, args[i + 2], args[i + 3], args[i + 4], args[i + 6])) % 4294967296
      end
      redis.call('XADD', keys[9], 'MAXLEN', '~', args[3], args[i] .. '-0', 'e', args[i + 5])
      head = seq
    end
  end
  if head > before then
    redis.call('HSET', keys[1], 'seq', string.format('%.0f', head), 'sum', string.format('%.0f', sum))
    redis.call('PUBLISH', HEADS, args[1] .. ' ' .. string.format('%.0f', head))
  end
  return { reply, head }
end

-- Puts a freshly built board in place, unless one of the same epoch is there that is not older.
-- KEYS 10 to 14: the built hashes a, t, o, v, c. ARGV: board id, company, epoch, seq, sum, '1' to replace one of the
-- same number too, then the lengths of the five built hashes (a build that lost a part by expiry is refused).
-- Replies: 'INSTALLED' | 'KEPT' | 'INCOMPLETE'
local function board_install(keys, args)
  local function discard(reply)
    redis.call('DEL', keys[10], keys[11], keys[12], keys[13], keys[14])
    return reply
  end
  local meta = redis.call('HMGET', keys[1], 'epoch', 'seq')
  if meta[1] == args[3] then
    local ahead = tonumber(meta[2]) - tonumber(args[4])
    if ahead > 0 or (ahead == 0 and args[6] ~= '1') then return discard('KEPT') end
  end
  for i = 0, 4 do
    if redis.call('HLEN', keys[10 + i]) ~= tonumber(args[7 + i]) then return discard('INCOMPLETE') end
  end
  redis.call('DEL', keys[1], keys[2], keys[3], keys[4], keys[5], keys[6], keys[7], keys[8], keys[9])
  for i = 0, 4 do
    if redis.call('EXISTS', keys[10 + i]) == 1 then
      redis.call('RENAME', keys[10 + i], keys[2 + i])
      redis.call('PERSIST', keys[2 + i])
    end
  end
  redis.call('HSET', keys[1], 'company', args[2], 'epoch', args[3], 'seq', args[4], 'sum', args[5])
  redis.call('PUBLISH', HEADS, args[1] .. ' ' .. args[4])
  return 'INSTALLED'
end

redis.register_function('board_apply', board_apply)
redis.register_function('board_install', board_install)
