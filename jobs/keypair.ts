import type { StepResults } from '../src/clusters/steps.ts';
import { DeployError, NameTakenError, OpenStackError } from '../src/errors.ts';
import { createKeypair, findKeypair, type Keypair } from '../src/openstack/nova/keypairs.ts';
import { isSameKey } from '../src/openstack/nova/same-key.ts';
import { sshFingerprint } from '../src/openstack/nova/ssh-fingerprint.ts';
import type { Run } from './run.ts';

/** Makes sure that the keypair is in Nova, where it belongs to the user whose credentials these are. */
export async function keypair(run: Run): Promise<StepResults['keypair']> {
  const { openstack, deployment, step, signal } = run;
  const { name, publicKey } = deployment.spec.keypair;

  const existing = await findKeypair(openstack.nova, name, signal);
  if (existing !== undefined) {
    checkKey(existing, publicKey);
    return { name, imported: false };
  }
  if (publicKey === undefined) {
    throw new DeployError('keypair_missing', `There is no keypair ${name} in Nova`, {
      hint: 'Make it there with the credentials that Slipway uses, or give its publicKey in clusters.yaml',
    });
  }
  sshFingerprint(publicKey); // says what is wrong with a text that is no key
  await step.checkpoint();
  const imported = await importKeypair(run, { name, publicKey });
  return { name, imported };
}

/** True if this made it; false if another deployment was quicker. */
async function importKeypair(
  { openstack, signal }: Run,
  { name, publicKey }: { name: string; publicKey: string },
): Promise<boolean> {
  try {
    await createKeypair(openstack.nova, { name, publicKey }, signal);
    return true;
  } catch (error) {
    if (!(error instanceof OpenStackError) || error.status === 400) throw explained(error);
    // The answer may have been lost, and 409 or 403 (no room for one more) may mean that it has just been made.
    const existing = await findKeypair(openstack.nova, name, signal);
    if (existing === undefined) throw explained(error);
    checkKey(existing, publicKey);
    return error.status === undefined;
  }
}

/** A server must not be given another key than the one that its owner has. */
function checkKey(existing: Keypair, publicKey: string | undefined): void {
  if (publicKey === undefined || isSameKey(existing.publicKey, publicKey)) return;
  throw new NameTakenError(
    `Nova has a keypair ${existing.name} with another key: ${existing.fingerprint}, not ${sshFingerprint(publicKey)}`,
    { hint: 'Give the cluster another keypair name, or remove the old keypair; servers that have it keep it' },
  );
}

/** Says what to do about the refusals that are known. */
function explained(error: unknown): unknown {
  if (!(error instanceof OpenStackError)) return error;
  const hint = hintFor(error);
  if (hint === undefined) return error;
  return new DeployError('keypair_refused', error.message, { hint, cause: error, detail: error.detail });
}

function hintFor({ status, message }: OpenStackError): string | undefined {
  if (status === 403 && /quota/i.test(message)) {
    return 'Remove a keypair of this user that nothing needs, or let the cluster use one that is in Nova';
  }
  if (status === 400 && /fingerprint/i.test(message)) {
    return 'This cloud does not know keys of that type; an ed25519, ECDSA or RSA key it does';
  }
  if (status === 400 && /name/i.test(message)) {
    return 'Give the keypair a name of letters, digits, blanks, _ and -';
  }
  return undefined;
}
