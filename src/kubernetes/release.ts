import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BuildFailedError, UsageError } from '../errors.ts';
import type { BuildOptions } from './build-options.ts';
import { buildLock, sweepLeftovers } from './clean-up.ts';
import { toolEnvironment } from './environment.ts';
import { withLock } from './lock.ts';
import { makeRelease } from './make-release.ts';
import { makeArguments } from './make-variables.ts';
import { updateMirror } from './mirror.ts';
import { checkCommit, checkRef, checkRepository } from './ref.ts';
import { type BuiltRelease, findBuiltRelease } from './release-files.ts';
import type { ReleaseKey } from './release-key.ts';
import { resolveRef } from './resolve-ref.ts';
import type { GitContext } from './run-git.ts';
import { StageClock } from './stage-clock.ts';

export type { BuildLine, BuildOptions } from './build-options.ts';
export { sweepBuilds } from './clean-up.ts';
export { type BuiltRelease, findBuiltRelease, type ReleaseFile } from './release-files.ts';
export type { ReleaseKey } from './release-key.ts';

/**
 * Builds a Kubernetes release from source, unless an earlier build of the same commit, made the same way, is there. Any
 * process may die anywhere in it: the next one sweeps up and starts again, and a half-made release is never found. When
 * it ends, in whatever way, no process, container or checkout of it is left.
 *
 * @throws UsageError for words that cannot be, BuildFailedError with the lines that matter in `detail` and the log's
 * file, ProcessError when git or make is missing, and the signal's reason.
 */
export async function buildRelease(options: BuildOptions): Promise<BuiltRelease> {
  checkWords(options);
  const { repository, ref, commit, target, platform, variables, onProgress, secrets, signal } = options;
  await mkdir(options.directory, { recursive: true });
  // As the scripts see it, and absolute: git and make run elsewhere.
  const directory = await realpath(resolve(options.directory));
  const how = { platform, target, variables };
  if (commit !== undefined) {
    const earlier = await findBuiltRelease(directory, { commit, ...how }, signal); // without asking the repository again
    if (earlier !== undefined) return earlier;
  }

  const clock = new StageClock();
  clock.enter('fetch');
  const env = toolEnvironment(options.environment);
  const onLine = (line: string) => onProgress({ stage: 'fetch', line });
  const fetching: GitContext = { env, signal, onLine, ...(secrets !== undefined && { secrets }) };
  const mirror = await updateMirror(join(directory, 'mirrors'), repository, fetching, {
    ref,
    ...(commit && { commit }),
  });
  const resolved = await resolveRef(mirror, ref, fetching, { commit });
  const key: ReleaseKey = { commit: resolved.commit, ...how };

  const existing = await findBuiltRelease(directory, key, signal);
  if (existing !== undefined) return existing;

  clock.pause();
  const onWait = () => onLine('waiting for another build on this machine');
  return withLock(
    buildLock(directory),
    async () => {
      const meanwhile = await findBuiltRelease(directory, key, signal);
      if (meanwhile !== undefined) return meanwhile;
      await sweepLeftovers(directory, options.environment ?? {}, { signal, alone: true });
      await makeRelease({ ...options, directory, clock, mirror, key, version: resolved.version });
      const built = await findBuiltRelease(directory, key, signal);
      if (built !== undefined) return built;
      throw new BuildFailedError(`Building Kubernetes ${resolved.version}: it vanished while it was being put away`, {
        hint: `See whether something else removes files below ${directory}`,
      });
    },
    { signal, onWait },
  );
}

/** Nothing runs, and nothing is written, before all that people wrote has been looked at. */
function checkWords({ repository, ref, commit, target, platform, variables }: BuildOptions): void {
  checkRepository(repository);
  checkRef(ref);
  if (commit !== undefined) checkCommit(commit);
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,60}$/.test(target)) {
    throw new UsageError(`"${target.slice(0, 60)}" cannot be a make target`, {
      hint: 'Kubernetes’ own are quick-release and quick-release-images',
    });
  }
  if (!/^linux\/[a-z0-9]{1,20}$/.test(platform)) {
    throw new UsageError(`"${platform.slice(0, 60)}" cannot be a platform of nodes`, { hint: 'Write linux/amd64' });
  }
  makeArguments(variables);
}
