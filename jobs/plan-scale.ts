import type { ClusterSpec, NodesSpec } from '../src/clusters/cluster-spec.ts';
import type { Deployment } from '../src/clusters/deployment.ts';
import { type Finding, ok, planOf, problem, warning } from '../src/clusters/finding.ts';
import type { Plan } from '../src/clusters/plan.ts';
import { growthNeeds, quotaFindings } from '../src/clusters/quota.ts';
import { chooseLeaving, type NodeOfGroup } from '../src/clusters/scaling.ts';
import { listNodes } from '../src/kubernetes/api/nodes.ts';
import { listPodsOn } from '../src/kubernetes/api/pods.ts';
import type { NodePod } from '../src/kubernetes/node-pod.ts';
import type { Stack } from '../src/openstack/heat/stack.ts';
import { listFlavors, pickFlavor } from '../src/openstack/nova/flavors.ts';
import { atCluster } from './cluster/whereabouts.ts';
import { groupFindings, noFlavor } from './preflight/check-servers.ts';
import { listed } from './preflight/listed.ts';
import { look } from './preflight/look.ts';
import { limitsIn, surveyQuotas } from './preflight/survey-quotas.ts';
import type { Tools } from './run.ts';
import { type Member, membersOf } from './scale/members.ts';
import { theStack } from './scale/the-stack.ts';

/** What a planner looks with. */
interface Looking {
  readonly deployment: Deployment;
  readonly openstack: ReturnType<Tools['openstack']>;
  readonly log: Tools['log'];
  readonly signal: AbortSignal;
}

/**
 * What `scale` will change: how many nodes there are by Heat and how many there will be, whether the quotas leave room for
 * more, and which go, with what runs there. A cluster whose Kubernetes does not answer is not made smaller, since nothing
 * could be moved from the nodes that go. Throws PreflightError with everything that stands in the way.
 */
export async function planScale(deployment: Deployment, tools: Tools, signal: AbortSignal): Promise<Plan> {
  const looking: Looking = { deployment, openstack: tools.openstack(deployment.spec), log: tools.log, signal };
  const { cluster, spec } = deployment;
  const stack = await theStack(looking);
  const members = await membersOf(looking.openstack.heat, stack, cluster, signal);
  const inTheWay = notNow(stack, members, spec.nodes.count, cluster);
  if (inTheWay !== undefined) return planOf(cluster, [inTheWay]);

  const nodes = nodesOf(stack, spec.nodes);
  const size = ok('Nodes', `${members.length} → ${spec.nodes.count} × ${nodes.flavor}`);
  const mended = members.filter(({ whole }) => !whole);
  const leaving = spec.nodes.count < members.length ? await leavingOf(looking, members) : { findings: [], nodes: [] };
  const growth = spec.nodes.count - members.length + mended.length;
  const findings = [
    size,
    ...mendedFindings(mended, leaving.nodes),
    ...leaving.findings,
    ...(growth > 0 ? await growthFindings(looking, { ...spec, nodes: { ...spec.nodes, ...nodes } }, growth) : []),
  ];
  return { ...planOf(cluster, findings), ...(leaving.nodes.length > 0 && { leaving: leaving.nodes }) };
}

/** Why the stack cannot be changed, or need not be. */
function notNow(stack: Stack, members: readonly Member[], wanted: number, cluster: string): Finding | undefined {
  if (stack.state === 'IN_PROGRESS') {
    return problem('Stack', `Heat is still at work on ${stack.name} (${stack.status})`, 'Ask again when it is done');
  }
  if (stack.state === 'FAILED' && stack.action === 'CREATE') {
    return problem(
      'Stack',
      `${stack.name} was never complete (${stack.status})`,
      'Try again what failed, or tear it down',
    );
  }
  if (members.length !== wanted || stack.state === 'FAILED') return undefined;
  return problem(
    'Nodes',
    `${cluster} has ${wanted} ${wanted === 1 ? 'node' : 'nodes'} already`,
    'Ask for another number',
  );
}

