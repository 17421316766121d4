import type { DeploymentEventBody } from '../src/clusters/deployment.ts';
import { parseStackLabel } from '../src/clusters/stack.ts';
import type { UpgradeResult } from '../src/clusters/steps.ts';
import type { Stack } from '../src/openstack/heat/stack.ts';
import { type Again, type Run, resultOf } from './run.ts';
import { theStack } from './scale/the-stack.ts';
import { signedObjects } from './stack.ts';
import { followUpdate, newUpdate, type UpdateMarker } from './stack-update.ts';
import { pollSeconds } from './stack-watches.ts';
import { serversOf } from './upgrade/servers.ts';
import { parseUpgradeMarker, type UpgradeMarker } from './upgrade/upgrade-marker.ts';
import { upgradeServer } from './upgrade/upgrade-server.ts';

/**
 * Brings a cluster's servers to the version of the deployment, one after another: control planes first, each Ready with
 * the new version before the next. Then the stack is told of it, so that nodes which are added later have it as well; no
 * server is touched by that. Stops at the first server that fails. The step's marker holds where it is.
 */
export async function upgrade(run: Run): Promise<UpgradeResult | Again> {
  const stack = await theStack(run);
  const servers = await serversOf(run, stack);
  const marker = parseUpgradeMarker(run.step.marker);
  const next = servers.find(({ name }) => !marker.done.includes(name));
  if (next !== undefined) return upgradeServer(run, next, servers, marker);
  const waiting = await tellStack(run, stack, marker);
  return waiting ?? { version: resultOf(run.deployment, 'build').version, servers: marker.done };
}

/** Undefined once the stack has the release, by whichever try. */
async function tellStack(run: Run, stack: Stack, marker: UpgradeMarker): Promise<Again | undefined> {
  if (marker.update === undefined) {
    if (hasRelease(run, stack)) return undefined;
    if (stack.state === 'IN_PROGRESS') return run.step.again({ afterSeconds: pollSeconds });
  }
  const update = marker.update ?? (await newUpdate(run, stack));
  return followUpdate(run, {
    ...{ step: 'upgrade', ref: stack, marker: update },
    what: resultOf(run.deployment, 'build').version,
    parameters: () => newParameters(run, stack),
    progress: () => ({ text: 'Heat takes note of the new version' }),
    hint: 'All servers have the new version and run; only nodes that are added later would get the old one. Try again',
    note: (changed, progress, events) => noteUpdate(run, marker, changed, progress.text, events),
  });
}

async function noteUpdate(
  { step }: Run,
  marker: UpgradeMarker,
  update: UpdateMarker,
  text: string,
  events: readonly DeploymentEventBody[] = [],
): Promise<void> {
  await step.report({ text }, { marker: JSON.stringify({ ...marker, update }), events });
}

function hasRelease({ deployment }: Run, stack: Stack): boolean {
  const { release } = resultOf(deployment, 'publish');
  return stack.state === 'COMPLETE' && parseStackLabel(stack.parameters)?.release === release;
}

/** Whose the cluster is stays as it was; user data is for servers that are made anew. */
async function newParameters(run: Run, stack: Stack): Promise<Record<string, unknown>> {
  const { version } = resultOf(run.deployment, 'build');
  const { release } = resultOf(run.deployment, 'publish');
  return {
    slipway: { ...parseStackLabel(stack.parameters), version, release },
    kubernetes_version: version,
    release,
    release_objects: await signedObjects(run),
  };
}
