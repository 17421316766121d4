import { randomBytes } from 'node:crypto';
import { OpenStackError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import type { ServiceClient } from '../service-client.ts';
import { findAccountMetadata, setAccountMetadata } from './account.ts';
import { findContainer, setContainerMetadata } from './containers.ts';
import { swiftInfo } from './info.ts';

/** The metadata name under which Swift's tempurl middleware looks for a key. */
const keyName = 'temp-url-key';

/** Where a key is kept: with the container, or with the account it belongs to. */
interface Keeper {
  read(): Promise<string | undefined>;
  write(key: string): Promise<void>;
}

/**
 * The key that signs URLs into a container: made once of 32 random bytes, kept by Swift in the container's own metadata
 * and read back from there, so that whoever comes second uses the first one's. Do not run it twice side by side for one
 * container: the later key would undo what the earlier one signed. 404 if there is no such container.
 *
 * A Ceph object gateway knows only keys of whole accounts, by its documentation; there the account's is used, and made
 * if there is none. That was not tried on one.
 */
export async function ensureTempUrlKey(swift: ServiceClient, container: string, signal?: AbortSignal): Promise<Secret> {
  const { ceph } = await swiftInfo(swift, signal);
  const keeper = ceph ? ofAccount(swift, signal) : ofContainer(swift, container, signal);
  const existing = await keeper.read();
  if (existing !== undefined) return new Secret(existing);

  await keeper.write(randomBytes(32).toString('hex'));
  const kept = await keeper.read();
  if (kept !== undefined) return new Secret(kept);
  throw new OpenStackError(
    `Making a key for signed URLs into ${container}: Swift did not keep it`,
    { service: 'Swift', method: 'POST', path: `/${container}` },
    { hint: 'Ask the cloud whether its object store supports signed URLs (tempurl)', retryable: false },
  );
}

function ofContainer(swift: ServiceClient, container: string, signal: AbortSignal | undefined): Keeper {
  return {
    read: async () => (await findContainer(swift, container, signal))?.metadata[keyName],
    write: (key) => setContainerMetadata(swift, container, { [keyName]: key }, signal),
  };
}

function ofAccount(swift: ServiceClient, signal: AbortSignal | undefined): Keeper {
  return {
    read: async () => (await findAccountMetadata(swift, signal))[keyName],
    write: (key) => setAccountMetadata(swift, { [keyName]: key }, signal),
  };
}
