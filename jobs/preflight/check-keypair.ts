import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, ok, problem } from '../../src/clusters/finding.ts';
import { ConfigError } from '../../src/errors.ts';
import { isSameKey } from '../../src/openstack/nova/same-key.ts';
import { sshFingerprint } from '../../src/openstack/nova/ssh-fingerprint.ts';
import type { Survey } from './survey.ts';

const label = 'Keypair';

/** Whether the keypair is there and the right one, or can be imported. */
export function checkKeypair({ keypair: { name, publicKey } }: ClusterSpec, { keypair, limits }: Survey): Finding[] {
  if (!keypair.seen) return [];
  const fingerprint = publicKey === undefined ? undefined : fingerprintOf(publicKey);
  if (fingerprint instanceof ConfigError) {
    return [problem(label, `The public key of the keypair ${name} is not one`, fingerprint.problems[0])];
  }
  if (keypair.value !== undefined) {
    if (publicKey === undefined || isSameKey(keypair.value.publicKey, publicKey))
      return [ok(label, `${name}, already there`)];
    return [
      problem(
        label,
        `Nova has a keypair ${name} with another key`,
        'Give the cluster another keypair name, or remove the old keypair',
      ),
    ];
  }
  if (publicKey === undefined) {
    return [
      problem(label, `There is no keypair ${name} in Nova`, 'Make it there, or give its publicKey in clusters.yaml'),
    ];
  }
  const { used = 0, max = Number.POSITIVE_INFINITY } = limits.seen ? limits.value.keypairs : {};
  if (used < max) return [ok(label, `${name}, to be imported`)];
  return [problem(label, `The user has all ${max} keypairs that Nova allows`, 'Remove one that nobody needs')];
}

function fingerprintOf(publicKey: string): string | ConfigError {
  try {
    return sshFingerprint(publicKey);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
