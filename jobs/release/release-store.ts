import { isDeepStrictEqual } from 'node:util';
import { releaseManifestObject, releasesContainer } from '../../src/clusters/names.ts';
import type { ReleaseManifest } from '../../src/clusters/release.ts';
import type { Logger } from '../../src/log.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { findObjectText } from '../../src/openstack/swift/objects.ts';
import { putJson } from './json-object.ts';
import { parseReleaseManifest } from './manifests.ts';

/** What the manifest says; undefined when there is none that can be trusted. */
export async function readReleaseManifest(
  swift: ServiceClient,
  id: string,
  signal?: AbortSignal,
  log?: Logger,
): Promise<ReleaseManifest | undefined> {
  const object = releaseManifestObject(id);
  const text = await findObjectText(swift, releasesContainer, object, signal);
  if (text === undefined) return undefined;
  const parsed = parseReleaseManifest(text, id);
  if ('manifest' in parsed) return parsed.manifest;
  log?.warn({ object, problem: parsed.problem }, 'a manifest in Swift is damaged; it counts as not there');
  return undefined;
}

/** Writes the manifest. Everything that it names has to be there by then. */
export async function putReleaseManifest(
  swift: ServiceClient,
  manifest: ReleaseManifest,
  signal?: AbortSignal,
): Promise<void> {
  await putJson(swift, releaseManifestObject(manifest.id), manifest, signal);
}

/** True when two manifests say the same, whenever each was last used. */
export function isSameRelease(one: ReleaseManifest, other: ReleaseManifest): boolean {
  return isDeepStrictEqual({ ...one, usedAt: 0 }, { ...other, usedAt: 0 });
}
