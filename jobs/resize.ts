import type { StepProgress } from '../src/clusters/deployment.ts';
import { parseStackOutputs } from '../src/clusters/stack.ts';
import type { ResizeResult } from '../src/clusters/steps.ts';
import { deleteNode } from '../src/kubernetes/api/nodes.ts';
import type { StackResource } from '../src/openstack/heat/resources.ts';
import type { StackSummary } from '../src/openstack/heat/stack.ts';
import { getStack, type StackRef } from '../src/openstack/heat/stacks.ts';
import { atCluster } from './cluster/whereabouts.ts';
import { type Again, isAgain, type Run } from './run.ts';
import { type Member, membersOf } from './scale/members.ts';
import { theStack } from './scale/the-stack.ts';
import { followUpdate, newUpdate, type UpdateMarker } from './stack-update.ts';
import { pollSeconds } from './stack-watches.ts';

/** What the step remembers besides the update: the nodes that were there, and those that Heat is to remove. */
interface ResizeMarker extends UpdateMarker {
  readonly name: string;
  readonly before: readonly string[];
  /** Their numbers and names. A number that Heat has removed it never gives again, so that this may be said twice. */
  readonly removals: readonly { readonly index: number; readonly name: string }[];
  /** The stack is as it should be, so that Heat need not be asked. */
  readonly asWanted: boolean;
}

/**
 * Gives the cluster's stack another number of nodes by an update of these parameters alone: new nodes are made, and the
 * very ones go that were drained. A node that Heat had failed to make is replaced by one with a new number. When Heat is
 * done, nodes that went are removed from Kubernetes as well. A stack that is as it should be is left alone.
 */
export async function resize(run: Run): Promise<ResizeResult | Again> {
  const begun = parseMarker(run.step.marker) ?? (await begin(run));
  if (isAgain(begun)) return begun;
  const waiting = begun.asWanted ? undefined : await follow(run, begun);
  return waiting ?? settle(run, begun);
}

/** Looks at what there is, and notes it before Heat is asked for anything. */
async function begin(run: Run): Promise<ResizeMarker | Again> {
  const { openstack, deployment, step, signal } = run;
  const stack = await theStack(run);
  if (stack.state === 'IN_PROGRESS') return waitForRest(run, stack);
  const members = await membersOf(openstack.heat, stack, deployment.cluster, signal);
  const removals = removalsOf(run, members);
  const marker: ResizeMarker = {
    ...(await newUpdate(run, stack)),
    name: stack.name,
    before: members.map(({ name }) => name),
    removals,
    asWanted: stack.state === 'COMPLETE' && removals.length === 0 && members.length === deployment.spec.nodes.count,
  };
  await step.report({ text: `${members.length} nodes are there` }, { marker: JSON.stringify(marker) });
  return marker;
}

/** Somebody else had Heat do something, or an earlier request of ours was given up while Heat was at it. */
async function waitForRest({ deployment, step }: Run, { name }: StackSummary): Promise<Again> {
  const text = `waiting until Heat is done with what it does to ${name}`;
  if (deployment.steps.resize?.progress?.text !== text) await step.report({ text });
  return step.again({ afterSeconds: pollSeconds });
}

function removalsOf({ deployment }: Run, members: readonly Member[]): ResizeMarker['removals'] {
  const leaving = deployment.plan?.leaving ?? [];
  return members
    .filter(({ name, whole }) => !whole || leaving.includes(name))
    .map(({ index, name }) => ({ index, name }));
}

function follow(run: Run, marker: ResizeMarker): Promise<Again | undefined> {
  const { count } = run.deployment.spec.nodes;
  const { name, before, removals } = marker;
  return followUpdate(run, {
    ...{ step: 'resize', ref: { name, id: marker.stack }, marker },
    what: count === 1 ? '1 node' : `${count} nodes`,
    parameters: async () => ({ node_count: count, node_removals: removals.map(({ index }) => String(index)) }),
    progress: (resources) => progressOf(resources, count),
    hint: `The other nodes go on as before. Mend the cause, then try again, which replaces a node that failed; or ask for ${before.length - removals.length} again`,
    note: (update, progress, events = []) =>
      run.step.report(progress, { marker: JSON.stringify({ ...marker, ...update }), events }),
  });
}

/** By the wait condition that each node's own template has. */
function progressOf(resources: readonly StackResource[], count: number): StepProgress {
  const boots = resources.filter(({ name, state }) => name === 'node_boot' && state === 'COMPLETE').length;
  const done = Math.min(boots, count);
  return { text: `${done} of ${count} nodes have booted`, done, total: count };
}

async function settle(run: Run, { stack: id, name, before, removals }: ResizeMarker): Promise<ResizeResult> {
  const ref: StackRef = { name, id };
  const { outputs } = await getStack(run.openstack.heat, ref, { resolveOutputs: true }, run.signal);
  const { nodes } = parseStackOutputs(ref, outputs);
  const gone = removals.map((removal) => removal.name).filter((one) => !nodes.includes(one));
  if (gone.length > 0) await forgetNodes(run, gone);
  return { nodes, added: nodes.filter((one) => !before.includes(one)), removed: gone };
}

/** Where a controller of the cloud runs in the cluster it does the same, a little later. */
async function forgetNodes(run: Run, names: readonly string[]): Promise<void> {
  await atCluster(run, async (api) => {
    for (const name of names) await deleteNode(api, name, run.signal);
  });
}

function parseMarker(marker: string | undefined): ResizeMarker | undefined {
  return marker === undefined ? undefined : JSON.parse(marker);
}
