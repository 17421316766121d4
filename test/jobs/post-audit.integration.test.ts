import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postAudit } from '../../jobs/post-audit.ts';
import type { AuditEntry } from '../../src/clusters/audit-entry.ts';
import { silentLogger } from '../../src/log.ts';
import { startWorkspace, type Workspace } from '../../src/playground/workspace/workspace.ts';
import { queuePrefix } from '../../src/queue/jobs.ts';
import { Producer } from '../../src/queue/producer.ts';
import { createWebClient } from '../../src/slack/web-client.ts';
import { AuditLog } from '../../src/store/audit.ts';
import { freshRedisUrl } from '../support/redis.ts';

const channel = 'C0DEPLOYS';
const log = silentLogger();

function entry(cluster: string, changes: Partial<AuditEntry> = {}): AuditEntry {
  const who = 'U0DEVELOPER';
  return { at: Date.now(), who, verb: 'up', surface: 'command', allowed: true, rule: 'request', cluster, ...changes };
}

describe('telling the audit channel', () => {
  let redis: Redis;
  let connection: Redis;
  let producer: Producer;
  let workspace: Workspace;
  let audit: AuditLog;
  let workers: Worker[];

  beforeEach(async () => {
    const url = await freshRedisUrl();
    redis = new Redis(url);
    connection = new Redis(url, { maxRetriesPerRequest: null });
    producer = new Producer(url, log);
    audit = new AuditLog(redis);
    workspace = await startWorkspace({ log });
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close(true)));
    await producer.close();
    connection.disconnect();
    redis.disconnect();
    await workspace.close();
  });

  function serve(): void {
    const slack = createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
    const tools = { audit, auditChannel: channel, slack, log };
    workers.push(
      new Worker('notify', (job, token = '') => postAudit(job, token, tools), {
        connection,
        prefix: queuePrefix,
        concurrency: 5,
      }),
    );
  }

  async function decide(...entries: readonly AuditEntry[]): Promise<void> {
    for (const one of entries) {
      await audit.append(one);
      await producer.postAudit();
    }
  }

  const messages = () => workspace.messages(channel);
  const said = () => JSON.stringify(messages().map(({ blocks }) => blocks));

  it('tells every decision once and in order, however many there are, a second apart', async () => {
    serve();

    await decide(...Array.from({ length: 60 }, (_, index) => entry(`cluster-${index}`)));

    await expect.poll(said, { timeout: 20_000 }).toContain('up cluster-59');
    const clusters = [...said().matchAll(/up (cluster-\d+)/g)].map(([, name]) => name);
    expect(clusters).toEqual(Array.from({ length: 60 }, (_, index) => `cluster-${index}`));
    const times = messages().map(({ ts }) => Number(ts));
    expect(times.length).toBeLessThan(10);
    // The next message may be begun a second after the last one was answered, which is after it was taken.
    for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThan(0.95);
  });

  it('passes over looks that were allowed', async () => {
    serve();

    await decide(entry('one', { verb: 'status' }), entry('two', { verb: 'status', allowed: false, rule: 'guest' }));

    await expect.poll(said, { timeout: 10_000 }).toContain('status two');
    expect(said()).not.toContain('status one');
  });

  it('goes on where it was when another worker takes over', async () => {
    serve();
    await decide(entry('first'));
    await expect.poll(said, { timeout: 10_000 }).toContain('up first');
    await workers.pop()?.close();

    await decide(entry('second'));
    serve();

    await expect.poll(said, { timeout: 10_000 }).toContain('up second');
    expect(said().match(/up first/g)).toHaveLength(1);
  });

  it('waits while Slack is away, and tells it then', async () => {
    workspace.outage(true);
    serve();
    await decide(entry('late'));
    await expect.poll(() => producer.queue('notify').getDelayedCount(), { timeout: 10_000 }).toBe(1);

    workspace.outage(false);

    await expect.poll(said, { timeout: 10_000 }).toContain('up late');
  });

  it('begins with what has just happened, not with what was before there was a channel', async () => {
    const hourAgo = Date.now() - 3_600_000;
    await redis.xadd('slipway:audit', `${hourAgo}-0`, 'entry', JSON.stringify(entry('past', { at: hourAgo })));
    serve();

    await decide(entry('present'));

    await expect.poll(said, { timeout: 10_000 }).toContain('up present');
    expect(said()).not.toContain('past');
  });

  it('makes nothing of what is no id and no name', async () => {
    serve();

    await decide(entry('<!channel>', { who: '<!here>', rule: '<!everyone>' }));

    await expect.poll(said, { timeout: 10_000 }).toContain('&lt;!channel&gt;');
    expect(said()).not.toMatch(/<!(channel|here|everyone)/);
  });
});
