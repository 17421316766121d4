import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { putArtifactManifest } from '../../jobs/release/artifact-store.ts';
import { type ArtifactManifest, artifactId, recipeOf, serverTarball } from '../../src/clusters/artifact.ts';
import type { KubernetesSpec } from '../../src/clusters/cluster-spec.ts';
import { artifactFileObject, releasesContainer } from '../../src/clusters/names.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { createContainer } from '../../src/openstack/swift/containers.ts';
import { putObject } from '../../src/openstack/swift/objects.ts';
import { someCommit } from './build-worker.ts';

/** Puts an artifact of so many zeros into Swift, as a build of `someCommit` would have left it. */
export async function storeSomeArtifact(
  swift: ServiceClient,
  kubernetes: KubernetesSpec,
  size: number,
  { madeAt = Date.now(), commit = someCommit }: { madeAt?: number; commit?: string } = {},
): Promise<ArtifactManifest> {
  const recipe = recipeOf(kubernetes, commit);
  if (recipe === undefined) throw new TypeError('a recipe needs a commit');
  const id = artifactId(recipe);
  const content = Buffer.alloc(size);
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest('hex');
  const name = serverTarball(kubernetes.platform);
  const object = artifactFileObject(id, digest('sha256'), name);
  await createContainer(swift, releasesContainer);
  await putObject(swift, { container: releasesContainer, object, content: () => Readable.from([content]), size });
  const files = [{ name, object, size, sha256: digest('sha256'), md5: digest('md5') }];
  const manifest = {
    id,
    recipe,
    version: 'v1.34.2',
    madeAt,
    usedAt: madeAt,
    deployment: 'staging-1',
    stages: [],
    files,
  };
  await putArtifactManifest(swift, manifest);
  return manifest;
}
