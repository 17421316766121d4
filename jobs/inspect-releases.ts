import type { CloudChoice } from '../src/clusters/cluster-spec.ts';
import { storedReleases } from '../src/clusters/release-use.ts';
import type { StoredRelease } from '../src/clusters/stored-release.ts';
import { DeployError } from '../src/errors.ts';
import type { InspectionData, InspectionResults } from '../src/queue/jobs.ts';
import { readStock } from './release/stock.ts';
import { releaseUsers } from './release/users.ts';
import type { Tools } from './run.ts';

/** Which Kubernetes artifacts a Swift has, who uses them, and when the others go. Changes nothing. */
export async function inspectReleases(
  { choice }: InspectionData['inspect-releases'],
  tools: Tools,
  signal: AbortSignal,
): Promise<InspectionResults['inspect-releases']> {
  try {
    return { releases: await look(choice, tools, signal) };
  } catch (error) {
    // The person who asked reads the answer and no log.
    if (!(error instanceof DeployError)) throw error;
    tools.log.warn({ err: error }, 'what Swift has could not be looked at');
    return { releases: [], problem: { text: error.message, hint: error.hint } };
  }
}

async function look(choice: CloudChoice, tools: Tools, signal: AbortSignal): Promise<StoredRelease[]> {
  const [stock, { users, silent }] = await Promise.all([
    readStock(tools.openstack(choice).swift, signal, tools.log),
    releaseUsers(tools, signal),
  ]);
  const releases = storedReleases(stock, users, tools.keepReleasesMs);
  // While somebody does not say what it uses, nothing goes.
  return silent.length === 0 ? releases : releases.map(({ goesAt: _, ...release }) => release);
}
