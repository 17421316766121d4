import type { Blob } from '../support/blob.ts';

/** How a Glance is set up, where operators differ. */
export interface GlanceOptions {
  /** The digest that it keeps of images. */
  readonly hash?: 'sha512' | 'sha256';
  /** Ways to import; without web-download nothing is fetched. */
  readonly importMethods?: readonly string[];
}

/** An image of Glance, with its data once there is any. */
export interface Image {
  id: string;
  owner: string;
  status: 'queued' | 'saving' | 'importing' | 'active' | 'deactivated';
  createdAt: Date;
  updatedAt: Date;
  tags: string[];
  /** Name, formats, visibility, protected, min_ram, min_disk and whatever else the creator said. */
  properties: Record<string, unknown>;
  blob: Blob | undefined;
  /** The digest of the data, once there is any. */
  digest: string | undefined;
  /** Glance's own properties about imports, such as os_glance_import_task. */
  importing: Record<string, string>;
}

/** One run of Glance's own to fetch an image's data. */
export interface ImportTask {
  readonly id: string;
  readonly image: string;
  readonly owner: string;
  readonly userId: string;
  readonly requestId: string;
  readonly uri: string;
  status: 'processing' | 'success' | 'failure';
  message: string;
  readonly createdAt: Date;
  updatedAt: Date;
}

/** What Glance keeps, oldest first. */
export interface GlanceState {
  readonly hash: 'sha512' | 'sha256';
  readonly importMethods: readonly string[];
  readonly images: Map<string, Image>;
  /** Ids of images that were deleted: Glance gives none of them again. */
  readonly deleted: Set<string>;
  readonly tasks: ImportTask[];
  /** Downloads under way: what ends them, and when they have ended. */
  readonly downloads: Map<AbortController, Promise<void>>;
}

/** A Glance without images. */
export function newGlance({ hash = 'sha512', importMethods }: GlanceOptions = {}): GlanceState {
  return {
    hash,
    importMethods: importMethods ?? ['glance-direct', 'web-download', 'copy-image'],
    images: new Map(),
    deleted: new Set(),
    tasks: [],
    downloads: new Map(),
  };
}

/** Ends the downloads that are under way. */
export async function stopDownloads({ downloads }: GlanceState): Promise<void> {
  for (const abort of downloads.keys()) abort.abort();
  await Promise.all(downloads.values());
}
