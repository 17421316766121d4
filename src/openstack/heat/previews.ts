import type { ServiceClient } from '../service-client.ts';
import {
  acceptedWithinMs,
  type CreateStackOptions,
  createBody,
  type StackRef,
  type UpdateStackOptions,
  updateBody,
} from './stacks.ts';

/** A resource that a stack would have. */
export interface PreviewedResource {
  /** Name within its stack. */
  name: string;
  type: string;
  /** As far as they are known before anything exists; what is not is null, or the name of what it will come from. */
  properties: Readonly<Record<string, unknown>>;
  /** Name of the resource whose nested stack it would be in. */
  parent?: string;
}

/** What an update would do to a resource: to change it in place is not to replace it. */
export type ResourceChange = 'added' | 'deleted' | 'replaced' | 'unchanged' | 'updated';

/** The names of a stack's own resources, by what an update would do to them. */
export type UpdatePreview = Readonly<Record<ResourceChange, readonly { name: string; type: string }[]>>;

interface WireResource {
  resource_name: string;
  resource_type: string;
  parent_resource?: string;
  properties?: Readonly<Record<string, unknown>>;
}

/** A group stands there as a list of its members, each of them as a list of what it is made of. */
type WireTree = WireResource | readonly WireTree[];

/**
 * POST /stacks/preview: the resources that createStack would make, with those of nested stacks, and nothing made. What
 * consists of a nested stack, as a group does, is not listed itself. Refuses what createStack refuses, the name that is
 * taken (409) included.
 */
export async function previewStack(
  heat: ServiceClient,
  options: CreateStackOptions,
  signal?: AbortSignal,
): Promise<PreviewedResource[]> {
  const doing = `Previewing the Heat stack ${options.name}`;
  const { stack } = await heat.post<{ stack: { resources: readonly WireTree[] } }>(['stacks', 'preview'], {
    doing,
    ok: [200],
    body: createBody(doing, options),
    repeatable: true,
    deadlineMs: acceptedWithinMs,
    signal,
  });
  return stack.resources.flatMap(leaves).map((wire) => ({
    name: wire.resource_name,
    type: wire.resource_type,
    properties: wire.properties ?? {},
    ...(wire.parent_resource ? { parent: wire.parent_resource } : {}),
  }));
}

/**
 * PATCH /stacks/{name}/{id}/preview: what updateStack would do, and nothing done. Of nested stacks it tells only that
 * they are updated, which Heat says of a group even when nothing in it changes; asked for what is inside, Heat answers
 * 400 as soon as a group grows. A resource that was marked unhealthy is replaced.
 */
export async function previewUpdate(
  heat: ServiceClient,
  ref: StackRef,
  options: UpdateStackOptions,
  signal?: AbortSignal,
): Promise<UpdatePreview> {
  const doing = `Previewing the update of the Heat stack ${ref.name}`;
  const answer = await heat.call('PATCH', ['stacks', ref.name, ref.id, 'preview'], {
    doing,
    ok: [200],
    body: updateBody(doing, options),
    repeatable: true,
    deadlineMs: acceptedWithinMs,
    signal,
  });
  const { resource_changes: changes }: { resource_changes: Record<ResourceChange, readonly WireResource[]> } =
    JSON.parse(answer.text);
  return {
    added: changes.added.map(named),
    deleted: changes.deleted.map(named),
    replaced: changes.replaced.map(named),
    unchanged: changes.unchanged.map(named),
    updated: changes.updated.map(named),
  };
}

function leaves(tree: WireTree): WireResource[] {
  return isList(tree) ? tree.flatMap(leaves) : [tree];
}

/** Array.isArray does not narrow to a list that cannot be written to. */
function isList(tree: WireTree): tree is readonly WireTree[] {
  return Array.isArray(tree);
}

function named({ resource_name: name, resource_type: type }: WireResource): { name: string; type: string } {
  return { name, type };
}
