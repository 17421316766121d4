import type { Deployment } from '../src/clusters/deployment.ts';
import { stackName } from '../src/clusters/names.ts';
import type { Plan } from '../src/clusters/plan.ts';
import { listStackResources } from '../src/openstack/heat/resources.ts';
import { findStack } from '../src/openstack/heat/stacks.ts';
import type { Tools } from './run.ts';
import { nestedDepth } from './stack-failure.ts';

/** What `down` will remove: the servers and addresses of the stack, by name. */
export async function planDown({ spec }: Deployment, tools: Tools, signal: AbortSignal): Promise<Plan> {
  const { heat } = tools.openstack(spec);
  const name = stackName(spec.name);
  const stack = await findStack(heat, name, signal);
  if (stack === undefined) {
    return { lines: [{ label: 'Stack', text: `${name} does not exist` }], warnings: [] };
  }
  const resources = await listStackResources(heat, stack, { nestedDepth }, signal);
  const servers = resources.filter(({ type }) => type === 'OS::Nova::Server').length;
  return {
    lines: [
      { label: 'Stack', text: `${name} with ${resources.length} resources, ${servers} of them servers` },
      { label: 'Stays', text: 'the image, the keypair and the release in Swift, which other clusters may use' },
    ],
    warnings: [],
  };
}
