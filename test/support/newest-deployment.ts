import { expect } from 'vitest';
import type { Deployment } from '../../src/clusters/deployment.ts';
import type { Deployments } from '../../src/store/deployments.ts';

/** The newest deployment, once it is as wanted. Three minutes are enough for a worker that is killed on a busy machine. */
export async function newestDeployment(
  deployments: Deployments,
  reached: (deployment: Deployment) => boolean,
): Promise<Deployment> {
  let found: Deployment | undefined;
  const look = async () => {
    [found] = await deployments.recent(1);
    return found !== undefined && reached(found);
  };
  await expect.poll(look, { timeout: 180_000, interval: 50 }).toBe(true);
  if (found === undefined) throw new Error('no deployment');
  return found;
}
