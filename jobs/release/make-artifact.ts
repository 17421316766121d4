import { type ArtifactManifest, type ArtifactRecipe, serverTarball } from '../../src/clusters/artifact.ts';
import { artifactFileObject, releasesContainer } from '../../src/clusters/names.ts';
import { DeployError } from '../../src/errors.ts';
import { ensurePrivateContainer } from '../../src/openstack/swift/private-container.ts';
import { type Again, isAgain } from '../run.ts';
import { putArtifactManifest } from './artifact-store.ts';
import { buildFromSource } from './build-from-source.ts';
import { ensureStored } from './ensure-stored.ts';
import { fetchOfficial } from './fetch-official.ts';
import type { MadeTarball, Making } from './making.ts';
import { patiently } from './patiently.ts';

/**
 * Makes the artifact on this worker and puts it into Swift: the tarball, then the manifest, without which nobody finds
 * it. Whatever an earlier attempt has made or sent is used.
 */
export async function makeArtifact(making: Making): Promise<ArtifactManifest | Again> {
  const { run, signal } = making;
  await run.step.checkpoint();
  // Before the work of hours, so that a Swift that cannot take its result is known first.
  await ensurePrivateContainer(run.openstack.swift, releasesContainer, run.log, signal);
  const made = await makeTarball(making);
  return isAgain(made) ? made : send(making, made);
}

function makeTarball(making: Making): Promise<MadeTarball | Again> {
  return making.recipe.source === 'build' ? buildFromSource(making) : fetchOfficial(making);
}

async function send({ run, id, recipe, signal }: Making, made: MadeTarball): Promise<ArtifactManifest> {
  const { version, name, size, sha256, md5, stages, log } = made;
  assertName(made, recipe);
  const object = artifactFileObject(id, sha256, name);
  await run.step.checkpoint();
  const file = { ...made, object, contentType: 'application/gzip' };
  await patiently(run, signal, () => ensureStored(run, file, signal));
  const now = Date.now();
  const manifest: ArtifactManifest = {
    ...{ id, recipe, version, madeAt: now, usedAt: now, deployment: run.deployment.id, stages },
    files: [{ name, object, size, sha256, md5 }],
    ...(log !== undefined && { log }),
  };
  await run.step.checkpoint();
  await patiently(run, signal, () => putArtifactManifest(run.openstack.swift, manifest, signal));
  run.log.info({ artifact: id, version, size }, 'an artifact is in Swift');
  return manifest;
}

function assertName({ name }: MadeTarball, { platform }: ArtifactRecipe): void {
  if (name === serverTarball(platform)) return;
  throw new DeployError('artifact', `What was made for ${platform} is called ${name}, which no server looks for`);
}
