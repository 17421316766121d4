import type { ApiObject } from './collection.ts';
import { ApiFailure } from './failure.ts';

/**
 * The objects of which each field has the value that the selector asks for: `spec.nodeName=one,metadata.namespace=two`.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
 */
export function selected(objects: readonly ApiObject[], selector: string | null): readonly ApiObject[] {
  if (selector === null || selector === '') return objects;
  const wanted = selector.split(',').map((term) => {
    const [, path = '', differs, value = ''] = /^([\w.]+)(?:(!)=|==?)(.*)$/.exec(term) ?? [];
    if (path === '') throw new ApiFailure('BadRequest', `invalid field selector: ${term}`);
    return (object: ApiObject) => (fieldOf(object, path) === value) === (differs === undefined);
  });
  return objects.filter((object) => wanted.every((holds) => holds(object)));
}

function fieldOf(object: ApiObject, path: string): unknown {
  return (
    path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object) ?? ''
  );
}
