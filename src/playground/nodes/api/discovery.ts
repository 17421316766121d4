import type { Collection } from './collection.ts';

/** Collections by their place: the group (empty for the core one), a slash and the resource. */
export type Resources = Readonly<Record<string, Collection>>;

/** What kubectl's users type. */
const shortNames: Readonly<Record<string, readonly string[]>> = {
  Node: ['no'],
  Pod: ['po'],
  Service: ['svc'],
  PersistentVolume: ['pv'],
  CertificateSigningRequest: ['csr'],
  PodDisruptionBudget: ['pdb'],
};
const optionalVerbs = ['create', 'update', 'patch', 'delete'] as const;

/**
 * What kubectl asks before it asks for anything: which groups there are, and which resources in them.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
export function discovery(path: string, resources: Resources): object | undefined {
  const groups = groupsOf(resources);
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupForm) };
  if (path === '/api/v1') return resourceList('v1', resources);
  const asked = groups.find((group) => path === `/apis/${group}/v1`);
  return asked === undefined ? undefined : resourceList(`${asked}/v1`, resources);
}

/** All but the core one, which has no name. */
function groupsOf(resources: Resources): string[] {
  const names = Object.keys(resources).map((place) => place.split('/')[0] ?? '');
  return [...new Set(names)].filter((name) => name !== '');
}

function groupForm(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function resourceList(groupVersion: string, collections: Resources): object {
  const resources = Object.entries(collections)
    .filter(([, { apiVersion }]) => apiVersion === groupVersion)
    .flatMap(([place, collection]) => [
      {
        name: place.split('/')[1],
        singularName: collection.kind.toLowerCase(),
        shortNames: shortNames[collection.kind] ?? [],
        kind: collection.kind,
        namespaced: collection.namespaced,
        verbs: ['get', 'list', ...optionalVerbs.filter((verb) => collection[verb] !== undefined)],
      },
      ...(collection.subresources ?? []),
    ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
