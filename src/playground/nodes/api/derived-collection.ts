import type { ApiObject, Collection } from './collection.ts';

/** Objects that follow from what the cluster is at the moment, and that nobody makes or removes. */
export function derivedCollection(kind: string, namespaced: boolean, objects: () => readonly ApiObject[]): Collection {
  return {
    apiVersion: 'v1',
    kind,
    namespaced,
    list: (namespace) =>
      objects().filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
  };
}
