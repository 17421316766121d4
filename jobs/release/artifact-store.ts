import type { ArtifactManifest } from '../../src/clusters/artifact.ts';
import { artifactManifestObject, releasesContainer } from '../../src/clusters/names.ts';
import type { Logger } from '../../src/log.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { findObjectText } from '../../src/openstack/swift/objects.ts';
import { isStored } from '../../src/openstack/swift/stored-file.ts';
import { putJson } from './json-object.ts';
import { parseArtifactManifest } from './manifests.ts';

/**
 * The artifact, if Swift has all of it: its manifest, and each of its files whole. One that is damaged counts as not
 * there, so that it is made anew; the log says what was wrong.
 */
export async function findArtifact(
  swift: ServiceClient,
  id: string,
  signal?: AbortSignal,
  log?: Logger,
): Promise<ArtifactManifest | undefined> {
  const manifest = await readArtifactManifest(swift, id, signal, log);
  if (manifest === undefined) return undefined;
  const whole = await Promise.all(
    manifest.files.map((file) => isStored(swift, { ...file, container: releasesContainer }, signal)),
  );
  const damaged = manifest.files.filter((_file, index) => !whole[index]).map(({ object }) => object);
  if (damaged.length === 0) return manifest;
  log?.warn({ artifact: id, damaged }, 'an artifact in Swift is not whole any more; it counts as not there');
  return undefined;
}

/** What the manifest says, whether or not the files are there; undefined when there is none that can be trusted. */
export async function readArtifactManifest(
  swift: ServiceClient,
  id: string,
  signal?: AbortSignal,
  log?: Logger,
): Promise<ArtifactManifest | undefined> {
  const object = artifactManifestObject(id);
  const text = await findObjectText(swift, releasesContainer, object, signal);
  if (text === undefined) return undefined;
  const parsed = parseArtifactManifest(text, id);
  if ('manifest' in parsed) return parsed.manifest;
  log?.warn({ object, problem: parsed.problem }, 'a manifest in Swift is damaged; it counts as not there');
  return undefined;
}

/** Writes the manifest. Everything that it names has to be there by then. */
export async function putArtifactManifest(
  swift: ServiceClient,
  manifest: ArtifactManifest,
  signal?: AbortSignal,
): Promise<void> {
  await putJson(swift, artifactManifestObject(manifest.id), manifest, signal);
}
