import { type NodeStatus, nodeStatus } from '../node-status.ts';
import { everyPage } from './every-page.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

/** GET /api/v1/nodes: every node that has joined, ready or not. */
export async function listNodes(api: KubernetesApi, signal?: AbortSignal): Promise<NodeStatus[]> {
  return api.ask({ doing: 'Listing the nodes', signal }, async ({ core }) => {
    const nodes = await everyPage((page) => core.listNode(page));
    return nodes.map(nodeStatus);
  });
}
