import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Environment } from '../../config/config.ts';
import { DeployError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { readCloud } from '../../openstack/clouds.ts';
import { listNetworks } from '../../openstack/neutron/networks.ts';
import { connect, type OpenStack } from '../../openstack/openstack.ts';
import { keys } from '../../store/keys.ts';
import { startCloud } from '../cloud/cloud.ts';
import { createKubernetesTree } from '../kubernetes-tree/tree.ts';
import { isFakeHypervisor, startNodes } from '../nodes/nodes.ts';
import { startRedis } from '../redis/redis.ts';
import { startWorkspace, type Workspace } from '../workspace/workspace.ts';
import { demoClustersYaml } from './clusters-yaml.ts';
import type { DemoOptions } from './options.ts';
import { makeBlankImage, makePublicKey } from './props.ts';

/** The world that the demo's bot and worker live in: everything that is not Slipway itself. */
export interface World {
  readonly directory: string;
  readonly workspace: Workspace;
  readonly redisUrl: string;
  /** The environment of the bot and the worker: what an operator would set. */
  readonly env: Environment;
  /** What this world is made of, for the reader. */
  readonly description: readonly string[];
  close(): Promise<void>;
}

type Closing = () => Promise<unknown>;

/** Starts the world. When a part does not start, the others are stopped again and the part's error is thrown. */
export async function startWorld(
  options: DemoOptions,
  env: Environment,
  log: Logger,
  say: (line: string) => void,
): Promise<World> {
  const closings: Closing[] = [];
  const close = async () => {
    for (const closing of closings.splice(0).reverse()) await closing();
  };
  try {
    return { ...(await build(options, env, log, say, closings)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  options: DemoOptions,
  env: Environment,
  log: Logger,
  say: (line: string) => void,
  closings: Closing[],
): Promise<Omit<World, 'close'>> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-demo-'));
  const workspace = await startWorkspace({ port: options.port, log });
  closings.push(() => workspace.close());

  const redis = await startRedis({
    url: env.REDIS_URL || undefined,
    directory: join(directory, 'redis'),
    log,
    env,
    say,
  });
  closings.push(() => redis.close());
  if (!redis.ownProcess) await assertUnused(redis.url);

  const cloud = await openCloud(options, env, directory, log, closings);
  const tree = await createKubernetesTree(join(directory, 'kubernetes'));
  const key = makePublicKey();
  const clustersFile = join(directory, 'clusters.yaml');
  const content = demoClustersYaml({
    cloud: cloud.name,
    repository: tree.repository,
    version: tree.tag,
    image: await chooseImage(options, cloud, directory),
    keypair: key.name,
    publicKey: key.publicKey,
    controlPlaneFlavor: options.controlPlaneFlavor,
    nodeFlavor: options.nodeFlavor,
    dns: options.dns,
    externalNetwork: options.externalNetwork ?? (await chooseExternalNetwork(cloud)),
  });
  await writeFile(clustersFile, content);

  return {
    directory,
    workspace,
    redisUrl: redis.url,
    env: {
      ...cloud.env,
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_APP_TOKEN: workspace.appToken,
      SLACK_API_URL: workspace.slackApiUrl,
      REDIS_URL: redis.url,
      CLUSTERS_FILE: clustersFile,
      DATA_DIR: join(directory, 'data'),
      LOG_LEVEL: env.LOG_LEVEL || 'info',
    },
    description: [
      `Slack       a playground workspace at ${workspace.url}`,
      `OpenStack   ${cloud.description}`,
      `Redis       ${redis.ownProcess ? 'a process of its own' : redis.url}`,
      `Files       ${directory}`,
    ],
  };
}

/** The demo's worker would take the jobs of whoever uses that Redis, and would forget their clusters. */
async function assertUnused(url: string): Promise<void> {
  const redis = new Redis(url);
  const used = await redis.exists(keys.deployments, keys.clusters).finally(() => redis.disconnect());
  if (used === 0) return;
  throw new DeployError('demo_redis', 'The Redis that REDIS_URL names is in use by Slipway already', {
    hint: 'Unset REDIS_URL, and the demo starts its own; or name an empty database, such as redis://localhost:6379/9',
  });
}

interface DemoCloud {
  readonly name: string;
  readonly description: string;
  readonly env: Environment;
  readonly openstack: OpenStack;
  /** True where servers never boot, so that a stand-in answers for them. */
  readonly inert: boolean;
}

async function openCloud(
  options: DemoOptions,
  env: Environment,
  directory: string,
  log: Logger,
  closings: Closing[],
): Promise<DemoCloud> {
  const place =
    options.cloud === undefined ? await playgroundCloud(options, env, directory, log, closings) : ownCloud(env);
  const name = options.cloud ?? 'playground';
  const openstack = connect(readCloud(name, place), { log, env: place });
  closings.push(() => openstack.close());
  const inert = await startStandIns(name, place, log, closings);
  const servers = inert ? 'whose servers never boot, so a stand-in answers for them' : 'whose servers boot';
  const description =
    options.cloud === undefined ? `the playground’s cloud, ${servers}` : `"${name}" of clouds.yaml, ${servers}`;
  return { name, description, env: place, openstack, inert };
}

/** What OpenStack's tools read, and nothing of an operator's Slack or Redis. */
function ownCloud(env: Environment): Environment {
  const wanted = /^(OS_.*|PATH|HOME|(https?|all|no)_proxy)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => wanted.test(name)));
}

async function playgroundCloud(
  options: DemoOptions,
  env: Environment,
  directory: string,
  log: Logger,
  closings: Closing[],
): Promise<Environment> {
  const cloud = await startCloud({
    log,
    directory: join(directory, 'cloud'),
    delays: 'short',
    fail: options.fail,
  });
  closings.push(() => cloud.close());
  return { PATH: env.PATH, HOME: env.HOME, OS_CLIENT_CONFIG_FILE: cloud.cloudsFile };
}

/**
 * Starts the stand-in for servers that never boot, where clouds.yaml has an entry NAME-admin and that administrator sees
 * nothing but fake hypervisors. Only an administrator may read the user data that a server was given.
 */
async function startStandIns(name: string, env: Environment, log: Logger, closings: Closing[]): Promise<boolean> {
  let admin: OpenStack;
  try {
    admin = connect(readCloud(`${name}-admin`, env), { log, env });
  } catch {
    return false;
  }
  closings.push(() => admin.close());
  if (!(await isFakeHypervisor(admin))) return false;
  const nodes = await startNodes({ openstack: admin, log, pace: 'short' });
  closings.push(() => nodes.close());
  return true;
}

async function chooseImage(
  options: DemoOptions,
  cloud: DemoCloud,
  directory: string,
): Promise<{ name: string; file?: string }> {
  if (options.image !== undefined) return { name: options.image };
  if (cloud.inert) return makeBlankImage(directory);
  throw new DeployError(
    'demo_image',
    `The servers of the cloud ${cloud.name} really boot, so the demo needs an image for them`,
    {
      hint: 'Name one that is in Glance: --image debian-12',
    },
  );
}

async function chooseExternalNetwork({ openstack, name }: DemoCloud): Promise<string> {
  const networks = await listNetworks(openstack.neutron, { external: true }, AbortSignal.timeout(30_000));
  const names = networks.map((network) => network.name).sort();
  const chosen = names.find((candidate) => candidate === 'gateway') ?? (names.length === 1 ? names[0] : undefined);
  if (chosen !== undefined) return chosen;
  throw new DeployError(
    'demo_network',
    `The cloud ${name} has ${names.length} external networks, none of them named gateway`,
    {
      hint: `Say which one to use: --external-network ${names[0] ?? 'NAME'}`,
    },
  );
}
