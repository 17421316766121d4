import type { ClusterHealth } from '../../src/clusters/health.ts';
import { clusterContainer, clusterObjects } from '../../src/clusters/names.ts';
import { parseReport } from '../../src/kubernetes/report.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { findObjectText } from '../../src/openstack/swift/objects.ts';
import type { ClusterQuestion } from '../../src/queue/jobs.ts';

/** Control planes report every two minutes; one that has missed several says nothing of now. */
const freshMs = 10 * 60_000;

/** What a control plane last said of its cluster; undefined when it never has. */
export async function readReport(
  swift: ServiceClient,
  { cluster, deployment }: ClusterQuestion,
  signal: AbortSignal,
): Promise<ClusterHealth | undefined> {
  const text = await findObjectText(swift, clusterContainer(cluster), clusterObjects(deployment).report, signal);
  if (text === undefined) return undefined;
  return { seenBy: 'report', ...parseReport(text) };
}

/** True for what was seen so lately that it counts. */
export function isFresh({ at }: ClusterHealth, now: number): boolean {
  return now - at < freshMs;
}
