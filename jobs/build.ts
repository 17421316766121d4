import { join } from 'node:path';
import type { StepResults } from '../src/clusters/steps.ts';
import { type BuildStage, buildRelease } from '../src/kubernetes/release.ts';
import type { Run } from './run.ts';

const stageTexts: Readonly<Record<BuildStage, string>> = {
  fetch: 'fetching the source',
  build: 'compiling',
  package: 'taking digests',
};

/** Has Kubernetes built from source on this worker, unless a complete build of the same commit is here already. */
export async function build({ deployment, tools, step, signal }: Run): Promise<StepResults['build']> {
  const { version: ref, repository, target, variables } = deployment.spec.kubernetes;
  const release = await buildRelease({
    repository,
    ref,
    target,
    variables,
    environment: tools.environment,
    directory: join(tools.dataDir, 'builds'),
    signal,
    onProgress: ({ stage, line }) => step.tick({ text: line ? `${stageTexts[stage]}: ${line}` : stageTexts[stage] }),
  });
  return { version: release.version, commit: release.commit, files: release.files };
}