/** What the nodes of the stack are made of, whatever clusters.yaml says by now. */
function nodesOf({ parameters }: Stack, nodes: NodesSpec): Pick<NodesSpec, 'flavor' | 'floatingIps' | 'bootVolume'> {
  const size = Number(parameters.node_volume_size ?? 0);
  return {
    flavor: parameters.node_flavor ?? nodes.flavor,
    floatingIps: /^true$/i.test(parameters.node_floating_ips ?? String(nodes.floatingIps)),
    ...(size > 0 && { bootVolume: { size } }),
  };
}

function mendedFindings(mended: readonly Member[], leaving: readonly string[]): Finding[] {
  const replaced = mended.map(({ name }) => name).filter((name) => !leaving.includes(name));
  return replaced.length === 0 ? [] : [ok('Replaced', `${listed(replaced)}, which Heat could not make`)];
}

async function growthFindings({ openstack, signal }: Looking, spec: ClusterSpec, more: number): Promise<Finding[]> {
  const [flavors, quotas] = await Promise.all([
    look('Nova', signal, (within) => listFlavors(openstack.nova, {}, within)),
    surveyQuotas(openstack, signal),
  ]);
  const silent = Object.values(quotas).flatMap((looked) => (looked.seen ? [] : [looked.finding]));
  if (!flavors.seen) return [flavors.finding, ...silent];
  const flavor = pickFlavor(flavors.value, spec.nodes.flavor);
  if (flavor === undefined) return [noFlavor(spec.nodes.flavor, flavors.value)];
  return [
    ...silent,
    ...quotaFindings(growthNeeds(spec, flavor, more), limitsIn(quotas)),
    ...groupFindings(spec, quotas),
  ];
}

/** Which nodes go, and what is to be known of what runs there. */
interface Leaving {
  readonly nodes: readonly string[];
  readonly findings: readonly Finding[];
}

async function leavingOf(looking: Looking, members: readonly Member[]): Promise<Leaving> {
  const { deployment, signal } = looking;
  const asked = await look('Kubernetes', signal, (within) =>
    atCluster({ ...looking, signal: within }, async (api) => {
      const known = new Map((await listNodes(api, within)).map(({ name, ready }) => [name, ready]));
      const nodes = members.map(
        (member): NodeOfGroup => ({ ...member, ready: member.whole && known.get(member.name) === true }),
      );
      const leaving = chooseLeaving(nodes, members.length - deployment.spec.nodes.count);
      const there = leaving.filter(({ name }) => known.has(name));
      const pods = await Promise.all(there.map(({ name }) => listPodsOn(api, name, within)));
      return { leaving, pods: pods.flat().filter(({ whenDrained }) => whenDrained === 'moves') };
    }),
  );
  if (!asked.seen) return { nodes: [], findings: [asked.finding] };
  const { leaving, pods } = asked.value;
  return {
    nodes: leaving.map(({ name }) => name),
    findings: [
      ok('Goes', leaving.map(({ name, ready }) => (ready ? name : `${name} (not ready)`)).join(', ')),
      ok(
        'Drained',
        pods.length === 0 ? 'nothing runs there that has to move' : `${pods.length} pods move elsewhere first`,
      ),
      ...warningsOf(pods, deployment.spec.nodes.count),
    ],
  };
}

function warningsOf(pods: readonly NodePod[], left: number): Finding[] {
  const alone = pods.filter((pod) => pod.alone).map(({ namespace, name }) => `${namespace}/${name}`);
  return [
    ...(alone.length === 0 ? [] : [warning('Pods', `Nothing makes these pods anew: ${listed(alone)}`)]),
    ...(left > 0 ? [] : [warning('Nodes', 'No node is left: what control planes do not run waits until there is one')]),
  ];
}
