import { stat } from 'node:fs/promises';
import type { BuiltKubernetes } from '../../src/clusters/cluster-spec.ts';
import { DeployError } from '../../src/errors.ts';
import { buildLogFile } from '../../src/kubernetes/build-log.ts';

/** The build whose log is looked for. */
export interface LoggedBuild {
  readonly directory: string;
  readonly kubernetes: BuiltKubernetes;
  readonly commit: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Clocks of file systems are coarse. */
const coarseMs = 2_000;

/** The file with what a build said that ended in an error; undefined when it said nothing: an earlier one's is not it. */
export async function findLog(
  error: unknown,
  { directory, kubernetes, commit, startedAt }: LoggedBuild,
): Promise<string | undefined> {
  const named = error instanceof DeployError ? error.detail.logFile : undefined;
  const { platform, target, variables } = kubernetes;
  const file = typeof named === 'string' ? named : buildLogFile(directory, { commit, platform, target, variables });
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && found.mtimeMs >= startedAt - coarseMs ? file : undefined;
}
