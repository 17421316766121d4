import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { dump } from 'js-yaml';
import { expect } from 'vitest';
import { type Deployment, isTerminal } from '../../../src/clusters/deployment.ts';
import { silentLogger } from '../../../src/log.ts';
import { type Child, startChild } from '../../../src/playground/demo/child.ts';
import { startWorkspace, type Workspace } from '../../../src/playground/workspace/workspace.ts';
import { Deployments } from '../../../src/store/deployments.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { mainFile } from '../../support/stage.ts';

const channel = 'C0DEPLOYS';

/** An emulated server takes minutes to boot, and several at once take turns on few cores. */
export const patienceMs = 100 * 60_000;

/**
 * Slipway as people run it, a bot and a worker as processes of their own, in front of a cloud whose servers boot. Only
 * Slack is the playground's.
 */
export class BootWorld {
  readonly deployments: Deployments;
  readonly #workspace: Workspace;
  readonly #redis: Redis;
  readonly #directory: string;
  readonly #children: Child[];

  private constructor(workspace: Workspace, redis: Redis, directory: string, children: Child[]) {
    this.#workspace = workspace;
    this.#redis = redis;
    this.#directory = directory;
    this.#children = children;
    this.deployments = new Deployments(redis, async () => undefined);
  }

  /** Starts everything. `clusters` is that key of clusters.yaml. */
  static async open(clusters: Readonly<Record<string, object>>): Promise<BootWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-first-boot-'));
    const workspace = await startWorkspace({ port: 0, log: silentLogger() });
    const redisUrl = await freshRedisUrl();
    const clustersFile = join(directory, 'clusters.yaml');
    const approve = { from: ['S0PLATFORM'], count: 1, self: false, within: '1h' };
    await writeFile(clustersFile, dump({ policy: { request: ['S0DEVELOPERS'], approve }, clusters }));
    const { PATH, HOME, OS_CLIENT_CONFIG_FILE } = process.env;
    const env = {
      ...{ PATH, HOME, OS_CLIENT_CONFIG_FILE },
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_APP_TOKEN: workspace.appToken,
      SLACK_API_URL: workspace.slackApiUrl,
      REDIS_URL: redisUrl,
      CLUSTERS_FILE: clustersFile,
      DATA_DIR: join(directory, 'data'),
    };
    const children = [await startChild(mainFile, 'bot', env, directory)];
    children.push(await startChild(mainFile, 'worker', env, directory));
    return new BootWorld(workspace, new Redis(redisUrl), directory, children);
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.close()));
    this.#redis.disconnect();
    await this.#workspace.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Asks for a cluster and has it approved by somebody else. */
  async up(cluster: string): Promise<void> {
    await this.#workspace.command('U0DEVELOPER', channel, `/k8s up ${cluster}`);
    const card = () =>
      this.#messages().find(
        ({ text, blocks }) => text?.startsWith(`${cluster},`) && JSON.stringify(blocks ?? []).includes('"approve"'),
      );
    const said = () => this.#messages().map(({ text }) => text);
    await expect.poll(() => card() ?? said(), { timeout: 180_000, interval: 500 }).not.toBeInstanceOf(Array);
    await this.#workspace.click('U0PLATFORM', { channel, ts: card()?.ts ?? '', actionId: 'approve' });
  }

  /** Tears a cluster down, and waits until it is gone. */
  async down(cluster: string): Promise<Deployment> {
    await this.#workspace.command('U0DEVELOPER', channel, `/k8s down ${cluster}`);
    const question = () =>
      this.#messages().findLast(
        ({ text, blocks }) => text?.includes(cluster) && JSON.stringify(blocks ?? []).includes('"tear-down"'),
      );
    await expect.poll(question, { timeout: 30_000, interval: 500 }).toBeDefined();
    await this.#workspace.click('U0DEVELOPER', { channel, ts: question()?.ts ?? '', actionId: 'tear-down' });
    return this.reached(cluster, ({ action, state }) => action === 'down' && isTerminal(state));
  }

  /** Waits until the newest deployment of a cluster has got somewhere. */
  async reached(cluster: string, there: (deployment: Deployment) => boolean): Promise<Deployment> {
    let found: Deployment | undefined;
    await expect
      .poll(
        async () => {
          found = (await this.deployments.recent(20)).find((deployment) => deployment.cluster === cluster);
          return found !== undefined && there(found);
        },
        { timeout: patienceMs, interval: 2_000 },
      )
      .toBe(true);
    if (found === undefined) throw new Error(`no deployment of ${cluster}`);
    return found;
  }

  /** All that the thread of a cluster's card says, once nothing is left to be told. */
  async thread(cluster: string): Promise<string> {
    await expect.poll(() => this.deployments.unannounced(), { timeout: 60_000 }).toEqual([]);
    const cards = this.#messages().filter(({ text, thread_ts }) => thread_ts === undefined && text?.includes(cluster));
    const threads = new Set(cards.map(({ ts }) => ts));
    return this.#messages()
      .filter(({ thread_ts }) => thread_ts !== undefined && threads.has(thread_ts))
      .map(({ text }) => text)
      .join('\n');
  }

  #messages() {
    return this.#workspace.messages(channel);
  }
}
