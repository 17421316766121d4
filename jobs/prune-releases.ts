import type { CloudChoice } from '../src/clusters/cluster-spec.ts';
import type { ReleaseUser } from '../src/clusters/release-use.ts';
import type { ServiceClient } from '../src/openstack/service-client.ts';
import { releasesMutex } from './release/releases-mutex.ts';
import { removeUnused } from './release/remove-unused.ts';
import { readStock } from './release/stock.ts';
import { releaseUsers } from './release/users.ts';
import type { Tools } from './run.ts';

/**
 * Removes from every Swift that clusters.yaml uses what no cluster and no deployment has needed for the configured time.
 * Where a cloud does not answer, a stack does not say what it uses, or what it uses cannot be read, nothing is removed
 * anywhere: what is not known counts as used.
 */
export async function pruneReleases(tools: Tools, signal: AbortSignal, now: number): Promise<void> {
  const { users, silent } = await releaseUsers(tools, signal);
  const swifts = await distinctSwifts(tools.choices, tools, signal);
  const unclear = [...silent, ...(await usersOfUnknown(users, swifts, tools, signal))];
  if (unclear.length > 0) {
    tools.log.warn({ clusters: unclear }, 'no release is removed: nobody knows what these clusters use');
    return;
  }
  for (const swift of swifts) {
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

/** Who uses a release that no Swift has, or whose manifest nobody here can read: what belongs to it is not known. */
async function usersOfUnknown(
  users: readonly ReleaseUser[],
  swifts: readonly ServiceClient[],
  { log }: Pick<Tools, 'log'>,
  signal: AbortSignal,
): Promise<string[]> {
  const stocks = await Promise.all(swifts.map((swift) => readStock(swift, signal, log)));
  const known = new Set(stocks.flatMap(({ releases }) => releases.map(({ id }) => id)));
  return users.filter(({ release }) => release !== undefined && !known.has(release)).map(({ name }) => name);
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
