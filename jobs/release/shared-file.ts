import { join } from 'node:path';
import { z } from 'zod';
import type { FetchedFile } from '../../src/clusters/cluster-spec.ts';
import { releasesContainer, sharedFileIndexObject, sharedFileObject } from '../../src/clusters/names.ts';
import type { ReleaseObject, ReleaseObjectKind } from '../../src/clusters/release.ts';
import { findObjectText } from '../../src/openstack/swift/objects.ts';
import { isStored } from '../../src/openstack/swift/stored-file.ts';
import { fetchFile } from '../download/fetch-file.ts';
import type { Run } from '../run.ts';
import { ensureStored } from './ensure-stored.ts';
import { downloadsFolder } from './folders.ts';
import { putJson } from './json-object.ts';
import { isFresh } from './touch.ts';

/** A file that servers fetch, and where clusters.yaml says so. */
export interface SharedFile {
  readonly kind: ReleaseObjectKind;
  /** The name of the file on a server. */
  readonly name: string;
  readonly source: FetchedFile;
  /** The key of clusters.yaml: firstBoot.salt. */
  readonly key: string;
}

/** An object of a release, the MD5 of its content, and whether it had to be sent. */
export interface Published {
  readonly object: ReleaseObject;
  readonly md5: string;
  readonly sent: boolean;
}

/** What Swift has of a file that people name by its SHA-512. */
const index = z.object({
  sha512: z.string(),
  object: z.string(),
  size: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  md5: z.string().regex(/^[0-9a-f]{32}$/),
  /** When a deployment last chose it; milliseconds since the epoch. */
  usedAt: z.number(),
});
type Index = z.infer<typeof index>;
type Known = Omit<Index, 'usedAt'>;

/** Puts a file from elsewhere into Swift. One that Swift has, by its SHA-512, is neither fetched nor sent. */
export async function publishShared(run: Run, file: SharedFile): Promise<Published> {
  const known = await findShared(run, file);
  if (known !== undefined) {
    if (!isFresh(known.usedAt, run.tools.keepReleasesMs, Date.now())) await note(run, file, known);
    return published(file, known, false);
  }
  const fetched = await fetch(run, file);
  const object = sharedFileObject(fetched.sha256, file.name);
  await run.step.checkpoint();
  const sent = await ensureStored(run, { ...fetched, name: file.name, object, contentType }, run.signal);
  const { size, sha256, md5, sha512 } = fetched;
  const stored = { sha512, object, size, sha256, md5 };
  await note(run, file, stored);
  return published(file, stored, sent);
}

/** Notes where the file is, and that it was used: what nobody uses is removed after a while. */
async function note({ openstack, signal }: Run, { name }: SharedFile, known: Known): Promise<void> {
  const noted: Index = { ...known, usedAt: Date.now() };
  await putJson(openstack.swift, sharedFileIndexObject(known.sha512, name), noted, signal);
}

const contentType = 'application/octet-stream';

async function fetch({ tools, step, signal }: Run, { name, source, key }: SharedFile) {
  const { url, file, sha512 } = source;
  return fetchFile({
    ...{ url, file, sha512, signal },
    path: join(downloadsFolder(tools.dataDir), sha512.slice(0, 32), name),
    what: `${name} (${key})`,
    setting: `${key}.url`,
    environment: tools.environment,
    onProgress: (done, total) => step.tick({ text: `fetching ${name}`, done, ...(total !== undefined && { total }) }),
  });
}

/** What Swift has of the file; undefined when it is not there, or not whole. */
async function findShared({ openstack, log, signal }: Run, { name, source }: SharedFile): Promise<Index | undefined> {
  const at = sharedFileIndexObject(source.sha512, name);
  const text = await findObjectText(openstack.swift, releasesContainer, at, signal);
  const known = text === undefined ? undefined : parseIndex(text);
  if (known === undefined) return undefined;
  if (known.sha512 !== source.sha512 || known.object !== sharedFileObject(known.sha256, name)) {
    log.warn({ object: at }, 'an index object in Swift is of another file; it counts as not there');
    return undefined;
  }
  const stored = await isStored(openstack.swift, { ...known, container: releasesContainer }, signal);
  return stored ? known : undefined;
}

function parseIndex(text: string): Index | undefined {
  try {
    return index.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function published({ kind, name }: SharedFile, { object, size, sha256, md5 }: Known, sent: boolean): Published {
  return { object: { kind, name, object, size, sha256 }, md5, sent };
}
