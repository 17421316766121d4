import type { StepName } from '../../src/clusters/steps.ts';
import type { Run } from '../run.ts';

/** Records what a step is doing, unless it said the very same last. */
export async function tellOnce({ step, deployment }: Run, name: StepName, text: string): Promise<void> {
  if (deployment.steps[name]?.progress?.text !== text) await step.report({ text });
}
