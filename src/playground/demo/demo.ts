import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Deployment, isTerminal } from '../../clusters/deployment.ts';
import type { Action } from '../../clusters/steps.ts';
import type { Environment } from '../../config/config.ts';
import { DeployError } from '../../errors.ts';
import { createLogger } from '../../log.ts';
import { Deployments } from '../../store/deployments.ts';
import { findExecutable } from '../redis/find-executable.ts';
import type { StoredMessage } from '../workspace/state/messages.ts';
import { type DemoOptions, demoHelp, parseDemoOptions } from './options.ts';
import { openStage } from './stage.ts';
import { Transcript } from './transcript.ts';
import type { World } from './world.ts';

const developer = 'U0DEVELOPER';
const platformEngineer = 'U0PLATFORM';
const channel = 'C0DEPLOYS';
const cluster = 'staging';

/** How long a deployment may take: a stack whose signals never come fails sooner. */
const deploymentDeadlineMs = 45 * 60_000;

/** How long the card may lag behind the deployment: two updates of one card are three seconds apart. */
const cardDeadlineMs = 15_000;

export interface DemoContext {
  readonly args: readonly string[];
  readonly env: Environment;
  /** The file that `node` was started with: the bot and the worker are started from it, too. */
  readonly main: string;
  readonly print: (line: string) => void;
  /** Fires when somebody wants the demo to end. */
  readonly interrupted: AbortSignal;
}

/**
 * The main job on the playground, or on a cloud of the caller's: one person asks for a cluster, another approves, and
 * the bot and a worker do the rest. Answers the exit status.
 */
export async function runDemo({ args, env, main, print, interrupted }: DemoContext): Promise<number> {
  const options = parseDemoOptions(args);
  if (options.help) {
    print(demoHelp());
    return 0;
  }
  await assertTools(env);
  const log = createLogger(env.LOG_LEVEL || 'warn', { process: 'playground' });
  const stage = await openStage(options, { env, main, log, say: print });
  try {
    for (const line of stage.world.description) print(line);
    print('');
    const succeeded = await playAll(options, stage.world, print, interrupted);
    if (!options.once && !interrupted.aborted) await serve(stage.world, print, interrupted);
    return succeeded ? 0 : 1;
  } finally {
    await stage.close();
    if (options.once) await rm(stage.world.directory, { recursive: true, force: true });
  }
}

async function playAll(options: DemoOptions, world: World, print: (line: string) => void, interrupted: AbortSignal) {
  const play = new Play(world, print, interrupted);
  try {
    const up = await play.bringUp();
    if (!options.down || !up) return up;
    return await play.takeDown();
  } catch (error) {
    if (interrupted.aborted) return false;
    throw error;
  } finally {
    play.close();
  }
}

async function serve(world: World, print: (line: string) => void, interrupted: AbortSignal): Promise<void> {
  print('');
  print(`The page is at ${world.workspace.url}: go on there, as any of the people. Ctrl-C ends everything.`);
  await new Promise<void>((resolve) => interrupted.addEventListener('abort', () => resolve(), { once: true }));
}

/** Git and make are what Kubernetes is built with; everything else the demo brings along. */
async function assertTools(env: Environment): Promise<void> {
  for (const tool of ['git', 'make']) {
    if ((await findExecutable([tool], env)) !== undefined) continue;
    throw new DeployError(
      'tool_missing',
      `The demo builds a small Kubernetes tree and needs ${tool}, which is not on the PATH`,
      {
        hint: `Install it, for example with apt-get install ${tool}, and start the demo again`,
      },
    );
  }
}

/** People in the playground doing what people do, and a transcript of what comes of it. */
class Play {
  readonly #world: World;
  readonly #transcript: Transcript;
  readonly #signal: AbortSignal;
  readonly #redis: Redis;
  readonly #deployments: Deployments;
  readonly #unsubscribe: () => void;

  constructor(world: World, print: (line: string) => void, signal: AbortSignal) {
    const { workspace } = world;
    this.#world = world;
    this.#signal = signal;
    this.#transcript = new Transcript(print, namesOf(workspace));
    this.#unsubscribe = workspace.onMessage(({ message }) => this.#transcript.message(message));
    this.#redis = new Redis(world.redisUrl);
    this.#deployments = new Deployments(this.#redis, async () => undefined);
  }

  close(): void {
    this.#unsubscribe();
    this.#redis.disconnect();
  }

  /** One asks, the other approves. True when the cluster is up. */
  async bringUp(): Promise<boolean> {
    await this.#command(developer, `/k8s up ${cluster}`);
    const planned = await this.#until('up', ({ state }) => state === 'awaiting-approval' || isTerminal(state));
    if (planned.state === 'awaiting-approval') await this.#click(platformEngineer, 'approve', 'Approve');
    return this.#ending('up');
  }

  /** The button on the finished card, its dialog confirmed. True when nothing is left. */
  async takeDown(): Promise<boolean> {
    await this.#click(developer, 'tear-down', 'Tear down');
    return this.#ending('down');
  }

  async #ending(action: Action): Promise<boolean> {
    const ended = await this.#until(action, ({ state }) => isTerminal(state));
    await this.#lastWord(ended);
    return ended.state === 'succeeded';
  }

  async #command(user: string, text: string): Promise<void> {
    this.#transcript.action(user, text);
    const answer = await this.#world.workspace.command(user, channel, text);
    if (!answer.ok) throw new DeployError('demo_command', `Slack answered "${answer.error}" to ${text}`);
  }

  async #click(user: string, actionId: string, label: string): Promise<void> {
    const card = await this.#wait(cardDeadlineMs, `a card with the button ${label}`, async () =>
      this.#world.workspace.messages(channel).findLast((message) => hasButton(message, actionId)),
    );
    this.#transcript.action(user, `clicks ${label}`);
    await this.#world.workspace.click(user, { channel, ts: card.ts, actionId });
  }

  async #until(action: Action, reached: (deployment: Deployment) => boolean): Promise<Deployment> {
    return this.#wait(deploymentDeadlineMs, `${action} of ${cluster} to go on`, async () => {
      const [newest] = await this.#deployments.recent(1);
      return newest?.action === action && reached(newest) ? newest : undefined;
    });
  }

  /** Waits until the thread has been told of everything, so that the transcript does not end in mid-sentence. */
  async #lastWord(deployment: Deployment): Promise<void> {
    await this.#wait(cardDeadlineMs, 'the thread to be told', async () => {
      const behind = await this.#deployments.unannounced();
      return behind.includes(deployment.id) ? undefined : true;
    });
  }

  async #wait<Value>(ms: number, what: string, look: () => Promise<Value | undefined>): Promise<Value> {
    const deadline = Date.now() + ms;
    while (Date.now() < deadline) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(200, undefined, { signal: this.#signal });
    }
    throw new DeployError('demo_deadline', `The demo waited in vain for ${what}`, {
      hint: `The logs of the bot and the worker are in ${join(this.#world.directory)}`,
    });
  }
}

/** What the ids of people, groups and channels are called. */
function namesOf({ users, userGroups, channels }: World['workspace']): Map<string, string> {
  const people = users.map(({ id, realName }) => [id, realName] as const);
  return new Map([...people, ...[...userGroups, ...channels].map(({ id, name }) => [id, name] as const)]);
}

function hasButton(message: StoredMessage, actionId: string): boolean {
  return (message.blocks ?? []).some(
    (block) => Array.isArray(block.elements) && block.elements.some((element) => element?.action_id === actionId),
  );
}
