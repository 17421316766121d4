import { join } from 'node:path';
import type { BuiltKubernetes } from '../../src/clusters/cluster-spec.ts';
import { toolEnvironment } from '../../src/kubernetes/environment.ts';
import { lookUpRef } from '../../src/kubernetes/look-up-ref.ts';
import { updateMirror } from '../../src/kubernetes/mirror.ts';
import { resolveRef } from '../../src/kubernetes/resolve-ref.ts';
import { buildsFolder } from '../preflight/check-builder.ts';
import type { Run } from '../run.ts';

/**
 * The commit that a deployment builds: the one that its plan says; without one, what its version means when this is
 * first asked. From then on it stays the same, wherever a branch goes.
 */
export async function commitOf(run: Run, kubernetes: BuiltKubernetes): Promise<string> {
  const { deployment, step } = run;
  const known = deployment.plan?.commit ?? step.marker;
  if (known !== undefined) return known;
  const commit = await lookUp(run, kubernetes);
  await step.report({ text: `building commit ${commit.slice(0, 12)}` }, { marker: commit });
  return commit;
}

/** The repository can mostly tell by itself; what only git can tell needs the history. */
async function lookUp({ tools, step, signal }: Run, { repository, version: ref }: BuiltKubernetes): Promise<string> {
  const context = { env: toolEnvironment(tools.environment), secrets: tools.secrets, signal };
  const { commit } = await lookUpRef(repository, ref, context);
  if (commit !== undefined) return commit;
  step.tick({ text: 'fetching the source' });
  const mirror = await updateMirror(join(buildsFolder(tools.dataDir), 'mirrors'), repository, context, { ref });
  return (await resolveRef(mirror, ref, context)).commit;
}
