-- What dbspec's programs do in Redis. Nothing of a model stands here: keys and arguments say it all, and no key is
-- touched that isn't among them.

-- What tells a row from any other: the digest of its fields by name; nothing where there is no row.
local function image(flat)
  if #flat == 0 then
    return ''
  end
  local fields = {}
  for at = 1, #flat, 2 do
    local name, value = flat[at], flat[at + 1]
    fields[#fields + 1] = #name .. ':' .. name .. #value .. ':' .. value
  end
  table.sort(fields)
  return redis.sha1hex(table.concat(fields))
end

-- The ends of a range as BYLEX takes them. `~x` is behind all that begins with x.
local function ends(low, high)
  if string.sub(high, 1, 1) == '~' then
    return low, '(' .. string.sub(high, 2) .. '\255'
  end
  return low, high
end

local function members(key, low, high)
  low, high = ends(low, high)
  return redis.call('ZRANGE', key, low, high, 'BYLEX')
end

local function count(key, low, high)
  low, high = ends(low, high)
  return string.format('%.0f', redis.call('ZLEXCOUNT', key, low, high))
end

-- No member has a space.
local function digest(list)
  return redis.sha1hex(table.concat(list, ' '))
end

-- The name of the row that a member stands for.
local function name(member)
  return string.match(member, '!([^!]*)$') or member
end

-- Whether one decimal integer is less than another: they have more digits than a number of Lua.
local function less(a, b)
  local below = string.sub(a, 1, 1) == '-'
  if below ~= (string.sub(b, 1, 1) == '-') then
    return below
  end
  if #a ~= #b then
    return (#a < #b) ~= below
  end
  return a ~= b and (a < b) ~= below
end

-- KEYS: rows. ARGV: fields. Each row: its key, its image and the fields' values; where there is none, its key and nothing.
local function rows(keys, args)
  local found = {}
  for at, key in ipairs(keys) do
    local flat = redis.call('HGETALL', key)
    local row = { key, image(flat) }
    if #flat > 0 then
      local by_name, values = {}, {}
      for field = 1, #flat, 2 do
        by_name[flat[field]] = flat[field + 1]
      end
      for place, field in ipairs(args) do
        values[place] = by_name[field] or false
      end
      row[3] = values
    end
    found[at] = row
  end
  return found
end

-- KEYS: sets. ARGV: their low ends, then their high ends. Each range: its key, its ends and the digest of its members; and
-- the names of all rows.
local function ranges(keys, args)
  local found, names, seen = {}, {}, {}
  for at, key in ipairs(keys) do
    local low, high = args[at], args[#keys + at]
    local list = members(key, low, high)
    for _, member in ipairs(list) do
      local it = name(member)
      if not seen[it] then
        seen[it] = true
        names[#names + 1] = it
      end
    end
    found[at] = { key, low, high, digest(list) }
  end
  return { found, names }
end

-- As ranges: each with how many members it has in place of their digest.
local function counts(keys, args)
  local found = {}
  for at, key in ipairs(keys) do
    local low, high = args[at], args[#keys + at]
    found[at] = { key, low, high, count(key, low, high) }
  end
  return found
end

-- KEYS: a set. ARGV: the ends, `up` or `down`, how many at most (0: all), the member to go on after (none: from the
-- beginning). The names of rows in order, and the last member, where there may be more.
local function page(keys, args)
  local low, high = ends(args[1], args[2])
  local most, after = args[4], args[5]
  local command = { 'ZRANGE', keys[1], low, high, 'BYLEX' }
  if args[3] == 'down' then
    if after ~= '' then
      high = '(' .. after
    end
    command[3], command[4], command[6] = high, low, 'REV'
  elseif after ~= '' then
    command[3] = '(' .. after
  end
  if most ~= '0' then
    command[#command + 1] = 'LIMIT'
    command[#command + 1] = 0
    command[#command + 1] = most
  end
  local list = redis.call(unpack(command))
  local names = {}
  for at, member in ipairs(list) do
    names[at] = name(member)
  end
  local more = most ~= '0' and #list >= tonumber(most) and list[#list]
  return { names, more }
end

-- KEYS: a sequence. ARGV: how many numbers. The last of them; the largest there is where they are used up.
local function next_number(keys, args)
  local done = redis.pcall('INCRBY', keys[1], args[1])
  if type(done) == 'table' and done.err then
    if string.find(done.err, 'overflow', 1, true) then
      return '9223372036854775807'
    end
    return done
  end
  return redis.call('GET', keys[1])
end

local function holds(key, kind)
  local found = redis.call('TYPE', key).ok
  return found == 'none' or found == kind
end

-- What an act asks: true, or what is wrong. Nothing is written before all were asked, and what was asked can't fail then.
local asks = {
  row = function(key, act)
    return image(redis.call('HGETALL', key)) == act[2] or 'DBSPEC_CONFLICT a row has changed'
  end,
  range = function(key, act)
    return digest(members(key, act[2], act[3])) == act[4] or 'DBSPEC_CONFLICT a range has changed'
  end,
  count = function(key, act)
    return count(key, act[2], act[3]) == act[4] or 'DBSPEC_CONFLICT a count has changed'
  end,
}
local function asks_type(kind)
  return function(key)
    return holds(key, kind) or 'DBSPEC_FOREIGN a key holds another type'
  end
end
asks.drop, asks.put = asks_type('hash'), asks_type('hash')
asks.remove, asks.add = asks_type('zset'), asks_type('zset')
asks.raise = asks_type('string')

local does = {
  drop = function(key)
    redis.call('DEL', key)
  end,
  put = function(key, act)
    local flat = { 'HSET', key }
    for at = 2, #act, 2 do
      if act[at + 1] ~= cjson.null then
        flat[#flat + 1] = act[at]
        flat[#flat + 1] = act[at + 1]
      end
    end
    redis.call('DEL', key)
    redis.call(unpack(flat))
  end,
  remove = function(key, act)
    redis.call('ZREM', key, act[2])
  end,
  add = function(key, act)
    redis.call('ZADD', key, 0, act[2])
  end,
  raise = function(key, act)
    local last = redis.call('GET', key)
    if not last or less(last, act[2]) then
      redis.call('SET', key, act[2])
    end
  end,
}

-- KEYS: the request's own, then one for each act. ARGV: how long a finished request is known, in milliseconds, then the
-- acts, each a JSON list: its kind and what it needs. A request that was done is not done again.
local function commit(keys, args)
  if redis.call('EXISTS', keys[1]) == 1 then
    return redis.status_reply('DONE')
  end
  local acts = {}
  for at = 2, #keys do
    local act = cjson.decode(args[at])
    local says = asks[act[1]](keys[at], act)
    if says ~= true then
      return redis.error_reply(says)
    end
    acts[at] = act
  end
  redis.call('SET', keys[1], '', 'PX', args[1])
  for at = 2, #keys do
    local act = acts[at]
    if does[act[1]] then
      does[act[1]](keys[at], act)
    end
  end
  return redis.status_reply('OK')
end
