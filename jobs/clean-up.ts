import { clusterContainer } from '../src/clusters/names.ts';
import type { CleanUpResult } from '../src/clusters/steps.ts';
import { DeployError, isConflict, isNotFound } from '../src/errors.ts';
import { deleteContainer } from '../src/openstack/swift/containers.ts';
import { deleteObject, listObjects } from '../src/openstack/swift/objects.ts';
import { credentialsOfCluster, revokeCredentials } from './credential/revoke-credentials.ts';
import { volumesOf } from './purge/leftovers.ts';
import { clearWay } from './purge/remove-leftovers.ts';
import { removeVolumes } from './purge/remove-volumes.ts';
import type { Again, Run } from './run.ts';
import { whoseThingsStay } from './whose-things-stay.ts';

/** The listings of Swift are behind its objects for some seconds, on a busy cloud for a minute. */
const giveUpMs = 10 * 60_000;
const pollSeconds = 2;

/**
 * Removes what Slipway keeps for the servers of a cluster itself: the application credentials of its controllers and
 * its container, and what those controllers had made that could not go before the servers. Nothing there is success, and
 * what belongs to a stack that is there stays.
 */
export async function cleanUp(run: Run): Promise<CleanUpResult | Again> {
  const stays = await whoseThingsStay(run);
  const all = await objectsIn(run);
  const objects = all.filter((name) => !stays(folderOf(name)));
  const credentials = await credentialsOfCluster(run, stays);
  const clusters = new Set(objects.map(folderOf));
  const volumes = run.deployment.removeVolumes ? await volumesOf(run, clusters) : [];
  const result = await note(run, {
    credentials: credentials.length,
    objects: objects.length,
    ...(volumes.length > 0 && { volumes: volumes.length }),
  });

  // Each deployment that had servers has a folder, and is what its controllers called the cluster.
  const again = (await clearWay(run, clusters)) ?? (await removeVolumes(run, volumes));
  if (again !== undefined) return again;
  await run.step.checkpoint();
  await revokeCredentials(run, credentials);
  const container = clusterContainer(run.deployment.cluster);
  for (const name of objects) await deleteObject(run.openstack.swift, container, name, run.signal);
  if (objects.length < all.length || (await isContainerGone(run, container))) return result;
  if (Date.now() - run.step.startedAt > giveUpMs) throw neverEmpty(container);
  return run.step.again({ afterSeconds: pollSeconds });
}

/** Counted once, before anything goes: whoever comes back to it finds less. */
async function note({ step }: Run, found: CleanUpResult): Promise<CleanUpResult> {
  if (step.marker !== undefined) return JSON.parse(step.marker);
  await step.report({ text: `removing ${found.objects} objects` }, { marker: JSON.stringify(found) });
  return found;
}

async function objectsIn({ openstack, deployment, signal }: Run): Promise<string[]> {
  try {
    const listed = await listObjects(openstack.swift, clusterContainer(deployment.cluster), {}, signal);
    return listed.map(({ name }) => name);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

function folderOf(object: string): string {
  return object.split('/')[0] ?? '';
}

/** False while Swift sees an object in it still, or again. */
async function isContainerGone({ openstack, signal }: Run, container: string): Promise<boolean> {
  try {
    await deleteContainer(openstack.swift, container, signal);
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

function neverEmpty(container: string): DeployError {
  return new DeployError('container_not_empty', `Swift does not let the container ${container} go: it is never empty`, {
    hint: 'See what is put there all the time, or ask the cloud’s operators; then tear the cluster down again',
    detail: { container },
  });
}
