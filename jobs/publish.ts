import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { releaseObject, releasesContainer } from '../src/clusters/names.ts';
import type { ReleaseArtifact, StepResults } from '../src/clusters/steps.ts';
import { BuildFailedError } from '../src/errors.ts';
import { createContainer } from '../src/openstack/swift/containers.ts';
import { findObject, putObject } from '../src/openstack/swift/objects.ts';
import { type Run, resultOf } from './run.ts';

/** The tarball that nodes install themselves from. */
const serverTarball = 'kubernetes-server-linux-amd64.tar.gz';

/** Puts the server tarball into Swift, unless the very same bytes are there. */
export async function publish(run: Run): Promise<StepResults['publish']> {
  const { openstack, deployment, step, signal } = run;
  const { version, files } = resultOf(deployment, 'build');
  const file = files.find(({ name }) => name === serverTarball);
  if (file === undefined) {
    throw new BuildFailedError(`The build of ${version} left no ${serverTarball}`, {
      hint: 'Check that the make target writes it to _output/release-tars',
    });
  }

  const object = releaseObject(version, file.sha256, file.name);
  const existing = await findObject(openstack.swift, releasesContainer, object, signal);
  if (existing?.etag !== file.md5) {
    await assertPresent(file);
    await step.checkpoint();
    await createContainer(openstack.swift, releasesContainer, signal);
    await upload(run, file, object);
  }
  return { container: releasesContainer, server: { object, sha256: file.sha256 } };
}

async function upload({ openstack, step, signal }: Run, file: ReleaseArtifact, object: string): Promise<void> {
  const content = () => {
    let sent = 0;
    return createReadStream(file.path).on('data', (chunk) => {
      sent += chunk.length;
      step.tick({ text: `sending ${file.name} to Swift`, done: sent, total: file.size });
    });
  };
  const options = { container: releasesContainer, object, content, size: file.size, contentType: 'application/gzip' };
  await putObject(openstack.swift, options, signal);
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
