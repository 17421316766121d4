import { deploymentOfCredential } from '../../src/clusters/names.ts';
import { OpenStackError } from '../../src/errors.ts';
import {
  type ApplicationCredential,
  deleteApplicationCredential,
  listApplicationCredentials,
} from '../../src/openstack/keystone/application-credentials.ts';
import type { Run } from '../run.ts';

/** Application credentials of this user that were made for deployments of the cluster, but for those that stay. */
export async function credentialsOfCluster(
  { openstack, deployment, signal, log }: Run,
  stays: (deployment: string) => boolean,
): Promise<ApplicationCredential[]> {
  try {
    const all = await listApplicationCredentials(openstack.keystone, {}, signal);
    return all.filter(({ name }) => {
      const owner = deploymentOfCredential(name, deployment.cluster);
      return owner !== undefined && !stays(owner);
    });
  } catch (error) {
    if (!isNo(error)) throw error;
    log.warn({ err: error }, 'Keystone does not show the application credentials, so none is revoked');
    return [];
  }
}

/** Revokes them; with its secret nobody gets in any more. What Keystone does not let these credentials revoke stays. */
export async function revokeCredentials(
  { openstack, signal, log }: Run,
  credentials: readonly ApplicationCredential[],
): Promise<void> {
  for (const { id, name } of credentials) {
    try {
      await deleteApplicationCredential(openstack.keystone, id, signal);
      log.info({ credential: name }, 'revoked an application credential');
    } catch (error) {
      if (!isNo(error)) throw error;
      log.warn({ err: error, credential: name }, 'Keystone does not let Slipway revoke this; its user can');
    }
  }
}

/** Keystone's refusals: not allowed, and no such thing as application credentials. */
export function isNo(error: unknown): error is OpenStackError {
  return error instanceof OpenStackError && error.service === 'Keystone' && [403, 404].includes(error.status ?? 0);
}
