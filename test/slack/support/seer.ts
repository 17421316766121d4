import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Finding } from '../../../src/clusters/finding.ts';
import { queuePrefix } from '../../../src/queue/jobs.ts';

/** A worker of the queue cloud that sees what it is told to. */
export async function startSeer(
  redisUrl: string,
  see: (name: string, data: object) => Promise<readonly Finding[] | object>,
) {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const answer = (seen: readonly Finding[] | object) => (Array.isArray(seen) ? { findings: seen } : seen);
  const worker = new Worker('cloud', async (job) => answer(await see(job.name, job.data)), {
    connection,
    prefix: queuePrefix,
  });
  await worker.waitUntilReady();
  return {
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
