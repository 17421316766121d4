import type { Environment } from '../../config/config.ts';
import type { Logger } from '../../log.ts';
import { type Child, startChild } from './child.ts';
import type { DemoOptions } from './options.ts';
import { startWorld, type World } from './world.ts';

/** A world with Slipway in it: its bot and its workers as the processes that they are in production. */
export interface Stage {
  readonly world: World;
  readonly bot: Child;
  readonly worker: Child;
  /** Starts one more process, such as a second worker; closed with the stage. */
  start(name: string): Promise<Child>;
  close(): Promise<void>;
}

export interface StageContext {
  readonly env: Environment;
  /** The file that `node` starts Slipway's processes from. */
  readonly main: string;
  readonly log: Logger;
  readonly say: (line: string) => void;
}

/** Opens the stage. When a part does not start, the others are stopped again and the part's error is thrown. */
export async function openStage(options: DemoOptions, { env, main, log, say }: StageContext): Promise<Stage> {
  const world = await startWorld(options, env, log, say);
  const children: Child[] = [];
  const close = async () => {
    await Promise.all(children.splice(0).map((child) => child.close()));
    await world.close();
  };
  const start = async (name: string) => {
    const child = await startChild(main, name, world.env, world.directory);
    children.push(child);
    return child;
  };
  try {
    const starting = [start('bot'), start('worker')] as const;
    await Promise.allSettled(starting); // so that the one which did start is closed when the other did not
    const [bot, worker] = await Promise.all(starting);
    return { world, bot, worker, start, close };
  } catch (error) {
    await close();
    throw error;
  }
}
