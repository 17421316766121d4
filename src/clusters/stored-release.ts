import type { Platform } from './cluster-spec.ts';

/** A Kubernetes artifact in Swift, as people are told of it. */
export interface StoredRelease {
  /** Id of the artifact. */
  readonly id: string;
  readonly version: string;
  /** The commit that it was built from; undefined for an official release. */
  readonly commit?: string;
  readonly platform: Platform;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly usedAt: number;
  /** Clusters, and deployments under way, that need it. */
  readonly usedBy: readonly string[];
  /** When it will be removed unless something uses it; undefined while something does. */
  readonly goesAt?: number;
}
