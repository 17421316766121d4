import type { ServiceClient } from '../service-client.ts';
import { linkedStack, type WireLink } from './links.ts';
import { statusParts } from './stack.ts';
import type { StackRef } from './stacks.ts';

/** One resource of a stack. */
export interface StackResource {
  /** Name within its stack. */
  name: string;
  /** `OS::Nova::Server` and the like; for a nested template the key of its file. */
  type: string;
  /** The id that it has in its own service; empty before it has one. */
  id: string;
  status: string;
  action: string;
  state: string;
  reason: string;
  /** The stack that it belongs to. */
  stack: StackRef;
  /** The stack that it consists of. */
  nested?: StackRef;
  /** Name of the resource whose nested stack it is in. */
  parent?: string;
}

interface WireResource {
  resource_name: string;
  resource_type: string;
  physical_resource_id?: string | null;
  resource_status: string;
  resource_status_reason?: string | null;
  parent_resource?: string | null;
  links: readonly WireLink[];
}

/** GET …/resources: what a stack is made of, with `nestedDepth` levels of nested stacks, all or those of one type. */
export async function listStackResources(
  heat: ServiceClient,
  ref: StackRef,
  { nestedDepth, type }: { nestedDepth?: number; type?: string } = {},
  signal?: AbortSignal,
): Promise<StackResource[]> {
  const { resources } = await heat.get<{ resources: WireResource[] }>(['stacks', ref.name, ref.id, 'resources'], {
    doing: `Listing the resources of the Heat stack ${ref.name}`,
    ok: [200],
    query: { nested_depth: nestedDepth, type },
    signal,
  });
  // Heat takes the type for the beginning of one: OS::Heat::WaitCondition finds the handles too.
  return resources
    .map((resource) => resourceFrom(resource, ref))
    .filter((resource) => type === undefined || resource.type === type);
}

/**
 * POST …/resources/{name}/signal: tells a resource something; a wait condition's handle takes status (SUCCESS or
 * FAILURE), reason, data and id, each optional. Two signals of one id count once, so that it may be sent again if an id
 * is given. 400 for a resource that takes no signals, 404 for one that does not exist.
 */
export async function signalResource(
  heat: ServiceClient,
  ref: StackRef,
  name: string,
  details: object,
  signal?: AbortSignal,
): Promise<void> {
  await heat.call('POST', ['stacks', ref.name, ref.id, 'resources', name, 'signal'], {
    doing: `Signalling ${name} of the Heat stack ${ref.name}`,
    ok: [200],
    body: details,
    repeatable: 'id' in details,
    signal,
  });
}

/** PATCH …/resources/{name}: marks a resource as broken (CHECK_FAILED), so that the next update replaces it. */
export async function markUnhealthy(
  heat: ServiceClient,
  ref: StackRef,
  name: string,
  reason: string,
  signal?: AbortSignal,
): Promise<void> {
  await heat.call('PATCH', ['stacks', ref.name, ref.id, 'resources', name], {
    doing: `Marking ${name} of the Heat stack ${ref.name} as broken`,
    ok: [200],
    body: { mark_unhealthy: true, resource_status_reason: reason },
    repeatable: true,
    signal,
  });
}

function resourceFrom(wire: WireResource, root: StackRef): StackResource {
  const nested = linkedStack(wire.links, 'nested');
  return {
    name: wire.resource_name,
    type: wire.resource_type,
    id: wire.physical_resource_id ?? '',
    status: wire.resource_status,
    ...statusParts(wire.resource_status),
    reason: wire.resource_status_reason ?? '',
    stack: linkedStack(wire.links, 'stack') ?? root,
    ...(nested === undefined ? {} : { nested }),
    ...(wire.parent_resource ? { parent: wire.parent_resource } : {}),
  };
}
