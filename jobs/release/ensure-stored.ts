import { releasesContainer } from '../../src/clusters/names.ts';
import { storeFile } from '../../src/openstack/swift/store-file.ts';
import { isStored, removeLeftSegments } from '../../src/openstack/swift/stored-file.ts';
import type { Run } from '../run.ts';

/** A file on this worker, and the object that it is to be in Swift. Size in bytes, digests in hexadecimal. */
export interface FileToStore {
  readonly name: string;
  readonly path: string;
  readonly object: string;
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly contentType: string;
}

/** Sends the file unless Swift has the very same bytes, and goes on where an earlier attempt stopped. True if it sent. */
export async function ensureStored(run: Run, file: FileToStore, signal: AbortSignal): Promise<boolean> {
  const { openstack, step, log } = run;
  const { name, path, object, md5, sha256, contentType } = file;
  if (await isStored(openstack.swift, { ...file, container: releasesContainer }, signal)) return false;

  const onProgress = (done: number, total: number): void =>
    step.tick({ text: `sending ${name} to Swift`, done, total });
  const to = { container: releasesContainer, object, contentType };
  const stored = await storeFile(openstack.swift, { ...to, path, md5, sha256, onProgress }, signal);
  log.info({ object, ...stored }, 'a file of a release is in Swift');
  if (stored.segments > 0) await removeLeftSegments(openstack.swift, releasesContainer, object, signal);
  return true;
}
