import { markGone } from '../src/clusters/decisions.ts';
import type { Tools } from './run.ts';

/**
 * Has the cards say that a cluster is gone that belong to the deployment that made it, whose id `maker` is, and to those
 * that changed it. Only for what was torn down: that Heat does not have a stack now need not mean that it never will.
 * What says so already stays as it is. What goes wrong is logged: a card that says too much stops nobody.
 */
export async function markClusterGone(
  cluster: string,
  maker: string,
  { deployments, log }: Pick<Tools, 'deployments' | 'log'>,
): Promise<void> {
  try {
    for (const { id } of await deployments.madeOrChanged(cluster, maker)) await deployments.change(id, markGone());
  } catch (error) {
    log.warn({ err: error, deployment: maker }, 'noting that its cluster is gone');
  }
}
