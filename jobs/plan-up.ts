import type { Deployment } from '../src/clusters/deployment.ts';
import { planOf } from '../src/clusters/finding.ts';
import type { Plan } from '../src/clusters/plan.ts';
import { preflight } from './preflight/preflight.ts';
import type { Tools } from './run.ts';

/** What `up` will make, after a look at what the cloud has. Throws PreflightError with everything that stands in the way. */
export async function planUp({ spec }: Deployment, tools: Tools, signal: AbortSignal): Promise<Plan> {
  const { findings, commit } = await preflight(spec, tools, signal);
  return { ...planOf(spec.name, findings), ...(commit !== undefined && { commit }) };
}
