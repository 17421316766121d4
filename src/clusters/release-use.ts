import type { ArtifactManifest } from './artifact.ts';
import type { ReleaseManifest } from './release.ts';
import type { StoredRelease } from './stored-release.ts';

/** Somebody who needs what is in Swift: a cluster by its release, a deployment under way by what it has chosen so far. */
export interface ReleaseUser {
  /** The cluster, or the deployment. */
  readonly name: string;
  readonly release?: string;
  readonly artifact?: string;
}

/** What Swift has. */
export interface ReleaseStock {
  readonly artifacts: readonly ArtifactManifest[];
  readonly releases: readonly ReleaseManifest[];
}

/** What of it nobody needs any more. */
export interface Unused {
  readonly artifacts: readonly ArtifactManifest[];
  readonly releases: readonly ReleaseManifest[];
}

/**
 * What may go: releases that no cluster and no deployment uses and that were not chosen for `keepMs`; artifacts of which
 * the same is true and that no release which stays consists of.
 */
export function unusedIn(stock: ReleaseStock, users: readonly ReleaseUser[], keepMs: number, now: number): Unused {
  const inUse = new Set(releasesInUse(stock, users));
  const stale = ({ usedAt }: { usedAt: number }) => now - usedAt >= keepMs;
  const releases = stock.releases.filter((release) => stale(release) && !inUse.has(release));
  const staying = stock.releases.filter((release) => !releases.includes(release));
  const needed = new Set([
    ...users.flatMap(({ artifact }) => artifact ?? []),
    ...staying.map(({ artifact }) => artifact),
  ]);
  return { releases, artifacts: stock.artifacts.filter((artifact) => stale(artifact) && !needed.has(artifact.id)) };
}

/** The releases that somebody uses. */
export function releasesInUse({ releases }: ReleaseStock, users: readonly ReleaseUser[]): ReleaseManifest[] {
  const inUse = new Set(users.flatMap(({ release }) => release ?? []));
  return releases.filter(({ id }) => inUse.has(id));
}

/** The artifacts as people are told of them, the newest first. */
export function storedReleases(stock: ReleaseStock, users: readonly ReleaseUser[], keepMs: number): StoredRelease[] {
  return stock.artifacts
    .map((artifact) => storedRelease(artifact, stock.releases, users, keepMs))
    .sort((a, b) => b.madeAt - a.madeAt);
}

function storedRelease(
  { id, recipe, version, madeAt, usedAt, files }: ArtifactManifest,
  releases: readonly ReleaseManifest[],
  users: readonly ReleaseUser[],
  keepMs: number,
): StoredRelease {
  const made = releases.filter(({ artifact }) => artifact === id);
  const ids = new Set(made.map((release) => release.id));
  const using = users.filter(({ artifact, release }) => artifact === id || (release !== undefined && ids.has(release)));
  const usedBy = [...new Set(using.map(({ name }) => name))].sort();
  const lastUse = Math.max(usedAt, ...made.map((release) => release.usedAt));
  return {
    id,
    version,
    ...(recipe.source === 'build' && { commit: recipe.commit }),
    platform: recipe.platform,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    madeAt,
    usedAt: lastUse,
    usedBy,
    ...(usedBy.length === 0 && { goesAt: lastUse + keepMs }),
  };
}
