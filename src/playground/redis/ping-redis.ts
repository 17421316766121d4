import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const attemptMilliseconds = 2000;
const pauseMilliseconds = 50;

/** Sends one PING over a connection of its own. Throws what ioredis throws when there is no answer within two seconds. */
export async function pingRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: attemptMilliseconds,
    commandTimeout: attemptMilliseconds,
    retryStrategy: () => null,
    // The ready check would hide an instance that is still reading its append-only file; PING answers LOADING.
    enableReadyCheck: false,
  });
  // Without a listener ioredis prints connection errors itself; connect() and ping() reject with the same ones.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}

/** Repeats PING until an answer comes, and throws once `milliseconds` have gone by or `signal` fires. */
export async function waitForPing(url: string, milliseconds: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    signal.throwIfAborted();
    const refusal = await pingRedis(url).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (refusal === undefined) return;
    if (Date.now() > deadline) {
      const seconds = Math.round(milliseconds / 1000);
      throw new Error(`it did not answer PING within ${seconds} s`, { cause: refusal.error });
    }
    await sleep(pauseMilliseconds);
  }
}
