package board

import "github.com/redis/go-redis/v9"

// lua are the programs that Redis runs, each as one step that nobody sees half
// of. Every one reads or writes the keys of one tenant only.
var lua = scripts{
	// begin takes the lease of building, unless somebody has it.
	begin: redis.NewScript(`
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SADD', KEYS[3], ARGV[1])
return 1`),

	// write runs commands for the generation that is being built, if it still is.
	// ARGV: generation, lease, and then each command: its name, its key, how many
	// arguments, and these.
	write: redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local i = 3
while i < #ARGV do
  local n = tonumber(ARGV[i + 2])
  redis.call(ARGV[i], ARGV[i + 1], unpack(ARGV, i + 3, i + 2 + n))
  i = i + 3 + n
end
return 1`),

	// finish makes the generation that was built the one to read, if it is still
	// being built and nobody has changed meanwhile. It returns -1 if it is not, or
	// how many have changed.
	finish: redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
local n = redis.call('SCARD', KEYS[3])
if n > 0 then return n end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1])
return 0`),

	// leave gives back the lease of building.
	leave: redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0`),

	// drop throws away some of the keys of a generation, and returns how many; -1
	// if it is the one to read, or is being built.
	drop: redis.NewScript(`
if redis.call('GET', KEYS[2]) == ARGV[1] then return -1 end
local marker = redis.call('GET', KEYS[3])
if marker and string.match(marker, '^[^|]+') == ARGV[1] then return -1 end
local some = redis.call('SPOP', KEYS[1], 200)
if #some > 0 then redis.call('UNLINK', unpack(some)) end
return #some`),

	// apply writes where somebody stands, as absolute values, unless something as
	// new is there. ARGV: prefix, generation (” the current one, and then he is
	// noted for the one that is being built), user, version, public, community,
	// township, county, the measures joined by commas, and for each period: its
	// name, community, township and scores, ” for none.
	//
	// It returns 1 if there is something to read, 0 if there are no boards, -1 if
	// the generation is not being built any more.
	apply: redis.NewScript(`
local built = redis.call('GET', KEYS[2])
local gen = ARGV[2]
if gen == '' then
  if built then redis.call('SADD', KEYS[3], ARGV[3]) end
  local marker = redis.call('GET', KEYS[1])
  if not marker then return 0 end
  gen = string.match(marker, '^[^|]+')
elseif built ~= gen then
  return -1
end
local base = ARGV[1] .. gen .. ':'
local user, public = ARGV[3], ARGV[5] == '1'
local was = redis.call('HGET', base .. 'v', user)
local community, township = '0', '0'
if was then
  local v
  v, community, township = string.match(was, '^(%d+)|(%d+)|(%d+)$')
  if tonumber(v) >= tonumber(ARGV[4]) then return 1 end
end
local touched = {base .. 'v'}
redis.call('HSET', base .. 'v', user, ARGV[4] .. '|' .. ARGV[6] .. '|' .. ARGV[7])
local measures = {}
for m in string.gmatch(ARGV[9], '[^,]+') do measures[#measures + 1] = m end
local function set(period, measure, scope, score)
  if scope == '0' then return end
  local key = base .. period .. ':' .. measure .. ':' .. scope
  if score ~= '' then
    redis.call('ZADD', key, score, user)
    touched[#touched + 1] = key
  elseif was then
    redis.call('ZREM', key, user)
  end
  if score ~= '' and public then
    redis.call('ZADD', key .. ':p', score, user)
    touched[#touched + 1] = key .. ':p'
  elseif was then
    redis.call('ZREM', key .. ':p', user)
  end
end
local i = 10
while i <= #ARGV do
  for n, m in ipairs(measures) do
    local score = ARGV[i + 2 + n]
    set(ARGV[i], m, ARGV[8], score)
    set(ARGV[i], m, ARGV[i + 1], score)
    set(ARGV[i], m, ARGV[i + 2], score)
    if community ~= ARGV[i + 1] then set(ARGV[i], m, community, '') end
    if township ~= ARGV[i + 2] then set(ARGV[i], m, township, '') end
  end
  i = i + 3 + #measures
end
redis.call('SADD', base .. 'keys', unpack(touched))
return 1`),

	// look reads boards at one moment. ARGV: prefix, user, how many of the first,
	// and the boards. It returns the marker, and for each board how many are on
	// it, the user's rank and score, and of the first who may be shown the name,
	// score and rank.
	look: redis.NewScript(`
local marker = redis.call('GET', KEYS[1])
if not marker then return false end
local base = ARGV[1] .. string.match(marker, '^[^|]+') .. ':'
local all = {marker}
for i = 4, #ARGV do
  local key = base .. ARGV[i]
  local one = {redis.call('ZCARD', key), redis.call('ZRANK', key, ARGV[2]), redis.call('ZSCORE', key, ARGV[2])}
  if ARGV[3] ~= '0' then
    local ranks = {}
    for rank, user in ipairs(redis.call('ZRANGE', key, 0, 2 * ARGV[3])) do ranks[user] = rank - 1 end
    local top = redis.call('ZRANGE', key .. ':p', 0, ARGV[3] - 1, 'WITHSCORES')
    for j = 1, #top, 2 do
      one[#one + 1] = top[j]
      one[#one + 1] = top[j + 1]
      one[#one + 1] = ranks[top[j]] or redis.call('ZRANK', key, top[j])
    end
  end
  all[#all + 1] = one
end
return all`),
}

type scripts struct {
	begin, write, finish, leave, drop, apply, look *redis.Script
}
