import type { Blob } from '../support/blob.ts';

/** An image of Glance, with its data once there is any. */
export interface Image {
  id: string;
  owner: string;
  status: 'queued' | 'saving' | 'active';
  createdAt: Date;
  updatedAt: Date;
  tags: string[];
  /** Name, formats, visibility, protected, min_ram, min_disk and whatever else the creator said. */
  properties: Record<string, unknown>;
  blob: Blob | undefined;
}

/** What Glance keeps, oldest first. */
export interface GlanceState {
  readonly images: Map<string, Image>;
}

/** A Glance without images. */
export function newGlance(): GlanceState {
  return { images: new Map() };
}
