import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BuildFailedError, UsageError } from '../errors.ts';
import { toolEnvironment } from './environment.ts';
import { explainBuild } from './explain-build.ts';
import { type GitContext, type ResolvedRef, resolveRef, updateMirror, withWorktree } from './git.ts';
import { withLock } from './lock.ts';
import { runProcess } from './process.ts';
import { checkRef } from './ref.ts';
import {
  type BuiltRelease,
  findBuiltRelease,
  keepRelease,
  listTarballs,
  logFileOf,
  type ReleaseKey,
  releaseId,
} from './release-files.ts';

export { type BuiltRelease, findBuiltRelease, type ReleaseFile, type ReleaseKey } from './release-files.ts';

/** What a build is doing: bringing the source, compiling it, or taking what came of it. */
export type BuildStage = 'fetch' | 'build' | 'package';

export interface BuildOptions {
  /** URL or absolute path of a git repository with Kubernetes' build contract. */
  readonly repository: string;
  /** A tag, branch or commit of it. */
  readonly ref: string;
  /** The make target that writes the tarballs: `quick-release`. */
  readonly target: string;
  /** Variables for make, such as KUBE_BUILD_PLATFORMS. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where copies of repositories, releases and logs are kept. */
  readonly directory: string;
  /** The worker's environment; git and make see only what they need of it: PATH, proxies, where Docker is. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Called for every line that git and make write. */
  readonly onProgress: (progress: { stage: BuildStage; line: string }) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Where Kubernetes' own build puts its tarballs (build/lib/release.sh), and the one that a cluster cannot do without. */
const outputFolder = join('_output', 'release-tars');
const serverTarball = 'kubernetes-server-linux-amd64.tar.gz';

const minuteMs = 60_000;
/** A build on a small machine takes an hour or two; the Go linker alone may say nothing for a long time. */
const buildDeadlineMs = 6 * 60 * minuteMs;
const buildInactivityMs = 60 * minuteMs;

/**
 * Builds a Kubernetes release from source, unless an earlier build of the same commit with the same variables is there.
 * Any process may die anywhere in it: the next one sweeps up and starts again, and a half-made release is never found.
 *
 * @throws UsageError for a ref or target that cannot be, BuildFailedError with the last lines of the build in `detail`,
 * ProcessError when git or make is missing, and the signal's reason.
 */
export async function buildRelease(options: BuildOptions): Promise<BuiltRelease> {
  const { repository, ref, target, variables, onProgress, signal } = options;
  const directory = resolve(options.directory); // git and make run elsewhere
  checkRef(ref);
  const makeArguments = [target, ...makeVariables(variables)];
  checkTarget(target);

  const env = toolEnvironment(options.environment);
  const fetching = { env, signal, onLine: (line: string) => onProgress({ stage: 'fetch', line }) };
  const mirror = await updateMirror(join(directory, 'mirrors'), repository, fetching);
  const resolved = await resolveRef(mirror, ref, fetching);
  const key: ReleaseKey = { commit: resolved.commit, target, variables };

  const existing = await findBuiltRelease(directory, key);
  if (existing !== undefined) return existing;

  // One build at a time: Kubernetes' scripts share the name of a Docker builder, and two builds need twice the memory.
  const onWait = () => onProgress({ stage: 'build', line: 'waiting for another build on this machine' });
  return withLock(
    join(directory, 'build.lock'),
    async () =>
      (await findBuiltRelease(directory, key)) ??
      build({ ...options, directory }, mirror, key, resolved, { ...fetching, makeArguments }),
    { signal, onWait },
  );
}

/** Holds the lock: nobody else is in `worktrees` or `logs`. */
async function build(
  options: BuildOptions,
  mirror: string,
  key: ReleaseKey,
  { version }: ResolvedRef,
  context: GitContext & { makeArguments: readonly string[] },
): Promise<BuiltRelease> {
  const { directory, onProgress, signal, target, ref } = options;
  const { env, makeArguments } = context;
  const logFile = logFileOf(directory, key);
  const worktrees = join(directory, 'worktrees');
  await rm(worktrees, { recursive: true, force: true }); // what a process that died has left
  await rm(logFile, { force: true });
  await Promise.all([mkdir(worktrees, { recursive: true }), mkdir(dirname(logFile), { recursive: true })]);

  await withWorktree(mirror, key.commit, join(worktrees, releaseId(key)), { ...context, logFile }, async (tree) => {
    const onLine = (line: string) => onProgress({ stage: 'build', line });
    const doing = `Building Kubernetes ${version}`;
    await runProcess({
      command: 'make',
      args: makeArguments,
      doing,
      cwd: tree,
      env,
      logFile,
      onLine,
      deadlineMs: buildDeadlineMs,
      inactivityMs: buildInactivityMs,
      signal,
    }).catch((error: unknown) => {
      throw explainBuild(error, { doing, ref, target, logFile });
    });
    const output = join(tree, outputFolder);
    if (!(await listTarballs(output)).includes(serverTarball)) throw noTarball(doing, ref, target, logFile);
    const onFile = ({ name, size }: { name: string; size: number }) =>
      onProgress({ stage: 'package', line: `${name}, ${sizeText(size)}` });
    await keepRelease(directory, key, version, output, onFile, signal);
  });

  const built = await findBuiltRelease(directory, key);
  if (built !== undefined) return built;
  throw new BuildFailedError(`Building Kubernetes ${version}: the release vanished while it was being put away`, {
    hint: `See whether something else removes files below ${directory}`,
  });
}

function noTarball(doing: string, ref: string, target: string, logFile: string): BuildFailedError {
  return new BuildFailedError(`${doing}: make ${target} succeeded, but there is no ${outputFolder}/${serverTarball}`, {
    hint: `See whether ${ref} is a Kubernetes tree, and whether KUBE_BUILD_PLATFORMS leaves linux/amd64 out`,
    detail: { logFile },
  });
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function checkTarget(target: string): void {
  if (/^[A-Za-z][A-Za-z0-9_-]*$/.test(target)) return;
  throw new UsageError(`"${target.slice(0, 60)}" cannot be a make target`, {
    hint: 'Kubernetes’ own is quick-release',
  });
}

/** `NAME=value` for make's command line, which hands them on to the scripts. Make expands `$`, so it is doubled. */
function makeVariables(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/[\0\r\n]/.test(value)) {
      return `${name}=${value.replaceAll('$', '$$$$')}`;
    }
    throw new UsageError(`"${name.slice(0, 60)}" cannot be a variable for make`, {
      hint: 'Names have letters, digits and underscores, and values are one line: KUBE_BUILD_PLATFORMS: linux/amd64',
    });
  });
}
