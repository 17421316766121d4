import type { Logger } from '../../log.ts';
import type { ServiceClient } from '../service-client.ts';
import { createContainer, findContainer, setContainerAcl } from './containers.ts';

/**
 * Makes sure that a container exists and that the world neither reads, lists nor writes it. What an existing one grants
 * to everybody is taken back, and the log says so; what it grants to other projects or people by name stays. For
 * containers whose names are our own.
 */
export async function ensurePrivateContainer(
  swift: ServiceClient,
  name: string,
  log: Logger,
  signal?: AbortSignal,
): Promise<void> {
  const existing = await findContainer(swift, name, signal);
  if (existing === undefined) return createContainer(swift, name, signal);

  const { readAcl = '', writeAcl = '' } = existing;
  const narrowed = { read: withoutTheWorld(readAcl), write: withoutTheWorld(writeAcl) };
  if (narrowed.read === readAcl && narrowed.write === writeAcl) return;

  await setContainerAcl(swift, name, narrowed, signal);
  log.warn(
    { container: name, readAcl, writeAcl },
    'a Swift container of ours was open to the world and is not any more',
  );
}

/** An ACL without the grants that name nobody: `.r:…` lets anybody read, `.rlistings` list, `*:*` any user of the cloud. */
function withoutTheWorld(acl: string): string {
  const grants = acl.split(',').map((grant) => grant.trim());
  const named = grants.filter((grant) => !/^(\.r:.*|\.rlistings|\*:\*|\*)$/.test(grant));
  return named.length === grants.length ? acl : named.join(',');
}
