import type { ClusterSpec, FetchedFile, NetworkPlugin } from '../src/clusters/cluster-spec.ts';
import { releasesContainer } from '../src/clusters/names.ts';
import { type ReleaseManifest, releaseId } from '../src/clusters/release.ts';
import type { BuildResult, PublishResult } from '../src/clusters/steps.ts';
import { DeployError } from '../src/errors.ts';
import { ensurePrivateContainer } from '../src/openstack/swift/private-container.ts';
import { isStored } from '../src/openstack/swift/stored-file.ts';
import { findArtifact } from './release/artifact-store.ts';
import { removeOldDownloads } from './release/folders.ts';
import { publishStates } from './release/publish-states.ts';
import { isSameRelease, putReleaseManifest, readReleaseManifest } from './release/release-store.ts';
import { releasesMutex } from './release/releases-mutex.ts';
import { type Published, publishShared, type SharedFile } from './release/shared-file.ts';
import { isFresh } from './release/touch.ts';
import { type Run, resultOf } from './run.ts';

/**
 * Makes sure that Swift has everything that the servers fetch: Kubernetes, which `build` has put there, the Salt states,
 * and what clusters.yaml names besides. The release's manifest is written last.
 */
export async function publish(run: Run): Promise<PublishResult> {
  const { openstack, deployment, step, tools, signal, log } = run;
  const { swift } = openstack;
  const built = resultOf(deployment, 'build');
  await step.checkpoint();
  await ensurePrivateContainer(swift, releasesContainer, log, signal);
  await removeOldDownloads(tools.dataDir, Date.now());

  const published: Published[] = [await publishStates(run)];
  for (const file of sharedFiles(deployment.spec)) published.push(await publishShared(run, file));

  const objects = [built.object, ...published.map(({ object }) => object)];
  const { version, artifact } = built;
  const release = releaseId(version, objects);
  await step.checkpoint();
  await ensureManifest(run, built, published, { id: release, version, artifact, usedAt: Date.now(), objects });
  const sent = published.filter((one) => one.sent).length + (built.made ? 1 : 0);
  return { container: releasesContainer, release, objects, sent };
}

/** The manifest keeps what it names from being removed; so it is there, or written while nobody removes anything. */
async function ensureManifest(
  run: Run,
  built: BuildResult,
  published: readonly Published[],
  manifest: ReleaseManifest,
): Promise<void> {
  const { openstack, tools, signal, log } = run;
  const { swift } = openstack;
  const existing = await readReleaseManifest(swift, manifest.id, signal, log);
  const same = existing !== undefined && isSameRelease(existing, manifest);
  if (same && isFresh(existing.usedAt, tools.keepReleasesMs, manifest.usedAt)) return assertBuilt(run, built, signal);
  await tools.mutex.run(await releasesMutex(swift, signal), signal, async (inside) => {
    await assertBuilt(run, built, inside);
    await assertPublished(run, published, inside);
    await putReleaseManifest(swift, manifest, inside);
  });
}

/** Between the two steps somebody may have emptied the container. */
async function assertBuilt({ openstack, log }: Run, built: BuildResult, signal: AbortSignal): Promise<void> {
  const { artifact, version, object } = built;
  const found = await findArtifact(openstack.swift, artifact, signal, log);
  if (found?.files.some((file) => file.object === object.object && file.sha256 === object.sha256)) return;
  throw new DeployError('artifact_gone', `Kubernetes ${version} is not in Swift any more, or not as it was stored`, {
    hint: `Ask for the cluster again: it is made anew. If it happens again, see who else writes to the container ${releasesContainer}`,
    detail: { artifact, object: object.object },
  });
}

async function assertPublished(
  { openstack }: Run,
  published: readonly Published[],
  signal: AbortSignal,
): Promise<void> {
  for (const { object, md5 } of published) {
    if (await isStored(openstack.swift, { ...object, md5, container: releasesContainer }, signal)) continue;
    throw new DeployError('object_gone', `${object.name} was removed from Swift while the release was published`, {
      hint: `See who else writes to the container ${releasesContainer}`,
      detail: { object: object.object },
      retryable: true,
    });
  }
}

/** What servers fetch besides, in the order of clusters.yaml. */
function sharedFiles({ firstBoot: { salt, files }, network }: ClusterSpec): SharedFile[] {
  return [
    ...(salt === undefined
      ? []
      : [{ kind: 'salt', name: saltName(salt), source: salt, key: 'firstBoot.salt' } as const]),
    ...files.map(({ name, ...source }, position) => ({
      ...({ kind: 'file', name, source } as const),
      key: `firstBoot.files[${position}]`,
    })),
    ...pluginManifest(network.plugin),
  ];
}

/** The states look for it under this name. */
function pluginManifest(plugin: NetworkPlugin): SharedFile[] {
  if (!('manifest' in plugin)) return [];
  const key = 'network.plugin.manifest';
  return [{ kind: 'file', name: `cni-${plugin.name}.yaml`, source: plugin.manifest, key }];
}

/** How it is packed mostly stands at the end of where it comes from; servers look into the file. */
function saltName({ url, file = '' }: FetchedFile): string {
  const path = url === undefined ? file : new URL(url).pathname;
  const [, packing = 'xz'] = /\.t(?:ar\.)?(gz|xz|bz2|zst)$/.exec(path) ?? [];
  return `salt-onedir.tar.${packing}`;
}
