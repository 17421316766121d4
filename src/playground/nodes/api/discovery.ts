import type { Collection } from './collection.ts';

/** Collections by their place: the group (empty for the core one), a slash and the resource. */
export type Resources = Readonly<Record<string, Collection>>;

const group = 'certificates.k8s.io';
/** What kubectl's users type. */
const shortNames: Readonly<Record<string, readonly string[]>> = {
  Node: ['no'],
  Pod: ['po'],
  Service: ['svc'],
  PersistentVolume: ['pv'],
  CertificateSigningRequest: ['csr'],
};
const optionalVerbs = ['create', 'update', 'delete'] as const;

/**
 * What kubectl asks before it asks for anything: which groups there are, and which resources in them.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export function discovery(path: string, resources: Resources): object | undefined {
  const version = { groupVersion: `${group}/v1`, version: 'v1' };
  const answers: Readonly<Record<string, () => object>> = {
    '/api': () => ({ kind: 'APIVersions', versions: ['v1'] }),
    '/apis': () => ({
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [{ name: group, versions: [version], preferredVersion: version }],
    }),
    '/api/v1': () => resourceList('v1', resources),
    [`/apis/${group}/v1`]: () => resourceList(`${group}/v1`, resources),
  };
  return Object.hasOwn(answers, path) ? answers[path]?.() : undefined;
}

function resourceList(groupVersion: string, collections: Resources): object {
  const resources = Object.entries(collections)
    .filter(([, { apiVersion }]) => apiVersion === groupVersion)
    .map(([place, collection]) => ({
      name: place.split('/')[1],
      singularName: collection.kind.toLowerCase(),
      shortNames: shortNames[collection.kind] ?? [],
      kind: collection.kind,
      namespaced: collection.namespaced,
      verbs: ['get', 'list', ...optionalVerbs.filter((verb) => collection[verb] !== undefined)],
    }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
