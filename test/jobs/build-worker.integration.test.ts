import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startBuildWorker } from '../../jobs/build-worker.ts';
import type { Tools } from '../../jobs/run.ts';
import { silentLogger } from '../../src/log.ts';
import { Builders } from '../../src/store/builders.ts';
import { freshRedisUrl } from '../support/redis.ts';

let redis: Redis;
let builders: Builders;
let dataDir: string;

beforeEach(async () => {
  redis = new Redis(await freshRedisUrl());
  builders = new Builders(redis);
  dataDir = await mkdtemp(join(tmpdir(), 'slipway-builder-'));
});
afterEach(async () => {
  redis.disconnect();
  await rm(dataDir, { recursive: true, force: true });
});

function tools(diskBytes: number): Tools {
  const buildNeeds = { docker: false, diskBytes, memoryBytes: 1e6 };
  return { environment: process.env, dataDir, builders, buildNeeds, log: silentLogger() } as unknown as Tools;
}

it('says how its machine is when it starts, and takes itself off when it ends', async () => {
  const worker = startBuildWorker(tools(1e18));
  await expect.poll(() => builders.list(Date.now())).toHaveLength(1);

  const [builder] = await builders.list(Date.now());
  await worker.close();

  expect(builder?.host).toBe(hostname());
  expect(builder?.findings).toContainEqual(expect.objectContaining({ level: 'problem', label: 'Disk' }));
  expect(builder?.findings).toContainEqual(expect.objectContaining({ level: 'ok', label: 'make' }));
  expect(await builders.list(Date.now())).toEqual([]);
});

it('ends at once, whatever it is looking at', async () => {
  const worker = startBuildWorker(tools(1));

  await worker.close();

  expect(await builders.list(Date.now())).toEqual([]);
});
