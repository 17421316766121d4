import { resolve } from 'node:path';
import { silentLogger } from '../../src/log.ts';
import { parseDemoOptions } from '../../src/playground/demo/options.ts';
import { openStage, type Stage } from '../../src/playground/demo/stage.ts';
import { freshRedisUrl } from './redis.ts';

/** Where the build put the program; `npm test` builds before it tests. */
export const mainFile = resolve('dist/src/main.js');

/** A playground with a bot and a worker in it, on any free port and a Redis database of its own. */
export async function openTestStage(args: readonly string[] = []): Promise<Stage> {
  const options = parseDemoOptions(['--port', '0', ...args]);
  const { PATH, HOME, OS_CLIENT_CONFIG_FILE } = process.env;
  const env = { PATH, HOME, OS_CLIENT_CONFIG_FILE, REDIS_URL: await freshRedisUrl() };
  return openStage(options, { env, main: mainFile, log: silentLogger(), say: () => undefined });
}
