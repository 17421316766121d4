/** A node of a cluster, as far as it matters which of them go. */
export interface NodeOfGroup {
  readonly name: string;
  /** Its number in the group of nodes. Heat never gives it to another one. */
  readonly index: number;
  /** False for one that Kubernetes does not count on, or does not know. */
  readonly ready: boolean;
}

/** Which nodes go when so many are to go: first those that are not ready, then the newest. */
export function chooseLeaving(nodes: readonly NodeOfGroup[], number: number): NodeOfGroup[] {
  return nodes
    .toSorted((one, other) => Number(one.ready) - Number(other.ready) || other.index - one.index)
    .slice(0, Math.max(0, number));
}

/** Why a cluster cannot have so many nodes; undefined when it can. */
export function countProblem(count: number, max: number): { text: string; hint: string } | undefined {
  if (!Number.isInteger(count) || count < 0) {
    return { text: 'A cluster has a whole number of nodes', hint: `Ask for 0 to ${max}` };
  }
  if (count <= max) return undefined;
  return {
    text: `${count} nodes are too many: clusters.yaml allows at most ${max}`,
    hint: `Ask for ${max} or fewer, or have nodes.max in clusters.yaml raised`,
  };
}
