import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { shareLog } from '../../../jobs/share-log.ts';
import { silentLogger } from '../../../src/log.ts';
import { queuePrefix, type ShareLogJob } from '../../../src/queue/jobs.ts';
import { createWebClient } from '../../../src/slack/web-client.ts';
import { Threads } from '../../../src/store/threads.ts';
import { channel, type Harness } from './harness.ts';

/** A worker of the queue notify that shares logs, next to an app. */
export async function startNotifier(harness: Harness) {
  const { redis, redisUrl, workspace, logs, deployments } = harness;
  const log = silentLogger();
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const threads = new Threads(redis);
  const slack = createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
  const tools = { deployments, threads, slack, logs, log };
  const worker = new Worker('notify', (job) => shareLog(job.data as ShareLogJob, tools), {
    connection,
    prefix: queuePrefix,
  });
  await worker.waitUntilReady();
  return {
    /** Posts a deployment's card, and notes it as its thread. */
    async postThread(id: string): Promise<string> {
      const ts = await harness.postCard(id);
      await threads.save(id, { channel, cardTs: ts, cardDigest: '', cardAt: 0, position: '' });
      return ts;
    },
    /** The messages with files, as the channel shows them. */
    snippets: () => workspace.messages(channel).filter(({ files }) => files !== undefined),
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
