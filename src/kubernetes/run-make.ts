import { BuildContainers, builderExists, type ContainerEnd } from './build-containers.ts';
import type { BuildOptions } from './build-options.ts';
import { BuildWatch } from './build-stages.ts';
import { clearBuild } from './clean-up.ts';
import { engineEnvironment, toolEnvironment } from './environment.ts';
import { explainBuild } from './explain-build.ts';
import { knowProcess } from './known-process.ts';
import { makeArguments } from './make-variables.ts';
import { runProcess } from './process.ts';
import { type RunningBuild, recordBuild } from './running-build.ts';
import type { StageClock } from './stage-clock.ts';

export interface MakeOptions extends BuildOptions {
  /** As the start of a sentence. */
  readonly doing: string;
  /** The checkout, without symbolic links in its path. */
  readonly tree: string;
  readonly hostname: string;
  readonly logFile: string;
  readonly clock: StageClock;
}

const minuteMs = 60_000;
/** A build on a small machine takes an hour or two; the Go linker alone may say nothing for a long time. */
const buildDeadlineMs = 6 * 60 * minuteMs;
const buildInactivityMs = 60 * minuteMs;
/** Where compilers complain, far more than the last screen belongs to it. */
const keptLines = 400;

/** Cancelling ends within ten seconds: make gets this long, and then Docker gets as long to remove what it left. */
const cancelMs = 4_000;
const clearMs = 30_000;

/**
 * Runs make in a checkout. While it runs, a record of it lies in the directory; when it has ended, in whatever way, its
 * processes, containers and build image are gone.
 *
 * @throws BuildFailedError that says why it ended, ProcessError when make is missing, or the signal's reason.
 */
export async function runMake(options: MakeOptions): Promise<void> {
  const { directory, environment = {}, signal } = options;
  const build = await describe(options);
  await recordBuild(directory, build);

  // At the same time as make is asked to end, for what runs in containers does not hear of that.
  let early: Promise<void> | undefined;
  const onAbort = () => {
    if (build.docker === undefined) return;
    early = new BuildContainers(build, environment, Date.now() + cancelMs).removeOnce();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await make(options, build);
  } catch (error) {
    const { doing, ref, target, logFile } = options;
    const container = signal?.aborted ? undefined : await endOfCompiler(build, environment);
    throw explainBuild(error, { doing, ref, target, logFile, container });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await early;
    const until = Date.now() + (signal?.aborted ? cancelMs : clearMs);
    await clearBuild(directory, build, environment, { graceMs: cancelMs / 8, until, alone: true });
  }
}

/** Docker alone knows of a container that the kernel ended; make only sees a status. */
async function endOfCompiler(
  build: RunningBuild,
  environment: BuildOptions['environment'] = {},
): Promise<ContainerEnd | undefined> {
  if (build.docker === undefined) return undefined;
  return new BuildContainers(build, environment, Date.now() + cancelMs).compilerEnd();
}

async function describe({ hostname, tree, needs, environment = {} }: MakeOptions): Promise<RunningBuild> {
  if (needs?.docker === false) return { hostname, tree };
  const builderExisted = (await builderExists(environment)) !== false; // who does not know leaves it alone
  return { hostname, tree, docker: { environment: engineEnvironment(environment), builderExisted } };
}

async function make(options: MakeOptions, build: RunningBuild): Promise<void> {
  const { directory, environment, variables, target, platform, doing, tree, logFile, secrets, signal } = options;
  const { clock, onProgress, onLine } = options;
  const watch = new BuildWatch();
  clock.enter(watch.progress.stage);
  let recorded: Promise<void> | undefined;
  try {
    await runProcess({
      command: 'make',
      args: [target, ...makeArguments(variables), `KUBE_BUILD_PLATFORMS=${platform}`],
      doing,
      cwd: tree,
      env: { ...toolEnvironment(environment), HOSTNAME: build.hostname },
      logFile,
      ...(secrets !== undefined && { secrets }),
      keptLines,
      output: 'ignored',
      deadlineMs: options.deadlineMs ?? buildDeadlineMs,
      inactivityMs: options.inactivityMs ?? buildInactivityMs,
      signal,
      onStart: (pid) => {
        recorded = recordLeader(directory, build, pid);
      },
      onLine: (line) => {
        const progress = watch.see(line);
        clock.enter(progress.stage);
        onLine?.(line);
        onProgress({ ...progress, line });
      },
    });
  } finally {
    await recorded;
  }
}

/** Without it the processes are still found, by their environment; with it the group is ended in one go. */
async function recordLeader(directory: string, build: RunningBuild, pid: number): Promise<void> {
  const leader = await knowProcess(pid);
  await recordBuild(directory, { ...build, leader }).catch(() => undefined);
}
