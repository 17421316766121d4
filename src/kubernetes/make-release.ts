import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildLogFile } from './build-log.ts';
import type { BuildOptions } from './build-options.ts';
import { checkWorker } from './check-worker.ts';
import { worktreesFolder } from './clean-up.ts';
import { toolEnvironment } from './environment.ts';
import { LogFile } from './log-file.ts';
import { createRedactor } from './redact.ts';
import { keepRelease, removeOldReleases } from './release-files.ts';
import type { ReleaseKey } from './release-key.ts';
import { runMake } from './run-make.ts';
import { newBuildHostname } from './running-build.ts';
import { serverTarball } from './server-tarball.ts';
import type { StageClock } from './stage-clock.ts';
import { withWorktree } from './worktree.ts';

export interface ReleaseOptions extends BuildOptions {
  /** The copy of the repository, which holds the commit. */
  readonly mirror: string;
  readonly key: ReleaseKey;
  readonly version: string;
  readonly clock: StageClock;
}

/** Builds a release in a checkout of its own and puts it away. The caller holds the lock of the directory. */
export async function makeRelease(options: ReleaseOptions): Promise<void> {
  const { directory, mirror, key, version, environment, target, platform, clock, onProgress, signal } = options;
  const doing = `Building Kubernetes ${version}`;
  const tar = await checkWorker(options, doing);
  const env = toolEnvironment(environment);
  const logFile = buildLogFile(directory, key);
  await beginLog(logFile, options);

  clock.enter('fetch');
  const hostname = newBuildHostname();
  const path = join(worktreesFolder(directory), `${key.commit.slice(0, 12)}-${hostname}`);
  const say = (stage: 'fetch' | 'package') => (line: string) => onProgress({ stage, line });
  const secrets = options.secrets ?? [];
  const fetching = { env, signal, secrets, logFile, onLine: say('fetch') };
  await withWorktree(mirror, key.commit, path, fetching, async (tree) => {
    await runMake({ ...options, doing, tree, hostname, logFile });
    clock.enter('package');
    const finished = { tree, platform, doing, target, tar, env, logFile, secrets, onLine: say('package'), signal };
    const tarball = await serverTarball(finished);
    await keepRelease(directory, key, { version, stages: () => clock.times(), tarball }, signal);
  });
  await removeOldReleases(directory);
}

/** Begins a log that says first what it is about. */
async function beginLog(logFile: string, { version, key, secrets }: ReleaseOptions): Promise<void> {
  await mkdir(dirname(logFile), { recursive: true });
  await rm(logFile, { force: true });
  const log = await LogFile.open(logFile);
  const redact = createRedactor(secrets);
  const variables = Object.entries(key.variables).map(([name, value]) => ` ${name}=${value}`);
  const command = `make ${key.target} KUBE_BUILD_PLATFORMS=${key.platform}${variables.join('')}`;
  await log.write(redact(`# Kubernetes ${version}, commit ${key.commit}: ${command}`) ?? '');
  await log.close();
}
