import type { ClusterSpec } from './cluster-spec.ts';

/** What of a cluster may be asked for otherwise than clusters.yaml has it; keys of `policy.change`. */
export const changeables = ['version', 'nodes', 'ttl'] as const;
export type Changeable = (typeof changeables)[number];

/** One thing that is asked for otherwise than before: a version, a number of nodes, or a lifetime in milliseconds. */
export interface SpecChange {
  readonly what: Changeable;
  /** Undefined for the lifetime of a cluster that stays. */
  readonly from?: string | number;
  readonly to?: string | number;
}

/** In what two specs of a cluster differ, of that which may be asked for. */
export function changesBetween(before: ClusterSpec, after: ClusterSpec): SpecChange[] {
  return changeables.flatMap((what) => {
    const [from, to] = [valueIn(before, what), valueIn(after, what)];
    if (from === to) return [];
    return [{ what, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
  });
}

/** What of these changes clusters.yaml does not give the cluster anyway; all of them where it does not describe it. */
export function changesBeyond(
  described: ClusterSpec | undefined,
  before: ClusterSpec,
  after: ClusterSpec,
): SpecChange[] {
  return changesBetween(before, after).filter(
    ({ what }) => described === undefined || valueIn(described, what) !== valueIn(after, what),
  );
}

function valueIn(spec: ClusterSpec, what: Changeable): string | number | undefined {
  switch (what) {
    case 'version':
      return spec.kubernetes.version;
    case 'nodes':
      return spec.nodes.count;
    case 'ttl':
      return spec.lifetime?.defaultMs;
  }
}
