import type { CloudChoice } from '../src/clusters/cluster-spec.ts';
import type { ServiceClient } from '../src/openstack/service-client.ts';
import { releasesMutex } from './release/releases-mutex.ts';
import { removeUnused } from './release/remove-unused.ts';
import { releaseUsers } from './release/users.ts';
import type { Tools } from './run.ts';

/**
 * Removes from every Swift that clusters.yaml uses what no cluster and no deployment has needed for the configured time.
 * Where a cloud does not answer, or a stack does not say what it uses, nothing is removed anywhere: what is not known
 * counts as used.
 */
export async function pruneReleases(tools: Tools, signal: AbortSignal, now: number): Promise<void> {
  const { users, silent } = await releaseUsers(tools, signal);
  if (silent.length > 0) {
    tools.log.warn({ clusters: silent }, 'no release is removed: these clusters do not say which one they use');
    return;
  }
  for (const swift of await distinctSwifts(tools.choices, tools, signal)) {
    try {
      await tools.mutex.run(await releasesMutex(swift, signal), signal, (inside) =>
        removeUnused(swift, { users, keepMs: tools.keepReleasesMs, now, log: tools.log, signal: inside }),
      );
    } catch (error) {
      signal.throwIfAborted();
      // It goes on where it stopped in an hour.
      tools.log.warn({ err: error }, 'removing unused releases');
    }
  }
}

/** Several choices may keep their objects in the same place. */
async function distinctSwifts(
  choices: readonly CloudChoice[],
  tools: Pick<Tools, 'openstack'>,
  signal: AbortSignal,
): Promise<ServiceClient[]> {
  const swifts = new Map<string, ServiceClient>();
  for (const choice of choices) {
    const { swift } = tools.openstack(choice);
    swifts.set(await swift.endpoint(signal), swift);
  }
  return [...swifts.values()];
}
