import type { ServiceClient } from '../service-client.ts';

/** A disk that can be attached to servers, and outlives them. */
export interface Volume {
  id: string;
  /** Not unique, and often empty. */
  name: string;
  /** `available`, `in-use`, `error` … */
  status: string;
  /** In GiB. */
  size: number;
  /** Whatever its maker noted; the Cinder CSI driver writes which cluster it is of. */
  metadata: Readonly<Record<string, string>>;
  /** Ids of the servers that have it. */
  attachedTo: readonly string[];
}

interface WireVolume {
  id: string;
  name: string | null;
  status: string;
  size: number;
  metadata: Readonly<Record<string, string>>;
  attachments: readonly { server_id: string }[];
}

interface Page {
  volumes: readonly WireVolume[];
  volumes_links?: readonly { rel: string }[];
}

/** GET /volumes/detail: the volumes of the project. Which of their values may be asked for is up to each cloud. */
export async function listVolumes(
  cinder: ServiceClient,
  { pageSize }: { pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<Volume[]> {
  const rows: WireVolume[] = [];
  for (let marker: string | undefined; ; ) {
    const page = await cinder.get<Page>(['volumes', 'detail'], {
      doing: 'Listing the volumes',
      ok: [200],
      query: { limit: pageSize, marker },
      signal,
    });
    rows.push(...page.volumes);
    marker = page.volumes.at(-1)?.id;
    if (marker === undefined || !page.volumes_links?.some(({ rel }) => rel === 'next')) return rows.map(volumeFrom);
  }
}

/** DELETE /volumes/{id}: what is stored in it is lost. Gone is success. 400 while a server has it. */
export async function deleteVolume(cinder: ServiceClient, id: string, signal?: AbortSignal): Promise<void> {
  await cinder.delete(['volumes', id], { doing: `Deleting the volume ${id}`, ok: [202, 404], signal });
}

function volumeFrom({ id, name, status, size, metadata, attachments }: WireVolume): Volume {
  const attachedTo = attachments.map(({ server_id }) => server_id);
  return { id, name: name ?? '', status, size, metadata, attachedTo };
}
