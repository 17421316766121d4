import { randomUUID } from 'node:crypto';
import type { ApiObject, Collection } from './collection.ts';
import { ApiFailure } from './failure.ts';
import type { Target } from './target.ts';

/** Objects that are kept as they were made. */
export class StoredCollection implements Collection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly #objects = new Map<string, ApiObject>();

  constructor({ apiVersion, kind, namespaced }: Pick<Collection, 'apiVersion' | 'kind' | 'namespaced'>) {
    this.apiVersion = apiVersion;
    this.kind = kind;
    this.namespaced = namespaced;
  }

  list(namespace?: string): readonly ApiObject[] {
    return [...this.#objects.values()].filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
    );
  }

  create(object: ApiObject): ApiObject {
    const key = keyOf(object.metadata);
    if (this.#objects.has(key)) {
      throw new ApiFailure('AlreadyExists', `${this.kind.toLowerCase()}s "${object.metadata.name}" already exists`);
    }
    const made = { uid: randomUUID(), creationTimestamp: new Date().toISOString(), resourceVersion: '1' };
    const stored = { ...object, metadata: { ...object.metadata, ...made } };
    this.#objects.set(key, stored);
    return stored;
  }

  delete({ namespace, name = '' }: Target): void {
    this.#objects.delete(keyOf({ name, ...(namespace !== undefined && { namespace }) }));
  }
}

function keyOf({ namespace = '', name }: { namespace?: string; name: string }): string {
  return `${namespace}/${name}`;
}
