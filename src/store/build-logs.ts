import type { Redis } from 'ioredis';
import { keptSeconds, keys } from './keys.ts';

/** As much of a log as any process can show. */
const keptLines = 400;
const longestLine = 1_000;

/** How often lines go to Redis while a build writes them. */
const batchMs = 1_000;

/** Takes the lines of one build while it runs. */
export interface BuildLogWriter {
  /** Never waits and never throws. */
  write(line: string): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** The ends of the logs of builds: the whole of one is a file of its worker, and an object in Swift once it is over. */
export class BuildLogs {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Adds lines, which have to be fit to be shown. Only the newest 400 stay. */
  async append(deployment: string, lines: readonly string[]): Promise<void> {
    const kept = lines.slice(-keptLines).map((line) => line.slice(0, longestLine));
    if (kept.length === 0) return;
    const key = keys.log(deployment);
    await this.#redis
      .multi()
      .rpush(key, ...kept)
      .ltrim(key, -keptLines, -1)
      .expire(key, keptSeconds)
      .exec();
  }

  /** The last lines of a deployment's build, oldest first; none when it had none, or wrote none yet. */
  async tail(deployment: string, count: number): Promise<string[]> {
    return count < 1 ? [] : this.#redis.lrange(keys.log(deployment), -Math.floor(count), -1);
  }

  /** Takes lines one by one and sends them in batches. What cannot be sent is lost: nobody waits for a log. */
  writer(deployment: string, onError: (error: unknown) => void): BuildLogWriter {
    return new BatchWriter((lines) => this.append(deployment, lines), onError);
  }
}

class BatchWriter implements BuildLogWriter {
  readonly #send: (lines: readonly string[]) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(send: (lines: readonly string[]) => Promise<void>, onError: (error: unknown) => void) {
    this.#send = send;
    this.#onError = onError;
  }

  write(line: string): void {
    this.#lines.push(line.slice(0, longestLine));
    if (this.#lines.length > keptLines) this.#lines.shift();
    this.#timer ??= setTimeout(() => {
      this.#sending = this.#flush();
    }, batchMs);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    await this.#flush();
  }

  /** One batch at a time: while Redis takes long over one, no more than the newest lines wait for the next. */
  async #flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    await this.#send(lines).catch(this.#onError);
    this.#timer = undefined;
  }
}
