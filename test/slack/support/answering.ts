import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { queuePrefix } from '../../../src/queue/jobs.ts';

/** A question to a worker. */
export interface Asked {
  readonly name: string;
  readonly data: object;
}

export interface Answering {
  close(): Promise<void>;
}

/** Starts workers of the queues cloud and notify that do nothing and answer every question alike; adds it to `asked`. */
export async function startAnswering(redisUrl: string, answer: object, asked: Asked[]): Promise<Answering> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const workers = (['cloud', 'notify'] as const).map(
    (queue) =>
      new Worker(
        queue,
        (job) => {
          asked.push({ name: job.name, data: job.data });
          return Promise.resolve(answer);
        },
        { connection, prefix: queuePrefix },
      ),
  );
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return {
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      connection.disconnect();
    },
  };
}
