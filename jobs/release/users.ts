import { artifactId, recipeOf } from '../../src/clusters/artifact.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { stackTag } from '../../src/clusters/names.ts';
import type { ReleaseUser } from '../../src/clusters/release-use.ts';
import { parseStackLabel, type StackLabel } from '../../src/clusters/stack.ts';
import { isNotFound } from '../../src/errors.ts';
import { getStack, listStacks, type StackRef } from '../../src/openstack/heat/stacks.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { sideBySide } from '../../src/openstack/side-by-side.ts';
import type { Tools } from '../run.ts';

/** Stacks that are looked into at the same time. */
const looksAtOnce = 4;

type ReleaseLabel = Partial<Pick<StackLabel, 'release'>> & Pick<StackLabel, 'cluster'>;

/** Who needs what. */
export interface ReleaseUsers {
  readonly users: readonly ReleaseUser[];
  /** Clusters of which nobody can say what their servers fetch. While there is one, nobody knows what is unused. */
  readonly silent: readonly string[];
}

/**
 * Who needs what is in Swift: the clusters that Heat knows in any of the clouds that clusters.yaml uses, and the
 * deployments under way. A cluster that Redis knows in another cloud cannot be asked. Throws when one of these clouds
 * does not answer: what is not known counts as used.
 */
export async function releaseUsers(tools: Tools, signal: AbortSignal): Promise<ReleaseUsers> {
  const labels = (await Promise.all(tools.clouds.map((cloud) => labelsIn(cloud, tools, signal)))).flat();
  const under = (await tools.deployments.active()).flatMap(deploymentUser);
  const elsewhere = (await tools.clusters.list()).filter(({ cloud }) => !tools.clouds.includes(cloud));
  return {
    users: [...labels.flatMap(({ cluster, release }) => (release ? [{ name: cluster, release }] : [])), ...under],
    silent: [
      ...labels.filter(({ release }) => release === undefined).map(({ cluster }) => cluster),
      ...elsewhere.map(({ name }) => name),
    ],
  };
}

async function labelsIn(cloud: string | undefined, tools: Tools, signal: AbortSignal): Promise<ReleaseLabel[]> {
  const { heat } = tools.openstack({ cloud });
  const stacks = await listStacks(heat, { tags: [stackTag] }, signal);
  const labels = await sideBySide(stacks, { limit: looksAtOnce, signal }, (ref, within) => labelOf(heat, ref, within));
  return labels.flatMap((label) => label ?? []);
}

/** Undefined for a stack that went between the two calls. One that is not labelled like ours counts by its name. */
async function labelOf(heat: ServiceClient, ref: StackRef, signal: AbortSignal): Promise<ReleaseLabel | undefined> {
  try {
    const { name, parameters } = await getStack(heat, ref, { resolveOutputs: false }, signal);
    return parseStackLabel(parameters) ?? { cluster: name };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What a deployment has chosen: once it has built by name, before that by what it was planned to build. */
function deploymentUser({ cluster, action, steps, spec, plan }: Deployment): ReleaseUser[] {
  if (action !== 'up' && action !== 'upgrade') return [];
  const recipe = recipeOf(spec.kubernetes, plan?.commit);
  const artifact = steps.build?.result?.artifact ?? (recipe && artifactId(recipe));
  const release = steps.publish?.result?.release;
  return [{ name: cluster, ...(artifact !== undefined && { artifact }), ...(release !== undefined && { release }) }];
}
