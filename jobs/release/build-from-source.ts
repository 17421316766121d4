import { hostname } from 'node:os';
import type { BuiltKubernetes } from '../../src/clusters/cluster-spec.ts';
import { BuildFailedError, DeployError } from '../../src/errors.ts';
import { checkWorker } from '../../src/kubernetes/check-worker.ts';
import { engineId } from '../../src/kubernetes/docker-engine.ts';
import { type BuiltRelease, buildRelease } from '../../src/kubernetes/release.ts';
import { Lease } from '../../src/store/lease.ts';
import { buildsFolder } from '../preflight/check-builder.ts';
import type { Again, Run } from '../run.ts';
import { BuildProgress } from './build-progress.ts';
import { findLog } from './find-log.ts';
import { keepLog } from './keep-log.ts';
import type { MadeTarball, Making } from './making.ts';
import { lastStages } from './stage-times.ts';
import { tellOnce } from './tell-once.ts';
import { underLease } from './under-lease.ts';

/** Seconds until the next look at an engine that is busy. */
const busySeconds = 5;

/** How many of the newest deployments are asked how long things took. */
const remembered = 100;

/**
 * Has Kubernetes built on this worker, when nobody else builds with its Docker engine: Kubernetes' scripts share the names
 * of builders and containers in it, and two builds need twice the memory.
 */
export async function buildFromSource({ run, recipe, signal }: Making): Promise<MadeTarball | Again> {
  const { kubernetes } = run.deployment.spec;
  if (recipe.source !== 'build' || kubernetes.source !== 'build') throw new TypeError('this artifact is not built');
  const { commit } = recipe;
  const { deployment, tools, step } = run;
  const engine = await engineName(run, kubernetes, signal);
  if (engine === undefined) return engineIsSilent(run, kubernetes, signal);
  const lease = await tools.mutex.lease(`engine:${engine}`, { owner: deployment.id, attempt: step.attempt });
  if (lease instanceof Lease) {
    return underLease(lease, run, signal, (inside) => buildHere({ run, kubernetes, commit, signal: inside }));
  }
  await tellOnce(run, 'build', `waiting for another build on this Docker engine: ${lease.heldBy}`);
  return step.again({ afterSeconds: busySeconds });
}

/**
 * What two builds must not share: the engine, by its id, which is undefined while it does not answer; for a tree that
 * needs none, the machine.
 */
function engineName(
  { tools }: Run,
  { needs }: BuiltKubernetes,
  signal: AbortSignal,
): Promise<string | undefined> | string {
  return needs.docker ? engineId(tools.environment, signal) : `host-${hostname()}`;
}

/** Nobody knows then whether another build runs there. Why it is silent is told by a look at the whole worker. */
async function engineIsSilent(
  { tools, step }: Run,
  { version, needs }: BuiltKubernetes,
  signal: AbortSignal,
): Promise<Again> {
  const worker = { environment: tools.environment, directory: buildsFolder(tools.dataDir), needs, signal };
  await checkWorker(worker, `Building Kubernetes ${version}`);
  return step.again({ afterSeconds: busySeconds }); // it answers after all
}

interface Building {
  readonly run: Run;
  readonly kubernetes: BuiltKubernetes;
  readonly commit: string;
  readonly signal: AbortSignal;
}

async function buildHere(building: Building): Promise<MadeTarball> {
  const { run, kubernetes, commit } = building;
  const startedAt = Date.now();
  try {
    const { file, version, stages, logFile } = await buildWatched(building);
    const log = await keepLog(run, logFile);
    return { ...file, version, stages, ...(log !== undefined && { log }) };
  } catch (error) {
    const logFile = await findLog(error, { directory: buildsFolder(run.tools.dataDir), kubernetes, commit, startedAt });
    if (logFile !== undefined) await keepLog(run, logFile);
    throw error;
  }
}

async function buildWatched({ run, kubernetes, commit, signal }: Building): Promise<BuiltRelease> {
  const { deployment, tools, step, log } = run;
  const { repository, version: ref, target, platform, variables, needs, withinMs, silenceMs } = kubernetes;
  const progress = new BuildProgress(step, lastStages(await tools.deployments.recent(remembered), kubernetes));
  const lines = tools.buildLogs.writer(deployment.id, (error) =>
    log.warn({ err: error }, 'lines of a build could not be put into Redis'),
  );
  try {
    return await buildRelease({
      ...{ repository, ref, commit, target, platform, variables, needs, signal },
      environment: tools.environment,
      secrets: tools.secrets,
      directory: buildsFolder(tools.dataDir),
      deadlineMs: withinMs,
      inactivityMs: silenceMs,
      onProgress: ({ stage, target: current }) => progress.enter(stage, current),
      onLine: (line) => lines.write(line),
    });
  } catch (error) {
    throw signal.aborted ? error : expected(error, ref);
  } finally {
    progress.close();
    await lines.close();
  }
}

/**
 * What nobody expected is mostly tried again; a build is not, since that may take hours each time and what its machine
 * refuses, such as a full disk, seldom passes.
 */
function expected(error: unknown, ref: string): unknown {
  if (error instanceof DeployError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unexpected';
  return new BuildFailedError(`Building Kubernetes ${ref}: the build worker ${hostname()} stopped over it (${code})`, {
    hint: 'See whether the disk that holds DATA_DIR there is full or broken, and what the worker’s log says; then ask again',
    cause: error,
  });
}
