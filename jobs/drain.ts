import type { DeploymentEventBody } from '../src/clusters/deployment.ts';
import type { DrainResult } from '../src/clusters/steps.ts';
import { drainNodes } from './cluster/drain-nodes.ts';
import { drainPatienceMs, drainProgress, heldTooLong } from './cluster/drain-patience.ts';
import { atCluster } from './cluster/whereabouts.ts';
import type { Again, Run } from './run.ts';
import { membersOf } from './scale/members.ts';
import { theStack } from './scale/the-stack.ts';

const askAgainSeconds = 3;

/** What the step remembers: nodes of which it has told that they are drained, and how many pods it has evicted. */
interface DrainMarker {
  readonly drained: readonly string[];
  readonly evicted: number;
}

/**
 * Empties the nodes that are to go, which the plan has named: keeps new pods from all of them, then evicts what runs
 * there, within what PodDisruptionBudgets allow. With nothing to go nothing is done.
 */
export async function drain(run: Run): Promise<DrainResult | Again> {
  const { deployment, step } = run;
  const nodes = await present(run, deployment.plan?.leaving ?? []);
  const before = parseMarker(step.marker);
  if (nodes.length === 0) return { nodes: before.drained, evicted: before.evicted };

  await step.checkpoint();
  const seen = await atCluster(run, (api) => drainNodes(api, nodes, run.signal));
  const marker = { drained: seen.drained, evicted: before.evicted + seen.evicted };
  await tell(run, before, marker, drainProgress(seen, nodes.length));
  if (seen.left.length === 0) return { nodes, evicted: marker.evicted };
  if (Date.now() - step.startedAt > drainPatienceMs) throw heldTooLong(seen);
  return step.again({ afterSeconds: askAgainSeconds });
}

/** Those that the stack still has: a step that is done again after Heat has removed them finds nothing to do. */
async function present(run: Run, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const { openstack, deployment, signal } = run;
  const members = await membersOf(openstack.heat, await theStack(run), deployment.cluster, signal);
  return names.filter((name) => members.some((member) => member.name === name));
}

function parseMarker(marker: string | undefined): DrainMarker {
  return marker === undefined ? { drained: [], evicted: 0 } : JSON.parse(marker);
}

/** Only what is new: most looks find the same as the one before. */
async function tell({ deployment, step }: Run, before: DrainMarker, now: DrainMarker, text: string): Promise<void> {
  const marker = JSON.stringify(now);
  if (marker === step.marker && deployment.steps.drain?.progress?.text === text) return;
  const events = now.drained
    .filter((node) => !before.drained.includes(node))
    .map(
      (node): DeploymentEventBody => ({
        ...{ type: 'node-event', step: 'drain', attempt: step.attempt, node, what: 'drained' },
      }),
    );
  await step.report({ text }, { marker, events });
}
