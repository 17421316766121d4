import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Endings, watchEndings } from '../../jobs/endings.ts';
import { cancel } from '../../src/clusters/decisions.ts';
import { silentLogger } from '../../src/log.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { keys } from '../../src/store/keys.ts';
import { approveStaging } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';

describe('jobs whose deployment ends', () => {
  let redis: Redis;
  let deployments: Deployments;
  let endings: Endings;
  let id: string;

  beforeEach(async () => {
    const url = await freshRedisUrl();
    redis = new Redis(url);
    deployments = new Deployments(redis, () => Promise.resolve());
    endings = await watchEndings(url, { deployments, log: silentLogger() });
    ({ id } = await approveStaging(deployments));
  });
  afterEach(() => {
    endings.close();
    redis.disconnect();
  });

  /** A job that goes on until it is told to stop; the promise tells that it did. */
  function runFor(deployment: string): { stopped: () => boolean } {
    let stopped = false;
    endings
      .during({ data: { deployment } }, (over) => {
        over.addEventListener('abort', () => {
          stopped = true;
        });
        return sleep(60_000, undefined, { signal: over });
      })
      .catch(() => undefined);
    return { stopped: () => stopped };
  }

  it('are told to stop, and no others', async () => {
    const job = runFor(id);
    const other = runFor('sandbox-1');

    await deployments.change(id, cancel('U1'));

    await vi.waitFor(() => expect(job.stopped()).toBe(true));
    expect(other.stopped()).toBe(false);
  });

  it('are told after an interruption of what they did not hear', async () => {
    const job = runFor(id);
    const ended = { ...(await deployments.get(id)), state: 'cancelled' };

    // As if the end had been told while nobody was connected.
    await redis.hset(keys.deployment(id), 'record', JSON.stringify(ended));
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');

    await vi.waitFor(() => expect(job.stopped()).toBe(true), 10_000);
  });

  it('go on after an interruption while theirs goes on', async () => {
    const job = runFor(id);

    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await vi.waitFor(async () => expect(await redis.call('PUBSUB', 'NUMSUB', 'slipway:over')).not.toContain(0), 10_000);

    expect(job.stopped()).toBe(false);
    await deployments.change(id, cancel('U1'));
    await vi.waitFor(() => expect(job.stopped()).toBe(true), 10_000);
  });
});
