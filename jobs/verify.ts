import type { StepResults } from '../src/clusters/steps.ts';
import { DeployError } from '../src/errors.ts';
import { probeApi } from '../src/kubernetes/probe.ts';
import { type Again, type Run, resultOf } from './run.ts';

/** How long the Kubernetes API may take to answer after its stack is complete. */
const deadlineMs = 10 * 60_000;

/** Waits until the cluster's Kubernetes API says that it is ready. */
export async function verify({ deployment, step, signal }: Run): Promise<StepResults['verify'] | Again> {
  const { apiUrl } = resultOf(deployment, 'stack');
  const { ready, detail } = await probeApi(apiUrl, { signal, timeoutMs: 5_000 });
  if (ready) return { apiUrl };
  if (Date.now() - step.startedAt > deadlineMs) {
    throw new DeployError(
      'api_not_ready',
      `The Kubernetes API at ${apiUrl} did not become ready in 10 minutes: ${detail}`,
      {
        hint: 'Servers do not install Kubernetes yet, so on a cloud whose servers boot this is how it ends: tear it down',
      },
    );
  }
  await step.report({ text: `waiting for ${apiUrl}: ${detail}` });
  return step.again({ afterSeconds: 3 });
}
