import type { Leftovers } from './leftovers.ts';

/** What the step `purge` remembers from one look to the next: whose things it removes, and the ids of what it has met. */
export interface PurgeMarker {
  /** Id of the cluster. */
  readonly cluster: string;
  readonly loadBalancers: readonly string[];
  readonly floatingIps: readonly string[];
  readonly securityGroups: readonly string[];
}

/** The marker as the deployment's record keeps it. */
export function purgeMarker(marker: PurgeMarker): string {
  return JSON.stringify(marker);
}

/** Reads a marker back; undefined for a step that has not met anything yet. */
export function parsePurgeMarker(marker: string | undefined): PurgeMarker | undefined {
  return marker === undefined ? undefined : JSON.parse(marker);
}

/** The marker with what this look has met as well. */
export function withLeftovers(marker: PurgeMarker, found: Leftovers): PurgeMarker {
  const all = (known: readonly string[], now: readonly { readonly id: string }[]) => [
    ...new Set([...known, ...now.map(({ id }) => id)]),
  ];
  return {
    cluster: marker.cluster,
    loadBalancers: all(marker.loadBalancers, found.loadBalancers),
    floatingIps: all(marker.floatingIps, found.floatingIps),
    securityGroups: all(marker.securityGroups, found.securityGroups),
  };
}
