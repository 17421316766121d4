import type { Deployment } from '../src/clusters/deployment.ts';
import { stackName } from '../src/clusters/names.ts';
import type { Plan, PlanLine } from '../src/clusters/plan.ts';
import { gibOf, type Removal } from '../src/clusters/removal.ts';
import { lookAtRemoval } from './purge/look-at-removal.ts';
import type { Tools } from './run.ts';

/** What `down` will remove: the stack, and what the cluster itself has made beside it. */
export async function planDown(
  { spec, removeVolumes = false }: Deployment,
  tools: Tools,
  signal: AbortSignal,
): Promise<Plan> {
  const removal = await lookAtRemoval(spec, tools, signal);
  if (removal.stack === undefined) {
    return { lines: [{ label: 'Stack', text: `${stackName(spec.name)} does not exist` }], warnings: [] };
  }
  return {
    lines: [
      {
        label: 'Stack',
        text: `${removal.stack} with ${removal.resources} resources, ${removal.servers} of them servers`,
      },
      ...servicesLine(removal),
      ...volumesLine(removal, removeVolumes),
      { label: 'Stays', text: 'the image, the keypair and the release in Swift, which other clusters may use' },
    ],
    warnings: removeVolumes && removal.volumes.length > 0 ? ['What is stored in the volumes is lost'] : [],
  };
}

function servicesLine({ loadBalancers, floatingIps }: Removal): PlanLine[] {
  if (loadBalancers + floatingIps === 0) return [];
  return [{ label: 'Services', text: `load balancers: ${loadBalancers}, floating IPs: ${floatingIps}; they go, too` }];
}

function volumesLine({ volumes }: Removal, goes: boolean): PlanLine[] {
  if (volumes.length === 0) return [];
  const named = volumes.map(({ name }) => name).join(', ');
  return [
    { label: 'Volumes', text: `${volumes.length} with ${gibOf(volumes)} GiB ${goes ? 'go, too' : 'stay'}: ${named}` },
  ];
}
