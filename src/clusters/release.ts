import { createHash } from 'node:crypto';

/**
 * What one object of a release is for: Kubernetes itself, the Salt states, Salt, or a file that the states use.
 */
export type ReleaseObjectKind = 'kubernetes' | 'states' | 'salt' | 'file';

/** One object that every server of a cluster fetches, and what it must be: size in bytes, digest in hexadecimal. */
export interface ReleaseObject {
  readonly kind: ReleaseObjectKind;
  /** The name of the file on a server. */
  readonly name: string;
  readonly object: string;
  readonly size: number;
  readonly sha256: string;
}

/** All that the servers of a cluster fetch. Kept in Swift, as releaseManifestObject(id), for as long as a cluster uses it. */
export interface ReleaseManifest {
  readonly id: string;
  /** Of Kubernetes. */
  readonly version: string;
  /** The artifact that Kubernetes comes from. */
  readonly artifact: string;
  /** When a deployment last chose it, or a cluster was last seen to use it; milliseconds since the epoch. */
  readonly usedAt: number;
  readonly objects: readonly ReleaseObject[];
}

/**
 * Name of a release: the same objects are the same release. Equal content under two names makes two of them, so that
 * nothing is removed as unused while servers still fetch it by its other name.
 */
export function releaseId(version: string, objects: readonly ReleaseObject[]): string {
  const content = objects.map(({ name, object, sha256 }) => `${sha256}  ${name}  ${object}`).sort();
  return `${version}-${createHash('sha256').update(content.join('\n')).digest('hex').slice(0, 12)}`;
}
