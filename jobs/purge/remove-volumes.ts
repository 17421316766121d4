import { DeployError, OpenStackError } from '../../src/errors.ts';
import { deleteVolume, type Volume } from '../../src/openstack/cinder/volumes.ts';
import type { Again, Run } from '../run.ts';

/** Cinder lets go of the volumes of deleted servers within seconds, and needs a while to wipe them. */
const giveUpMs = 20 * 60_000;
const pollSeconds = 3;

/**
 * Deletes volumes, for somebody who has asked for that. Undefined once none is there; else it is to be called again with
 * those that are.
 */
export async function removeVolumes(run: Run, volumes: readonly Volume[]): Promise<Again | undefined> {
  if (volumes.length === 0) return undefined;
  const { openstack, step, signal } = run;
  await step.checkpoint();
  for (const { id, status } of volumes) {
    if (status === 'deleting') continue;
    // Refused while its server is still going; it is asked again at the next look.
    await deleteVolume(openstack.cinder, id, signal).catch((error: unknown) => {
      if (!(error instanceof OpenStackError) || error.status !== 400) throw error;
    });
  }
  if (Date.now() - step.startedAt > giveUpMs) throw doNotGo(volumes);
  return step.again({ afterSeconds: pollSeconds });
}

function doNotGo(volumes: readonly Volume[]): DeployError {
  const [first] = volumes;
  return new DeployError(
    'volumes_stuck',
    `${volumes.length} volumes of the cluster do not go; the first, ${first?.name || first?.id}, is ${first?.status}`,
    { hint: 'See which server or snapshot has them, delete them there, and tear the cluster down again' },
  );
}
