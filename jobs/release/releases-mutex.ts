import type { ServiceClient } from '../../src/openstack/service-client.ts';

/**
 * Name of the mutex under which somebody chooses what is in a Swift, or removes it: without it, one could take for there
 * what another is about to remove. Swift's address, since several names of clouds may mean the same one.
 */
export async function releasesMutex(swift: ServiceClient, signal: AbortSignal): Promise<string> {
  return `releases:${await swift.endpoint(signal)}`;
}
