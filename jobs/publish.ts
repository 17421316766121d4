import { stat } from 'node:fs/promises';
import { releaseObject, releasesContainer } from '../src/clusters/names.ts';
import type { ReleaseArtifact, StepResults } from '../src/clusters/steps.ts';
import { BuildFailedError } from '../src/errors.ts';
import { ensurePrivateContainer } from '../src/openstack/swift/private-container.ts';
import { storeFile } from '../src/openstack/swift/store-file.ts';
import { isStored, removeLeftSegments } from '../src/openstack/swift/stored-file.ts';
import { type Run, resultOf } from './run.ts';

/** The tarball that nodes install themselves from. */
const serverTarball = 'kubernetes-server-linux-amd64.tar.gz';

/** Puts the server tarball into Swift, unless the very same bytes are there; what an earlier attempt sent is used. */
export async function publish(run: Run): Promise<StepResults['publish']> {
  const { openstack, deployment, step, signal, log } = run;
  const { version, files } = resultOf(deployment, 'build');
  const file = files.find(({ name }) => name === serverTarball);
  if (file === undefined) {
    throw new BuildFailedError(`The build of ${version} left no ${serverTarball}`, {
      hint: 'Check that the make target writes it to _output/release-tars',
    });
  }

  const object = releaseObject(version, file.sha256, file.name);
  await step.checkpoint();
  await ensurePrivateContainer(openstack.swift, releasesContainer, log, signal);
  if (!(await isStored(openstack.swift, { ...file, container: releasesContainer, object }, signal))) {
    await assertPresent(file);
    await upload(run, file, object);
  }
  return { container: releasesContainer, server: { object, sha256: file.sha256 } };
}

async function upload({ openstack, step, signal, log }: Run, file: ReleaseArtifact, object: string): Promise<void> {
  const { path, md5, sha256, name } = file;
  const onProgress = (done: number, total: number): void =>
    step.tick({ text: `sending ${name} to Swift`, done, total });
  const to = { container: releasesContainer, object, contentType: 'application/gzip' };
  const stored = await storeFile(openstack.swift, { ...to, path, md5, sha256, onProgress }, signal);
  log.info({ object, ...stored }, 'the release is in Swift');
  if (stored.segments > 0) await removeLeftSegments(openstack.swift, releasesContainer, object, signal);
}

/** A build lies on the worker that made it. */
async function assertPresent(file: ReleaseArtifact): Promise<void> {
  const found = await stat(file.path).catch(() => undefined);
  if (found?.size === file.size) return;
  throw new BuildFailedError(`The build's ${file.name} is not on this worker any more`, {
    hint: 'Let one worker serve the queue "build", or give all of them the same DATA_DIR; then ask for the cluster again',
    detail: { path: file.path },
  });
}
