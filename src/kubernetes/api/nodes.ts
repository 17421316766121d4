import { type NodeStatus, nodeStatus } from '../node-status.ts';
import { everyPage } from './every-page.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { isMissing } from './kubernetes-error.ts';

/** GET /api/v1/nodes: every node that has joined, ready or not. */
export async function listNodes(api: KubernetesApi, signal?: AbortSignal): Promise<NodeStatus[]> {
  return api.ask({ doing: 'Listing the nodes', signal }, async ({ core }) => {
    const nodes = await everyPage((page) => core.listNode(page));
    return nodes.map(nodeStatus);
  });
}

/** PATCH /api/v1/nodes/{name}: no new pod comes to the node, as after `kubectl cordon`. Those that run there stay. */
export async function cordonNode(api: KubernetesApi, name: string, signal?: AbortSignal): Promise<void> {
  await setUnschedulable(api, name, true, `Keeping new pods from ${name}`, signal);
}

/** PATCH /api/v1/nodes/{name}: pods may come to the node again, as after `kubectl uncordon`. */
export async function uncordonNode(api: KubernetesApi, name: string, signal?: AbortSignal): Promise<void> {
  await setUnschedulable(api, name, false, `Letting pods come to ${name} again`, signal);
}

/** As a JSON patch, which is what the client's typed call sends. https://www.rfc-editor.org/rfc/rfc6902#section-4.1 */
async function setUnschedulable(
  api: KubernetesApi,
  name: string,
  value: boolean,
  doing: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const body = [{ op: 'add', path: '/spec/unschedulable', value }];
  await api.ask({ doing, signal }, ({ core }) => core.patchNode({ name, body }));
}

/** DELETE /api/v1/nodes/{name}: for a server that is gone. A node that is gone already is a success. */
export async function deleteNode(api: KubernetesApi, name: string, signal?: AbortSignal): Promise<void> {
  try {
    await api.ask({ doing: `Removing the node ${name}`, signal }, ({ core }) => core.deleteNode({ name }));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
