import { mkdir, readdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BuildContainers } from './build-containers.ts';
import { endProcesses } from './build-processes.ts';
import { withFreeLock } from './lock.ts';
import { removeOldReleases } from './release-files.ts';
import { removeTree } from './remove-tree.ts';
import { forgetBuild, listRecordedBuilds, type RunningBuild } from './running-build.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Time for what a build leaves when nobody waits for it to end. */
const patientMs = 20_000;
const sweepGraceMs = 4_000;

/** Of builds in a directory: there is one at a time. */
export function buildLock(directory: string): string {
  return join(directory, 'build.lock');
}

export function worktreesFolder(directory: string): string {
  return join(directory, 'worktrees');
}

/**
 * Ends and removes what builds in a directory have left whose worker died: processes, containers, images and checkouts,
 * and nothing that is not theirs. Does nothing while a build runs there. Only their builder stays for the next build: an
 * engine has one of that name, and somebody else may be building with it now.
 */
export async function sweepBuilds(options: {
  readonly directory: string;
  readonly environment?: Environment;
  readonly signal?: AbortSignal;
}): Promise<void> {
  await mkdir(options.directory, { recursive: true });
  const directory = await realpath(resolve(options.directory));
  const sweep = () => sweepLeftovers(directory, options.environment ?? {}, { signal: options.signal, alone: false });
  await withFreeLock(buildLock(directory), sweep, options.signal);
}

/**
 * The same for whoever holds the lock, and with the builder for whoever is alone on the engine. What an engine that does
 * not answer still has is left to the next sweep.
 */
export async function sweepLeftovers(
  directory: string,
  environment: Environment,
  { signal, alone }: { readonly signal?: AbortSignal | undefined; readonly alone: boolean },
): Promise<void> {
  for (const build of await listRecordedBuilds(directory)) {
    signal?.throwIfAborted();
    await clearBuild(directory, build, environment, { graceMs: sweepGraceMs, until: Date.now() + patientMs, alone });
  }
  const worktrees = worktreesFolder(directory);
  const names = await readdir(worktrees).catch(() => []);
  for (const name of names) await removeTree(join(worktrees, name)).catch(() => undefined); // named anew by every build
  await removeOldReleases(directory);
}

/**
 * Ends what still runs of a build and removes its containers and images, until a moment in milliseconds since the epoch;
 * the builder too, if nobody else builds on the engine. Its record goes when nothing is left.
 */
export async function clearBuild(
  directory: string,
  build: RunningBuild,
  environment: Environment,
  { graceMs, until, alone }: { readonly graceMs: number; readonly until: number; readonly alone: boolean },
): Promise<void> {
  const ended = await endProcesses(build, graceMs);
  if (build.docker !== undefined) {
    const containers = new BuildContainers(build, environment, until);
    const builderGone = alone ? containers.removeBuilder() : containers.hasNoBuilder();
    const gone = await Promise.all([containers.removeAll(), builderGone]);
    if (gone.includes(false)) return;
    await containers.removeImages();
  }
  if (ended) await forgetBuild(directory, build);
}
