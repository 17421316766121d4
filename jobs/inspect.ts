import type { Finding } from '../src/clusters/finding.ts';
import type { Inspection } from '../src/clusters/inspection.ts';
import { ConfigError, DeployError } from '../src/errors.ts';
import type { InspectionData } from '../src/queue/jobs.ts';
import { doctor } from './preflight/doctor.ts';
import { problemFrom } from './preflight/look.ts';
import { preflight } from './preflight/preflight.ts';
import type { Tools } from './run.ts';

/** What bringing up a cluster would take, and what stands in the way. Changes nothing. */
export async function inspectCluster(
  { spec }: InspectionData['inspect-cluster'],
  tools: Tools,
  signal: AbortSignal,
): Promise<Inspection> {
  return explained(tools, async () => (await preflight(spec, tools, signal)).findings);
}

/** How a cloud is. Changes nothing. */
export async function inspectCloud(
  { choice }: InspectionData['inspect-cloud'],
  tools: Tools,
  signal: AbortSignal,
): Promise<Inspection> {
  return explained(tools, () => doctor(tools.openstack(choice), signal));
}

/** The person who asked reads the answer and no log: bot and worker may have files that differ. */
async function explained({ log }: Tools, looking: () => Promise<readonly Finding[]>): Promise<Inspection> {
  try {
    return { findings: await looking() };
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    log.warn({ err: error }, 'nothing could be looked at');
    return { findings: [problemFrom(error instanceof ConfigError ? 'Configuration' : 'Worker', error)] };
  }
}
