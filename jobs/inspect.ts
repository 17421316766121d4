import type { Inspection } from '../src/clusters/inspection.ts';
import type { InspectionData } from '../src/queue/jobs.ts';
import { doctor } from './preflight/doctor.ts';
import { preflight } from './preflight/preflight.ts';
import type { Tools } from './run.ts';

/** What bringing up a cluster would take, and what stands in the way. Changes nothing. */
export async function inspectCluster(
  { spec }: InspectionData['inspect-cluster'],
  tools: Tools,
  signal: AbortSignal,
): Promise<Inspection> {
  return { findings: await preflight(spec, tools, signal) };
}

/** How a cloud is. Changes nothing. */
export async function inspectCloud(
  { choice }: InspectionData['inspect-cloud'],
  tools: Tools,
  signal: AbortSignal,
): Promise<Inspection> {
  return { findings: await doctor(tools.openstack(choice), signal) };
}
