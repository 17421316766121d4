import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { isTerminal } from '../../dist/src/clusters/deployment.js';
import { stackName } from '../../dist/src/clusters/names.js';
import { stackParameters } from '../../dist/src/clusters/stack.js';
import { silentLogger } from '../../dist/src/log.js';
import { deleteStack, findStack } from '../../dist/src/openstack/heat/stacks.js';
import { deleteKeypair } from '../../dist/src/openstack/nova/keypairs.js';
import { signObjectUrl } from '../../dist/src/openstack/swift/temp-url.js';
import { ensureTempUrlKey } from '../../dist/src/openstack/swift/temp-url-key.js';
import { parseDemoOptions } from '../../dist/src/playground/demo/options.js';
import { openStage } from '../../dist/src/playground/demo/stage.js';
import { Deployments } from '../../dist/src/store/deployments.js';
import { measureProgram, measureRunning } from './measure.mjs';

const template = resolve('templates/heat/cluster.yaml');
const channel = 'C0DEPLOYS';
const lookEveryMs = 50;
const deadlineMs = 10 * 60_000;

/** Seconds that building and publishing may take when Swift has the release already. */
const releaseLimit = 2;

/**
 * A cluster whose image, keypair and release are there already: Slipway from the command to the end of the deployment,
 * without the time that a person takes to approve it, and the stack alone by OpenStack's own client.
 */
export async function upContest({ directory, openstack, cloud, env, name, signal }) {
  const stage = await openStage(parseDemoOptions(['--port', '0', '--cloud', cloud]), {
    env,
    main: resolve('dist/src/main.js'),
    log: silentLogger(),
    say: () => undefined,
  });
  const redis = new Redis(stage.world.redisUrl);
  const play = new Play(stage, new Deployments(redis, async () => undefined), signal);
  const close = async () => {
    const newest = await play.newest();
    redis.disconnect();
    await stage.close();
    await rm(stage.world.directory, { recursive: true, force: true });
    if (newest === undefined) return;
    await deleteKeypair(openstack.nova, newest.spec.keypair.name);
    // Only what was begun here: a stack of somebody else makes the plan fail.
    if (newest.state !== 'succeeded' && newest.steps.stack?.attempt > 0)
      await removeStack(openstack.heat, stackName('staging'));
  };
  try {
    await play.up(); // makes the image, the keypair and the release
    const first = await play.releaseTime();
    const again = [];
    const parameters = join(directory, 'parameters.json');
    await writeFile(parameters, JSON.stringify({ parameters: await parametersOf(await play.newest(), openstack) }));
    await play.down();
    return {
      title: 'a cluster of 2 servers, warm',
      slipway: async () => {
        const measure = await play.measuredUp();
        again.push(await play.releaseTime());
        await play.down();
        return measure;
      },
      other: {
        name: 'openstack stack create --wait',
        run: async () => {
          const command = ['openstack', '-q', 'stack', 'create', '--wait', '-t', template, '-e', parameters, name];
          const measure = await measureProgram(command, { directory, signal });
          await removeStack(openstack.heat, name);
          return measure;
        },
      },
      parts: () => [
        {
          title: 'second up of the same version: build and publish together',
          slipway: again.map(({ wall }) => ({ wall })),
          other: {
            name: `the first up, ${first.made ? 'which built it' : 'when Swift had it'}`,
            runs: [{ wall: first.wall }],
          },
          limit: releaseLimit,
        },
      ],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ends a stack and waits until its name is free. */
export async function removeStack(heat, name) {
  const stack = await findStack(heat, name);
  if (stack === undefined) return;
  await deleteStack(heat, stack);
  await until('the stack to be gone', async () => (await findStack(heat, name)) === undefined);
}

/** The very parameters that the deployment's own stack was made with. */
async function parametersOf(deployment, { swift }) {
  const { build, image, keypair, publish } = Object.fromEntries(
    Object.entries(deployment.steps).map(([step, { result }]) => [step, result]),
  );
  const { container, release, objects } = publish;
  const key = await ensureTempUrlKey(swift, container);
  const lifetimeMs = 24 * 3_600_000;
  const signed = objects.map(async ({ object, ...known }) => ({
    ...known,
    url: await signObjectUrl(swift, { container, object, key, lifetimeMs }),
  }));
  return stackParameters(deployment, {
    version: build.version,
    image: image.id,
    keypair: keypair.name,
    release,
    objects: await Promise.all(signed),
  });
}

/** People in the playground's workspace who ask for the cluster, approve it and have it removed. */
class Play {
  #stage;
  #deployments;
  #signal;

  constructor(stage, deployments, signal) {
    this.#stage = stage;
    this.#deployments = deployments;
    this.#signal = signal;
  }

  async newest() {
    const [newest] = await this.#deployments.recent(1);
    return newest;
  }

  /** Seconds from the command to the plan, and from the approval to the end. */
  async up() {
    const asked = performance.now();
    await this.#stage.world.workspace.command('U0DEVELOPER', channel, '/k8s up staging');
    await this.#reached('up', ({ state }) => state === 'awaiting-approval' || isTerminal(state));
    const planned = performance.now();
    const card = await this.#cardWith('approve');
    const approved = performance.now();
    await this.#stage.world.workspace.click('U0PLATFORM', { channel, ts: card.ts, actionId: 'approve' });
    await this.#ended('up');
    return (planned - asked + performance.now() - approved) / 1_000;
  }

  /** Seconds from the beginning of `build` to the end of `publish`, as the newest deployment's events have it. */
  async releaseTime() {
    const { id, steps } = await this.newest();
    const events = (await this.#deployments.events(id)).map(({ event }) => event);
    const began = events.find(({ type, step }) => type === 'step-started' && step === 'build');
    const ended = events.findLast(({ type, step }) => type === 'step-finished' && step === 'publish');
    return { wall: (ended.at - began.at) / 1_000, made: steps.build.result.made };
  }

  async measuredUp() {
    const pids = [this.#stage.bot, this.#stage.worker].map(({ process: child }) => child.pid);
    const used = await measureRunning(pids);
    const wall = await this.up();
    return { wall, ...(await used()) };
  }

  async down() {
    const card = await this.#cardWith('tear-down');
    await this.#stage.world.workspace.click('U0DEVELOPER', { channel, ts: card.ts, actionId: 'tear-down' });
    await this.#ended('down');
  }

  async #ended(action) {
    const { state, failure } = await this.#reached(action, (deployment) => isTerminal(deployment.state));
    if (state !== 'succeeded') throw new Error(`${action} of staging is ${state}: ${failure?.message ?? ''}`);
  }

  #reached(action, is) {
    return until(`${action} of staging`, async () => {
      const newest = await this.newest();
      this.#signal.throwIfAborted();
      return newest?.action === action && is(newest) ? newest : undefined;
    });
  }

  /** The newest card with that button; it may lag behind the deployment by some seconds. */
  async #cardWith(actionId) {
    return until(`a card with ${actionId}`, async () => {
      const newest = await this.newest();
      return this.#stage.world.workspace
        .messages(channel)
        .findLast(({ blocks }) => isAbout(JSON.stringify(blocks ?? []), actionId, newest.id));
    });
  }
}

function isAbout(blocks, actionId, deployment) {
  return blocks.includes(`"${actionId}"`) && blocks.includes(deployment);
}

async function until(what, look) {
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    const found = await look();
    if (found) return found;
    await sleep(lookEveryMs);
  }
  throw new Error(`The bench waited in vain for ${what}`);
}
