import type { Deployment } from '../src/clusters/deployment.ts';
import { type Finding, ok, planOf, problem, warning } from '../src/clusters/finding.ts';
import type { Plan } from '../src/clusters/plan.ts';
import { parseStackLabel } from '../src/clusters/stack.ts';
import { upgradeProblem } from '../src/clusters/upgrade-path.ts';
import { listNodes } from '../src/kubernetes/api/nodes.ts';
import { listPodsOn } from '../src/kubernetes/api/pods.ts';
import type { NodePod } from '../src/kubernetes/node-pod.ts';
import type { NodeStatus } from '../src/kubernetes/node-status.ts';
import type { Stack } from '../src/openstack/heat/stack.ts';
import { atCluster } from './cluster/whereabouts.ts';
import { checkRelease } from './preflight/check-release.ts';
import { listed } from './preflight/listed.ts';
import { look } from './preflight/look.ts';
import type { Run, Tools } from './run.ts';
import { theStack } from './scale/the-stack.ts';
import { isDrained, serversOf, type UpgradedServer } from './upgrade/servers.ts';

/** What a planner looks with. */
type Looking = Pick<Run, 'deployment' | 'openstack' | 'log' | 'signal'>;

/**
 * What `upgrade` will change: from which version to which, by which commit or release, and in which order servers are
 * upgraded. Refused is what kubeadm does not do, a cluster whose servers do not look for instructions, and one of which
 * some server is not there or not ready. Throws PreflightError with everything that stands in the way.
 */
export async function planUpgrade(deployment: Deployment, tools: Tools, signal: AbortSignal): Promise<Plan> {
  const openstack = tools.openstack(deployment.spec);
  const looking: Looking = { deployment, openstack, log: tools.log, signal };
  const { cluster, spec } = deployment;
  const stack = await theStack(looking);
  const inTheWay = [...stateFindings(stack), ...versionFindings(stack, spec.kubernetes.version)];
  if (inTheWay.some(({ level }) => level === 'problem')) return planOf(cluster, inTheWay);

  const servers = await serversOf(looking, stack);
  const [release, inside] = await Promise.all([
    checkRelease(openstack, spec, tools, signal),
    lookInside(looking, servers),
  ]);
  const plan = planOf(cluster, [...inTheWay, ...orderFindings(servers), ...release.findings, ...inside]);
  return { ...plan, ...(release.commit !== undefined && { commit: release.commit }) };
}

/** Whether the stack is at rest, and whether its servers can be told anything. */
function stateFindings(stack: Stack): Finding[] {
  if (stack.state === 'IN_PROGRESS') {
    return [problem('Stack', `Heat is still at work on ${stack.name} (${stack.status})`, 'Ask again when it is done')];
  }
  if (stack.state === 'FAILED' && stack.action !== 'UPDATE') {
    return [problem('Stack', `${stack.name} is not whole (${stack.status})`, 'Try again what failed, or tear it down')];
  }
  if (parseStackLabel(stack.parameters)?.upgrades) return [];
  return [
    problem(
      'Servers',
      'An earlier version of Slipway made this cluster, and its servers do not look for instructions to upgrade',
      'Bring the cluster up anew with the version that you want; from then on it can be upgraded',
    ),
  ];
}

/** By Heat's word of what there is. */
function versionFindings({ parameters }: Stack, wanted: string): Finding[] {
  const present = parseStackLabel(parameters)?.version ?? '';
  const refused = upgradeProblem(present, wanted);
  return refused === undefined
    ? [ok('Version', `${present} → ${wanted}`)]
    : [problem('Version', refused.text, refused.hint)];
}

function orderFindings(servers: readonly UpgradedServer[]): Finding[] {
  const names = servers.map((server) => (isDrained(server, servers) ? server.name : `${server.name} in place`));
  const inPlace = servers.some((server) => !isDrained(server, servers));
  return [
    ok('Order', `${names.join(', then ')}; each Ready with the new version before the next`),
    ...(inPlace
      ? [warning('API', 'The Kubernetes API is away for some minutes while its only control plane is upgraded')]
      : []),
    warning('Version', 'There is no way back to the version before'),
  ];
}

async function lookInside(looking: Looking, servers: readonly UpgradedServer[]): Promise<Finding[]> {
  const drained = servers.filter((server) => isDrained(server, servers)).map(({ name }) => name);
  const asked = await look('Kubernetes', looking.signal, (within) =>
    atCluster({ ...looking, signal: within }, async (api) => {
      const nodes = await listNodes(api, within);
      const there = drained.filter((name) => nodes.some((node) => node.name === name));
      const pods = await Promise.all(there.map((name) => listPodsOn(api, name, within)));
      return { nodes, pods: pods.flat().filter(({ whenDrained }) => whenDrained === 'moves') };
    }),
  );
  if (!asked.seen) return [asked.finding];
  const { nodes, pods } = asked.value;
  return [...servers.flatMap(({ name }) => serverProblem(name, nodes)), ...aloneWarning(pods)];
}

function serverProblem(name: string, nodes: readonly NodeStatus[]): Finding[] {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node?.ready) return [];
  const text = node === undefined ? `${name} is no node of the cluster` : `${name} is not ready: ${node.reason}`;
  return [problem('Nodes', text, 'Mend it, or take it out by scaling the cluster, before it is upgraded')];
}

function aloneWarning(pods: readonly NodePod[]): Finding[] {
  const alone = pods.filter((pod) => pod.alone).map(({ namespace, name }) => `${namespace}/${name}`);
  return alone.length === 0
    ? []
    : [warning('Pods', `Nothing makes these pods anew when their node is drained: ${listed(alone)}`)];
}
