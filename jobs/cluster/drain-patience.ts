import { DeployError } from '../../src/errors.ts';
import type { DrainLook, LeftPod } from './drain-nodes.ts';

/** How long nodes may take until they are empty, in milliseconds. */
export const drainPatienceMs = 15 * 60_000;

const podsNamed = 5;

/** "draining 2 nodes: 3 pods left, 1 of them held by a PodDisruptionBudget". */
export function drainProgress({ drained, left }: DrainLook, all: number): string {
  if (left.length === 0) return all === 1 ? 'the node is drained' : `all ${all} nodes are drained`;
  const held = left.filter(({ heldBy }) => heldBy !== undefined).length;
  const budget = held === 0 ? '' : `, ${held} of them held by a PodDisruptionBudget`;
  const pods = left.length === 1 ? '1 pod left' : `${left.length} pods left`;
  const place = all === 1 ? `draining ${left[0]?.node}` : `${drained.length} of ${all} nodes drained`;
  return `${place}: ${pods}${budget}`;
}

/** The failure of a drain that takes too long: it names the pods that stand in the way, and what keeps each. */
export function heldTooLong({ left }: DrainLook): DeployError {
  const held = left.filter(({ heldBy }) => heldBy !== undefined);
  const nodes = [...new Set(left.map(({ node }) => node))].join(', ');
  const names = (held.length > 0 ? held : left).slice(0, podsNamed).map(podText).join(', ');
  const more = Math.max(0, (held.length > 0 ? held : left).length - podsNamed);
  return new DeployError(
    'drain_held',
    `${nodes} could not be drained within ${drainPatienceMs / 60_000} minutes: ${names}${more > 0 ? ` and ${more} more` : ''} ${held.length > 0 ? 'may not go, by a PodDisruptionBudget' : 'did not end'}`,
    {
      hint:
        held.length > 0
          ? 'Give these pods another copy elsewhere, or change their budget; then try again. The nodes take no new pods until then'
          : 'See what keeps these pods from ending (kubectl describe pod); then try again. The nodes take no new pods until then',
    },
  );
}

function podText({ namespace, name }: LeftPod): string {
  return `${namespace}/${name}`;
}
