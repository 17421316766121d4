import type { Blob } from '../support/blob.ts';

/** A segment of a large object, with the names that Swift shows it by. */
export interface ManifestEntry {
  /** /container/object */
  name: string;
  bytes: number;
  hash: string;
  content_type: string;
  last_modified: string;
}

/** An object of Swift. */
export interface StoredObject {
  name: string;
  /** Its content; of an object made of segments, its manifest. */
  blob: Blob;
  /** Of an object made of segments. */
  manifest: readonly ManifestEntry[] | undefined;
  contentType: string;
  /** Its own headers: x-object-meta-*, content-encoding and the like, in lower case. */
  headers: Map<string, string>;
  /** When it is to vanish. */
  deleteAt: Date | undefined;
  modified: Date;
}

/** A container of Swift. */
export interface Container {
  name: string;
  /** x-container-meta-*, x-container-read, x-versions-location and the like, in lower case. */
  headers: Map<string, string>;
  objects: Map<string, StoredObject>;
  created: Date;
  modified: Date;
}

/** The account of a project; it exists as soon as somebody asks for it. */
export interface Account {
  /** x-account-meta-*, in lower case. */
  headers: Map<string, string>;
  containers: Map<string, Container>;
  created: Date;
}

/** What Swift keeps: accounts by project id. */
export interface SwiftState {
  readonly accounts: Map<string, Account>;
  /** Bytes of the largest object that is not made of segments. */
  readonly largestObject: number;
}

/** Bytes of the largest object, as a Swift with its defaults has it. */
const usualLargestObject = 5_368_709_122;

/** A Swift with nothing in it. */
export function newSwift(largestObject = usualLargestObject): SwiftState {
  return { accounts: new Map(), largestObject };
}
