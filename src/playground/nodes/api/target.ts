/** What a path of the API is about. */
export interface Target {
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** What is done with it, in RBAC's words. */
export type Verb = 'list' | 'get' | 'create' | 'update' | 'patch' | 'delete';

const pattern =
  /^\/(?:api|apis\/(?<group>[a-z0-9.]+))\/v1(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<resource>[a-z]+)(?:\/(?<name>[^/]+)(?:\/(?<subresource>[a-z]+))?)?$/;

/**
 * Takes a path apart; undefined for one that is about no resource.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
 */
export function parseTarget(path: string): Target | undefined {
  const { group = '', resource, ...rest } = pattern.exec(path)?.groups ?? {};
  if (resource === undefined) return undefined;
  const given = Object.entries(rest).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, decodeURIComponent(value)]],
  );
  return { group, resource, ...Object.fromEntries(given) };
}

const verbsOfOne: Readonly<Record<string, Verb>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const verbsOfAll: Readonly<Record<string, Verb>> = { GET: 'list', POST: 'create' };

/** The verb of a method; undefined for one that the stand-in has not. */
export function verbOf(method: string | undefined, { name, subresource }: Target): Verb | undefined {
  if (method === 'POST' && subresource !== undefined) return 'create';
  return (name === undefined ? verbsOfAll : verbsOfOne)[method ?? ''];
}
