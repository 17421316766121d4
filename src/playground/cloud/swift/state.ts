import type { Blob } from '../support/blob.ts';

/** An object of Swift. */
export interface StoredObject {
  name: string;
  blob: Blob;
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
}

/** A Swift with nothing in it. */
export function newSwift(): SwiftState {
  return { accounts: new Map() };
}
