import type { StepResults } from '../src/clusters/steps.ts';
import { DeployError, isConflict, NameTakenError } from '../src/errors.ts';
import { createKeypair, findKeypair } from '../src/openstack/nova/keypairs.ts';
import { sshFingerprint } from '../src/openstack/nova/ssh-fingerprint.ts';
import type { Run } from './run.ts';

/** Makes sure that the keypair is in Nova, where it belongs to the user whose credentials these are. */
export async function keypair(run: Run): Promise<StepResults['keypair']> {
  const { openstack, deployment, step, signal } = run;
  const { name, publicKey } = deployment.spec.keypair;
  const existing = await findKeypair(openstack.nova, name, signal);
  if (existing !== undefined) {
    if (publicKey !== undefined && existing.fingerprint !== sshFingerprint(publicKey)) {
      throw new NameTakenError(`Nova has a keypair ${name} with another key`, {
        hint: 'Give the cluster another keypair name, or remove the old keypair',
      });
    }
    return { name, imported: false };
  }
  if (publicKey === undefined) {
    throw new DeployError('keypair_missing', `There is no keypair ${name} in Nova`, {
      hint: 'Make it there, or give its publicKey in clusters.yaml',
    });
  }
  await step.checkpoint();
  try {
    await createKeypair(openstack.nova, { name, publicKey }, signal);
  } catch (error) {
    if (isConflict(error)) return keypair(run); // another deployment was quicker
    throw error;
  }
  return { name, imported: true };
}
