export interface Image {
  id: string;
  /** Not unique: Glance takes any number of images of one name. */
  name: string;
  /** `queued` without content, `saving`, `importing`, `active`, `killed`, `deactivated`, `deleted` … */
  status: string;
  /** Bytes; undefined before the content is there. */
  size?: number;
  /** The algorithm is chosen by the cloud; sha512 everywhere by default. */
  hash?: { algorithm: string; value: string };
  visibility: string;
  /** The project that it belongs to. */
  owner: string;
  tags: readonly string[];
  createdAt: Date;
  /** GiB of disk and MiB of memory that a server needs for it. */
  minDisk: number;
  minRam: number;
  /** What its makers noted of it, beside what Glance knows. */
  properties: Readonly<Record<string, string>>;
  import: ImageImport;
}

/** What the cloud is doing, or has done, to fetch an image's content by itself. */
export interface ImageImport {
  /** The task that is at work on it. There from the request to the end, whichever way it ends. */
  task?: string;
  /** Stores that wait for the content. */
  pending: readonly string[];
  /** Stores that did not get it. */
  failed: readonly string[];
}

/** An image as Glance puts it. Whatever has no place of its own in the schema is a property. */
export interface WireImage {
  id: string;
  name: string | null;
  status: string;
  size: number | null;
  os_hash_algo?: string | null;
  os_hash_value?: string | null;
  os_glance_import_task?: string;
  os_glance_importing_to_stores?: string;
  os_glance_failed_import?: string;
  visibility: string;
  owner: string | null;
  tags: readonly string[];
  created_at: string;
  min_disk: number;
  min_ram: number;
  [property: string]: unknown;
}

/** Glance's own names, of its schema `image`: https://docs.openstack.org/api-ref/image/v2/ (Show image schema). */
const schema = new Set([
  ...['id', 'name', 'status', 'size', 'virtual_size', 'checksum', 'visibility', 'owner', 'tags', 'protected', 'stores'],
  ...['created_at', 'updated_at', 'min_disk', 'min_ram', 'disk_format', 'container_format', 'locations', 'direct_url'],
  ...['self', 'file', 'schema'],
]);

/** The image of one answer. */
export function imageFrom(wire: WireImage): Image {
  return {
    id: wire.id,
    name: wire.name ?? '',
    status: wire.status,
    ...(wire.size === null ? {} : { size: wire.size }),
    ...(wire.os_hash_algo && wire.os_hash_value
      ? { hash: { algorithm: wire.os_hash_algo, value: wire.os_hash_value } }
      : {}),
    visibility: wire.visibility,
    owner: wire.owner ?? '',
    tags: wire.tags,
    createdAt: new Date(wire.created_at),
    minDisk: wire.min_disk,
    minRam: wire.min_ram,
    properties: propertiesOf(wire),
    import: {
      ...(wire.os_glance_import_task && { task: wire.os_glance_import_task }),
      pending: listed(wire.os_glance_importing_to_stores),
      failed: listed(wire.os_glance_failed_import),
    },
  };
}

function propertiesOf(wire: WireImage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wire).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && !schema.has(entry[0]) && !entry[0].startsWith('os_'),
    ),
  );
}

/** Glance joins names by commas, and keeps an empty text when none is left. */
function listed(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((name) => name !== '');
}
