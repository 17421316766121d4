/**
 * Appends events and replaces the record in one step, so that no process ever sees the one without the other.
 *
 * KEYS: 1 record, 2 events, 3 lock, 4 deployments, 5 active, 6 clusters, 7 unannounced
 * ARGV: 1 expected version, 2 record, 3 id, 4 requested at, 5 lock operation (take | release | ''), 6 lock value,
 *       7 cluster name, 8 cluster operation (set | swap | delete | ''), 9 cluster record, 10 channel of endings, 11 seconds that what is over is kept,
 *       12 cluster record that is to be swapped, '' for none, 13… events
 * Answers {'ok', version}, {'conflict'} when another process was quicker, or {'busy', holder} when the lock is taken.
 *
 * `swap` changes what is known of a cluster only as long as that is what the change was made from.
 *
 * The lock has no time limit: a deployment that ends releases it here, and the sweep sees to it that every one ends.
 */
export const appendScript = `
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version ~= tonumber(ARGV[1]) then return {'conflict'} end
if ARGV[8] == 'swap' and (redis.call('HGET', KEYS[6], ARGV[7]) or '') ~= ARGV[12] then return {'conflict'} end

if ARGV[5] == 'take' then
  local holder = redis.call('GET', KEYS[3])
  if holder then return {'busy', holder} end
  redis.call('SET', KEYS[3], ARGV[6])
  redis.call('ZADD', KEYS[4], ARGV[4], ARGV[3])
  redis.call('ZADD', KEYS[5], ARGV[4], ARGV[3])
  redis.call('PERSIST', KEYS[1])
  redis.call('PERSIST', KEYS[2])
end

for i = 13, #ARGV do
  redis.call('XADD', KEYS[2], '*', 'event', ARGV[i])
end
redis.call('HSET', KEYS[1], 'version', version + 1, 'record', ARGV[2])
redis.call('SADD', KEYS[7], ARGV[3])

if ARGV[8] == 'set' or ARGV[8] == 'swap' then redis.call('HSET', KEYS[6], ARGV[7], ARGV[9]) end
if ARGV[8] == 'delete' then redis.call('HDEL', KEYS[6], ARGV[7]) end

if ARGV[5] == 'release' then
  local holder = redis.call('GET', KEYS[3])
  if holder and cjson.decode(holder).deployment == ARGV[3] then redis.call('DEL', KEYS[3]) end
  redis.call('ZREM', KEYS[5], ARGV[3])
  redis.call('EXPIRE', KEYS[1], ARGV[11])
  redis.call('EXPIRE', KEYS[2], ARGV[11])
  redis.call('PUBLISH', ARGV[10], ARGV[3])
end
return {'ok', version + 1}
`;
