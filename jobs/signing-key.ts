import { ensureTempUrlKey } from '../src/openstack/swift/temp-url-key.ts';
import type { Secret } from '../src/secret.ts';
import type { Run } from './run.ts';

/** The key that signs URLs into one of the cluster's containers; made if there is none yet. */
export async function signingKey({ openstack, tools, signal }: Run, container: string): Promise<Secret> {
  // Of two keys made side by side the later would undo what the earlier one signed. The key is Swift's, whatever the
  // cloud is called, and a Ceph gateway has one for all containers.
  return tools.mutex.run(`temp-url-key:${await openstack.swift.endpoint(signal)}`, signal, (inside) =>
    ensureTempUrlKey(openstack.swift, container, inside),
  );
}
