import { isMap } from '../support/values.ts';
import { badRequest } from './errors.ts';

/** The attributes in a request's body, below the thing's name. 400 for a body without it or with an attribute too much. */
export function attributesOf(
  body: Record<string, unknown>,
  thing: string,
  known: readonly string[],
): Record<string, unknown> {
  const attributes = body[thing];
  if (!isMap(attributes)) throw badRequest('HTTPBadRequest', `Unable to find '${thing}' in request body`);
  checkAttributes(attributes, known);
  return attributes;
}

/** 400 for an attribute that Neutron does not know. */
export function checkAttributes(attributes: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(attributes).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw badRequest('HTTPBadRequest', `Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

/** What everything of Neutron starts with. */
export function commonOf(attributes: Record<string, unknown>): {
  name: string;
  description: string;
  tags: string[];
  createdAt: Date;
  updatedAt: Date;
} {
  const now = new Date();
  return {
    name: String(attributes.name ?? ''),
    description: String(attributes.description ?? ''),
    tags: [],
    createdAt: now,
    updatedAt: now,
  };
}

/** Takes over the name and the description that an update brings. */
export function renameWith(
  thing: { name: string; description: string; updatedAt: Date },
  attributes: Record<string, unknown>,
): void {
  if (attributes.name !== undefined) thing.name = String(attributes.name);
  if (attributes.description !== undefined) thing.description = String(attributes.description);
  thing.updatedAt = new Date();
}
