import { createHash } from 'node:crypto';
import type { KubernetesSpec, Platform } from './cluster-spec.ts';

/** Everything that decides what a Kubernetes tarball is. Two recipes that agree make the same artifact. */
export type ArtifactRecipe =
  | {
      readonly source: 'build';
      /** Full hash in hexadecimal. */
      readonly commit: string;
      readonly platform: Platform;
      readonly target: string;
      readonly variables: Readonly<Record<string, string>>;
    }
  | {
      readonly source: 'release';
      readonly version: string;
      readonly platform: Platform;
      readonly mirror: string;
      readonly sha512?: string;
    };

/** How long one stage of a build took. */
export interface StageTime {
  readonly stage: string;
  readonly ms: number;
}

/** An object in Swift and what its content is: size in bytes, digests in hexadecimal. */
export interface StoredFile {
  /** The name under which people and servers know it. */
  readonly name: string;
  readonly object: string;
  readonly size: number;
  readonly sha256: string;
  readonly md5: string;
}

/**
 * What Swift has of an artifact. It is written when all the rest is there, so that whoever finds it finds the whole; the
 * object is called artifactManifestObject(id).
 */
export interface ArtifactManifest {
  readonly id: string;
  readonly recipe: ArtifactRecipe;
  /** As git describes the commit, or as it was published: v1.34.2. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** When a deployment last chose it; milliseconds since the epoch. */
  readonly usedAt: number;
  /** The deployment that had it made. */
  readonly deployment: string;
  /** Milliseconds from the first stage to the last; how long each took. Empty for what was not built. */
  readonly stages: readonly StageTime[];
  readonly files: readonly StoredFile[];
  /** Object with everything that the build said. */
  readonly log?: string;
}

/** The recipe of a cluster's Kubernetes. What is built needs its commit, without which nobody knows what it will be. */
export function recipeOf(kubernetes: KubernetesSpec, commit: string | undefined): ArtifactRecipe | undefined {
  const { platform } = kubernetes;
  if (kubernetes.source === 'release') {
    const { source, version, mirror, sha512 } = kubernetes;
    return { source, version, platform, mirror, ...(sha512 !== undefined && { sha512 }) };
  }
  const { source, target, variables } = kubernetes;
  return commit === undefined ? undefined : { source, commit, platform, target, variables };
}

/**
 * Name of an artifact: what a person knows it by, then a digest of the whole recipe. Fit for a folder and for an object.
 */
export function artifactId(recipe: ArtifactRecipe): string {
  const what = recipe.source === 'build' ? recipe.commit.slice(0, 12) : recipe.version;
  const digest = createHash('sha256').update(canonical(recipe)).digest('hex').slice(0, 12);
  return `${what}-${recipe.platform.replace('/', '-')}-${digest}`;
}

/** The server tarball of a platform, as Kubernetes calls it. */
export function serverTarball(platform: Platform): string {
  return `kubernetes-server-${platform.replace('/', '-')}.tar.gz`;
}

/** The same text for the same recipe, in whatever order its parts were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
