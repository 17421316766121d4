import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { DeployError } from '../errors.ts';
import type { InspectionResults } from '../queue/jobs.ts';
import { type Asking, explainingSilence } from './inspected.ts';

/** Whoever wants to remove a cluster is not kept from it by a cloud that says nothing. */
const patienceMs = 20_000;

/** Has a worker look at what tearing a cluster down would find, or says why nobody knows. */
export async function inspectRemoval(
  spec: ClusterSpec,
  asking: Pick<Asking, 'context' | 'say'>,
): Promise<InspectionResults['inspect-removal']> {
  const { producer, inspectionMs = patienceMs, log } = asking.context;
  const looking = producer.inspect('inspect-removal', { spec }, Math.min(inspectionMs, patienceMs));
  try {
    return await explainingSilence(asking, `what there is of ${spec.name}`, looking);
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    log.warn({ err: error, cluster: spec.name }, 'nobody says what tearing down would find');
    return { kind: 'unknown', text: error.message };
  }
}
