import type { ApiObject, Collection } from './collection.ts';
import { ApiFailure } from './failure.ts';
import { selected } from './field-selector.ts';
import type { Identity } from './identity.ts';
import { specChanges } from './spec-changes.ts';
import type { Target, Verb } from './target.ts';

/** What is wanted of a collection. */
export interface Wanted {
  readonly collection: Collection;
  readonly target: Target;
  readonly caller: Identity;
  readonly query: URLSearchParams;
  /** The text of the request. */
  readonly body: string;
}

/** What is done for each verb, and what it is answered with. @throws ApiFailure */
export const perform: Readonly<Record<Verb, (wanted: Wanted) => object>> = {
  list: ({ collection, target, query }) =>
    page(collection, selected(collection.list(target.namespace), query.get('fieldSelector')), query),

  get: (wanted) => typed(wanted.collection, existing(wanted)),

  create({ collection, target, caller, body }) {
    if (collection.create === undefined) throw notAllowed();
    return typed(collection, collection.create(parseObject(body, target), caller, target));
  },

  update(wanted) {
    const { collection, target, body } = wanted;
    if (collection.update === undefined) throw notAllowed();
    const { name } = existing(wanted).metadata;
    return typed(collection, collection.update({ ...target, name }, parseObject(body, target)));
  },

  patch(wanted) {
    const { collection, target, body } = wanted;
    if (collection.patch === undefined) throw notAllowed();
    const { name } = existing(wanted).metadata;
    return typed(collection, collection.patch({ ...target, name }, specChanges(body)));
  },

  delete(wanted) {
    const { collection, target } = wanted;
    if (collection.delete === undefined) throw notAllowed();
    existing(wanted);
    collection.delete(target);
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  },
};

/** One page of a list; what `continue` says is how many came before. */
function page({ kind, apiVersion }: Collection, objects: readonly ApiObject[], query: URLSearchParams): object {
  const start = Number(query.get('continue') ?? 0);
  const end = start + Number(query.get('limit') ?? objects.length);
  const more = end < objects.length ? { continue: String(end), remainingItemCount: objects.length - end } : {};
  const metadata = { resourceVersion: '1', ...more };
  return { kind: `${kind}List`, apiVersion, metadata, items: objects.slice(start, end) };
}

function existing({ collection, target: { namespace, resource, name } }: Wanted): ApiObject {
  const found = collection.list(namespace).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new ApiFailure('NotFound', `${resource} "${name}" not found`);
  return found;
}

function parseObject(text: string, { namespace }: Target): ApiObject {
  const object = JSON.parse(text) as Partial<ApiObject> | null;
  const { metadata } = object ?? {};
  if (typeof metadata?.name !== 'string') throw new ApiFailure('BadRequest', 'metadata.name: Required value');
  return { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } };
}

function typed({ kind, apiVersion }: Collection, object: ApiObject): object {
  return { kind, apiVersion, ...object };
}

function notAllowed(): ApiFailure {
  return new ApiFailure('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}
