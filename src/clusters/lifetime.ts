import type { ClusterSpec } from './cluster-spec.ts';
import type { Deployment } from './deployment.ts';

/** How long a cluster is there. */
export interface LifetimeSpec {
  /** Milliseconds from when it came up, where nobody asks for another time; without it, until somebody tears it down. */
  readonly defaultMs?: number;
  /** The farthest end that anybody may ask for, in milliseconds from then; without it, any. */
  readonly maxMs?: number;
}

/** When a cluster goes. Milliseconds since the epoch. */
export interface Expiry {
  readonly until: number;
  /** When that was set. */
  readonly since: number;
  /** How long before the end people were warned last, in milliseconds. */
  readonly warnedMs?: number;
}

/** How long before its end people are warned of it, in milliseconds. */
export const warningsMs = [60 * 60_000, 15 * 60_000] as const;

/** The end of a cluster that has just come to what it is; undefined for one that stays. */
export function firstExpiry({ protected: isProtected, lifetime }: ClusterSpec, now: number): Expiry | undefined {
  if (isProtected || lifetime?.defaultMs === undefined) return undefined;
  return { until: now + lifetime.defaultMs, since: now };
}

/** The warning that is due, in milliseconds before the end: the latest that has not been given. A short life has fewer. */
export function dueWarning({ until, since, warnedMs }: Expiry, now: number): number | undefined {
  const due = warningsMs.filter((ms) => until - now <= ms && until - since > ms);
  const last = due.at(-1);
  return last === undefined || (warnedMs !== undefined && warnedMs <= last) ? undefined : last;
}

/** The end of the cluster that a deployment has made; undefined where it has none. */
export function expiryOf({ expiry, spec }: Deployment): Expiry | undefined {
  return spec.protected ? undefined : expiry;
}
