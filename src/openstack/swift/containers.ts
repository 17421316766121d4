import { isNotFound } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';
import { metadataHeaders, metadataOf } from './metadata.ts';

/** A container, without what is in it. Account and container totals lag behind by some seconds. */
export interface Container {
  name: string;
  objectCount: number;
  bytes: number;
  /** Its own X-Container-Meta-* headers, names in lower case: `temp-url-key`, … */
  metadata: Readonly<Record<string, string>>;
  readAcl?: string;
  writeAcl?: string;
}

export interface ContainerSummary {
  name: string;
  objectCount: number;
  bytes: number;
}

/** PUT: creates the container, readable to the project alone, or leaves an existing one as it is. */
export async function createContainer(swift: ServiceClient, name: string, signal?: AbortSignal): Promise<void> {
  await swift.call('PUT', [name], { doing: `Creating the Swift container ${name}`, ok: [201, 202], signal });
}

/** HEAD: the container, or undefined if there is none. */
export async function findContainer(
  swift: ServiceClient,
  name: string,
  signal?: AbortSignal,
): Promise<Container | undefined> {
  const { status, headers } = await swift.call('HEAD', [name], {
    doing: `Looking at the Swift container ${name}`,
    ok: [200, 204, 404],
    signal,
  });
  if (status === 404) return undefined;
  const readAcl = headers['x-container-read'];
  const writeAcl = headers['x-container-write'];
  return {
    name,
    objectCount: Number(headers['x-container-object-count'] ?? 0),
    bytes: Number(headers['x-container-bytes-used'] ?? 0),
    metadata: metadataOf('container', headers),
    ...(readAcl === undefined ? {} : { readAcl }),
    ...(writeAcl === undefined ? {} : { writeAcl }),
  };
}

/** POST: sets the metadata that is given and leaves the rest; an empty value removes one. 404 if there is none. */
export async function setContainerMetadata(
  swift: ServiceClient,
  name: string,
  metadata: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  await swift.call('POST', [name], {
    doing: `Setting metadata of the Swift container ${name}`,
    ok: [204],
    headers: metadataHeaders('container', metadata),
    repeatable: true,
    signal,
  });
}

/** POST: sets who else may read and write what is in it; an empty text means nobody. 404 if there is none. */
export async function setContainerAcl(
  swift: ServiceClient,
  name: string,
  acl: { read: string; write: string },
  signal?: AbortSignal,
): Promise<void> {
  await swift.call('POST', [name], {
    doing: `Setting who may read the Swift container ${name}`,
    ok: [204],
    headers: { 'x-container-read': acl.read, 'x-container-write': acl.write },
    repeatable: true,
    signal,
  });
}

/** DELETE: gone is success. 409 as long as it holds objects. */
export async function deleteContainer(swift: ServiceClient, name: string, signal?: AbortSignal): Promise<void> {
  try {
    await swift.delete([name], { doing: `Deleting the Swift container ${name}`, ok: [204], signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** All containers of the project whose names begin with `prefix`, in the order of their names. */
export async function listContainers(
  swift: ServiceClient,
  options: { prefix?: string; pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<ContainerSummary[]> {
  const rows = await listAll<{ name: string; count: number; bytes: number }>(
    swift,
    [],
    'Listing the Swift containers',
    options,
    signal,
  );
  return rows.map(({ name, count, bytes }) => ({ name, objectCount: count, bytes }));
}
