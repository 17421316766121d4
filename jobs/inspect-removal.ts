import { DeployError } from '../src/errors.ts';
import type { InspectionData, InspectionResults } from '../src/queue/jobs.ts';
import { lookAtRemoval } from './purge/look-at-removal.ts';
import type { Tools } from './run.ts';

/** What tearing a cluster down would find. Changes nothing. */
export async function inspectRemoval(
  { spec }: InspectionData['inspect-removal'],
  tools: Tools,
  signal: AbortSignal,
): Promise<InspectionResults['inspect-removal']> {
  try {
    return { kind: 'seen', removal: await lookAtRemoval(spec, tools, signal) };
  } catch (error) {
    // The person who asked reads the answer and no log.
    if (!(error instanceof DeployError)) throw error;
    tools.log.warn({ err: error, cluster: spec.name }, 'what a cluster has could not be looked at');
    return { kind: 'unknown', text: error.message };
  }
}
